"""Opening the application, and making a demonstration to look around in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from domain.errors import BadInput
from domain.text import plural
from tui import printing
from tui.commandline.context import DONE, Context, as_text, on_terminal
from tui.commandline.ticker import Ticker

if TYPE_CHECKING:
    from tui.cli import Commands

_SCALES = ("team", "service", "council")
_LARGEST_SEED = 2**63


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    demo = commands.add("demo", run_demo, json=True)
    demo.add_argument("--path", metavar="DB", help="where to make it (left out: beside the usual database)")
    demo.add_argument(
        "--scale", default="team", metavar="SCALE", help="team (150 cases), service (8,000), council (40,000)"
    )
    demo.add_argument("--seed", default="1", metavar="N", help="another number gives other people")
    demo.add_argument("--no-open", action="store_true", help="make it only")


# the application -------------------------------------------------------------------------------------------------


def open_application(context: Context) -> int:
    """Open the application: on the database, or on the welcome screen when there is none yet."""
    from storage.database import path_of

    _need_terminal()
    path = path_of(context.path)
    if not path.exists():
        return _run(context, path, begin=True)
    return _run(context, path)


def _run(context: Context, path: Path, *, begin: bool = False) -> int:
    import gc

    # Loading makes nothing but lasting objects: looking through them for rubbish is a tenth of the start. The desk
    # turns this on again once the first screen is filled.
    gc.disable()
    database = None if begin else context.database
    from tui.app import run

    today = context.today if context.today_given else None
    return run(database, path=path, today=today, actor=context.actor_given, no_names=context.no_names)


def _need_terminal() -> None:
    if not on_terminal():
        raise BadInput("The application needs a terminal.", hint="For scripts and pipes, see: almoner --help")


# the demonstration -----------------------------------------------------------------------------------------------


def run_demo(context: Context) -> int:
    """Make a demonstration database, and open it unless told not to or there is no terminal."""
    from storage.demo.making import make

    given = context.options
    scale, seed = _scale(given.scale), _seed(given.seed)
    path = _demo_path(context)
    counts = make(path, scale, seed, context.today, Ticker("Making cases"))
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
    from storage.database import path_of

    given = context.options.path or context.given("given_database")
    if given:
        return path_of(given)
    from storage.paths import default_database

    return default_database().with_name("demo.db")


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
