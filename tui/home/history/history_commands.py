"""history: what was recorded when, by whom, from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from domain.core.dates import stamp
from domain.core.errors import BadInput
from domain.core.text import initials
from tui.commandline import documents, printing
from tui.commandline.context import DONE, Context, as_text, parse_option_day

if TYPE_CHECKING:
    from storage.home.recorded import LogFilter, RecordedLine, RecordedSet
    from tui.commandline.parser import Commands

_MOST = 100  # changes in a table of everything
_CSV = ("set", "at", "on_day", "late_days", "actor", "user", "what", "undoes", "kind", "key", "before", "after")
_OF = {"case", "worker", "team"}  # kinds with a key of their own, which may have been another


def declare(commands: Commands) -> None:
    """Declare the command."""
    history = commands.add("history", run_history, json=True, csv=True)
    history.add_argument("kind", metavar="KIND", nargs="?", help="about one record: its kind, such as case")
    history.add_argument("key", metavar="KEY", nargs="?", help="its reference, staff id, name or number")
    history.add_argument("--by", metavar="WHO", help="what one person recorded: name or staff id")
    history.add_argument("--from", metavar="DATE", dest="start", help="recorded on that day or later")
    history.add_argument("--to", metavar="DATE", dest="end", help="recorded on that day or before")


def run_history(context: Context) -> int:
    """Print what was recorded, the newest first."""
    from storage.home.recorded import Log
    from storage.opening import kinds

    asked = _asked(context)
    log = Log(context.reader, kinds(), context.clock, context.actor)
    short = context.form == "table" and not asked.kind
    found = log.read(asked, _MOST if short else None, 1 if short else None)
    if context.form == "json":
        printing.put_json_list(_as_json(context, one) for one in found)
    elif context.form == "csv":
        printing.put_rows("csv", _flat(context, found), _CSV)
    elif asked.kind:
        _table_of_lines(context, found)
    else:
        _table_of_sets(context, found)
    return DONE


def _asked(context: Context) -> LogFilter:
    from storage.home.recorded import LogFilter

    given = context.options
    if given.kind is not None and given.key is None:
        raise BadInput("Say which one.", field="KEY", hint=f"almoner history {as_text(given.kind)} KEY")
    first = parse_option_day(given.start, "--from") if given.start else None
    last = parse_option_day(given.end, "--to") if given.end else None
    if first and last and first > last:
        hint = f"Begin on {last.isoformat()} at the latest."
        raise BadInput("--from: the period begins after it ends.", field="--from", hint=hint)
    by = as_text(given.by) if given.by else ""
    if given.kind is None:
        return LogFilter(by=by, first=first, last=last)
    kind = documents.kind_named(given.kind, documents.KINDS)
    return LogFilter(kind, _key(context, kind, context.the_key(kind, given.key)), by, first, last)


def _key(context: Context, kind: str, key: str) -> str:
    """Return the key that a record has now: of one that was removed, or never was, the one given."""
    from storage.opening import kinds, lists
    from storage.records.keys.former_keys import lead
    from storage.records.listing import record

    found = record(context.reader, lists()[kind], key, context.today)
    if found is not None:
        return str(found[lists()[kind].key])
    led = lead(context.reader, kind, key) if kind in _OF else None
    return led.now if led is not None else kinds().named(kind).as_key(key)


# as data -------------------------------------------------------------------------------------------------------------


def _as_json(context: Context, one: RecordedSet) -> dict[str, Any]:
    return {**_heading(context, one), "lines": [_line(context, line) for line in one.lines]}


def _heading(context: Context, one: RecordedSet) -> dict[str, Any]:
    return {
        "set": one.set,
        "at": stamp(one.at),
        "on_day": one.on_day,
        "late_days": one.late_days,
        "actor": initials(one.actor) if context.no_names else one.actor,
        "user": None if context.no_names else one.user or None,
        "what": one.what,
        "undoes": one.undoes,
    }


def _line(context: Context, line: RecordedLine) -> dict[str, Any]:
    from tui.home.history.history_text import state

    return {
        "kind": line.kind,
        "key": line.key,
        "before": state(line, line.before, no_names=context.no_names),
        "after": state(line, line.after, no_names=context.no_names),
        "on_day": line.on_day,
        "late_days": line.late_days,
        "withheld": line.withheld,
    }


def _flat(context: Context, found: Iterable[RecordedSet]) -> Iterator[dict[str, Any]]:
    """One row a record that a change touched."""
    for one in found:
        for line in one.lines:
            yield {**_heading(context, one), **_line(context, line)}


# as tables -----------------------------------------------------------------------------------------------------------


def _table_of_sets(context: Context, found: Iterable[RecordedSet]) -> None:
    from tui.home.history.history_text import lateness

    rows = [
        (one.set, _moment(context, one), _who(context, one), one.what, one.on_day, lateness(one), one.touched)
        for one in found
    ]
    headings = ("Number", "Recorded", "By", "What", "Happened", "Late", "Records")
    if not printing.table(headings, rows, context.today):
        printing.say("Nothing was recorded like that.")
    elif len(rows) == _MOST:
        printing.say(f"The last {_MOST} changes. For earlier ones: --from and --to, or --json.")


def _table_of_lines(context: Context, found: Iterable[RecordedSet]) -> None:
    from tui.home.history.history_text import changes, lateness, title, verb

    def words(line: RecordedLine) -> str:
        shown = changes(line, context.today, no_names=context.no_names)
        return "; ".join(f"{name}: {what}" if name else what for name, what in shown)

    rows = (
        (_moment(context, one), _who(context, one), title(line), line.on_day, lateness(line), verb(line), words(line))
        for one in found
        for line in one.lines
    )
    headings = ("Recorded", "By", "Record", "Happened", "Late", "Done", "What changed")
    if not printing.table(headings, rows, context.today):
        printing.say("Nothing was recorded like that.")


def _moment(context: Context, one: RecordedSet) -> str:
    from tui.home.history.history_text import moment

    return moment(one, context.clock, context.today)


def _who(context: Context, one: RecordedSet) -> str:
    return initials(one.actor) if context.no_names else one.actor
