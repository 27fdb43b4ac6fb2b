"""undo, redo: one's own changes, taken back and brought forward again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from domain.core.errors import BadInput, NotFound
from domain.core.text import initials, plural, whole_number
from tui.commandline import printing
from tui.commandline.context import DONE, PROBLEMS, Context, as_text

if TYPE_CHECKING:
    from storage.records.history import Step
    from storage.records.undo import CannotUndo
    from storage.records.unit import Unit
    from tui.commandline.parser import Commands

_MOST = 30  # changes that the list shows
_SEE = "See: almoner undo --list"


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    for name, run, words in (
        ("undo", run_undo, "take back this one of your changes (left out: the last that stands)"),
        ("redo", run_redo, "bring this one forward again (left out: what you took back last)"),
    ):
        command = commands.add(name, run, json=True)
        command.add_argument("number", metavar="NUMBER", nargs="?", help=words)
        command.add_argument("--list", action="store_true", help="list your changes, and which of them stand")


def run_undo(context: Context) -> int:
    """Take back a change of the acting person's."""
    from storage.records.undo import undo

    return _go(context, undo, "undone", "Taken back", "To bring it forward again: almoner redo")


def run_redo(context: Context) -> int:
    """Bring forward what the acting person took back."""
    from storage.records.undo import redo

    return _go(context, redo, "redone", "Brought forward again")


def _go(context: Context, act: Callable[[Unit, int | None], str], key: str, done: str, further: str = "") -> int:
    """Take a change back or bring it forward, and say so; or list the changes where that is asked."""
    from storage.records.undo import CannotUndo

    if context.options.list:
        return _list(context)
    try:
        with context.database.unit(context.actor, context.today) as unit:
            what = act(unit, _number(context))
            number = unit.number
    except NotFound:
        raise
    except CannotUndo as why:
        return _refused(context, why, key)
    except BadInput as why:
        printing.complain(why)
        return PROBLEMS
    if context.form == "json":
        printing.put_json({key: what, "set": number})
        return DONE
    printing.put(f"{done}: {what}")
    if further:
        printing.say(further)
    return DONE


def _number(context: Context) -> int | None:
    text = context.options.number
    if text is None:
        return None
    number = whole_number(as_text(text))
    if number is None:
        raise NotFound(f"{as_text(text)!r} is not the number of a change.", field="NUMBER", hint=_SEE)
    return number


def _refused(context: Context, why: CannotUndo, key: str) -> int:
    """Say why a change stays as it is, and how the one before it is taken back: it is not in its way."""
    from storage.records.history import standing

    printing.say(f"almoner: This was left as it is: {why.step.what}")
    printing.complain(why)
    if key == "undone" and context.options.number is None:
        before = standing(context.reader, context.actor, passed=[why.step.number])
        for step in before:
            printing.say(f"To take back the change before it ({step.what}): almoner undo {step.number}")
    return PROBLEMS


def _list(context: Context) -> int:
    from storage.records.history import changes

    steps = changes(context.reader, context.actor, _MOST)
    if context.form == "json":
        printing.put_json([_as_json(context, step) for step in steps])
        return DONE
    rows = [
        (step.number, _moment(context, step), step.what, step.lines, "taken back" if step.undone else "stands", login)
        for step, login in ((step, _login(context, step)) for step in steps)
    ]
    headings = ("Number", "When", "What", "Records", "State", "Signed in as")
    if not printing.table(headings, rows, context.today):
        printing.say(f"{context.actor} has changed nothing here.")
    elif len(steps) == _MOST:
        printing.say(f"The last {plural(_MOST, 'change')}.")
    return DONE


def _as_json(context: Context, step: Step) -> dict[str, Any]:
    return {
        "set": step.number,
        "at": step.at,
        "actor": initials(step.actor) if context.no_names else step.actor,
        "user": None if context.no_names else step.login or None,
        "what": step.what,
        "records": step.lines,
        "stands": step.undone is None,
    }


def _login(context: Context, step: Step) -> str:
    """Return who had signed in to the machine, where that is not who was acting."""
    return "" if context.no_names or step.login.casefold() == step.actor.casefold() else step.login


def _moment(context: Context, step: Step) -> str:
    return f"{context.clock.local(datetime.fromisoformat(step.at)):%d %b %Y %H:%M}"
