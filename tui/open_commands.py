"""Opening the application, and making a demonstration to look around in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from domain.core.errors import BadInput
from domain.core.text import plural
from tui.commandline import printing
from tui.commandline.context import DONE, Context, as_text, on_terminal
from tui.commandline.progress import Ticker

if TYPE_CHECKING:
    from tui.commandline.parser import Commands

_SCALES = ("team", "service", "council")
_LARGEST_SEED = 2**63


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    new = commands.add("new", run_new, json=True)
    new.add_argument("--path", metavar="DB", help="where to make it (left out: the usual place, or --database)")
    demo = commands.add("demo", run_demo, json=True)
    demo.add_argument("--path", metavar="DB", help="where to make it (left out: beside the usual database)")
    demo.add_argument(
        "--scale", default="team", metavar="SCALE", help="team (150 cases), service (8,000), council (40,000)"
    )
    demo.add_argument("--seed", default="1", metavar="N", help="another number gives other people")
    demo.add_argument("--overwrite", action="store_true", help="replace one in which something was recorded")
    demo.add_argument("--no-open", action="store_true", help="make it only")


# the application -------------------------------------------------------------------------------------------------


def open_application(context: Context) -> int:
    """Open the application: on the database, or on the welcome screen when there is none yet."""
    from storage.database.file import path_of

    _need_terminal()
    path = path_of(context.path)
    if not path.exists() and context.as_of is None:
        return _run(context, path, begin=True)
    return _run(context, path)


def _run(context: Context, path: Path, *, begin: bool = False) -> int:
    import gc

    # Loading makes nothing but lasting objects: looking through them for rubbish is a tenth of the start. The desk
    # turns this on again once the first screen is filled.
    gc.disable()
    database = None if begin else context.database
    from tui.app import run

    return run(
        database,
        path=path,
        clock=context.clock,
        actor=context.actor_given,
        login=context.login,
        no_names=context.no_names,
    )


def _need_terminal() -> None:
    if not on_terminal():
        raise BadInput("The application needs a terminal.", hint="For scripts and pipes, see: almoner --help")


# an empty database -------------------------------------------------------------------------------------------------


def run_new(context: Context) -> int:
    """Make an empty database where nothing stands yet."""
    from storage.opening import make_database

    path = make_database(context.options.path or context.path, context.clock, actor=context.actor)
    if context.form == "json":
        printing.put_json({"path": str(path)})
    else:
        printing.say(f"Made an empty database in {path}.")
    return DONE


# the demonstration -----------------------------------------------------------------------------------------------


def run_demo(context: Context) -> int:
    """Make a demonstration database, and open it unless told not to or there is no terminal."""
    from storage.demo.make import make

    given = context.options
    scale, seed = _scale(given.scale), _seed(given.seed)
    path = _demo_path(context)
    counts = make(path, scale, seed, context.clock, Ticker("Making cases"), overwrite=given.overwrite)
    made = f"{plural(counts['worker'], 'worker')}, {plural(counts['case'], 'case')}, {plural(counts['event'], 'event')}"
    if context.form == "json":
        printing.put_json({"path": str(path), "scale": scale, "seed": seed, "records": counts})
    else:
        printing.say(f"Made a fictional {scale} in {path}: {made}.")
    if given.no_open:
        return DONE
    if not on_terminal():
        printing.say(f"Open it in a terminal with: almoner --database {path}")
        return DONE
    context.options.given_database = str(path)
    return open_application(context)


def _demo_path(context: Context) -> Path:
    """Return where to make it; a link is refused while it can still be told from what it leads to."""
    from storage.database.file import new_place

    given = context.options.path or context.given("given_database")
    if given:
        return new_place(given)
    from storage.files.paths import DEMO, default_database

    return new_place(default_database().with_name(DEMO))


def _scale(word: str) -> str:
    scale = as_text(word).casefold()
    if scale not in _SCALES:
        raise BadInput(f"--scale: {scale!r} is none of {', '.join(_SCALES)}.", field="--scale")
    return scale


def _seed(word: str) -> int:
    text = as_text(word)
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) < _LARGEST_SEED):
        raise BadInput(f"--seed: {text!r} is not a whole number.", field="--seed", hint="Write --seed 7.")
    return int(text)
