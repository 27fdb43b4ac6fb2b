"""amend, remove: one record changed, as FIELD=VALUE, by a document or in an editor; and one taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import TYPE_CHECKING, Any

from domain.core import toml
from domain.core.dates import parse_day, show_day
from domain.core.errors import BadInput, Problem
from domain.core.text import clean_line, plural
from storage.opening import kinds, lists
from tui.commandline import documents, printing
from tui.commandline.context import DONE, Context, as_text, on_terminal
from tui.commandline.documents import document_in
from tui.home.record_commands import refuse, say_remarks, shown

if TYPE_CHECKING:
    from argparse import Namespace

    from domain.core.field_facts import Shape
    from storage.records.unit import Unit
    from tui.commandline.parser import Commands, Parser

_INTRODUCTION = (
    "# Change what is to be different, and save. A line taken out clears its field.\n"
    '# Leave the file as it is to change nothing. Given with --from later, a field is cleared by "" alone.\n\n'
)
_SAY_WHAT = "almoner amend {} {} FIELD=VALUE, or --from FILE (or -)"


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    amend = commands.add("amend", run_amend, json=True)
    amend.add_argument("kind", metavar="KIND", help="what to change: " + ", ".join(documents.KINDS))
    amend.add_argument("id", metavar="KEY", help="staff id, team name, case reference, or number")
    amend.add_argument("changes", metavar="FIELD=VALUE", nargs="*", help="what is to be different; FIELD= clears it")
    amend.add_argument(
        "--from",
        dest="source",
        metavar="DATE|FILE",
        help="the first day of FIELD=VALUE (left out: today); or a document with the changes, - for standard input",
    )
    amend.add_argument("--dry-run", action="store_true", help="show what would change, write nothing")
    _changes_anywhere(amend)
    remove = commands.add("remove", run_remove, json=True)
    what = "what to take away: event, placement-day, rating, plan, or an allocation that has not begun"
    remove.add_argument("kind", metavar="KIND", help=what)
    remove.add_argument("id", metavar="KEY", help="its number, or a plan's name")


def _changes_anywhere(parser: Parser) -> None:
    """Let changes stand after options, too: argparse takes those before the first option alone."""
    plainly = parser.parse_known_args

    def parse(args: Sequence[str], namespace: Namespace | None = None) -> tuple[Namespace, list[str]]:
        found, rest = plainly(args, namespace)
        later = [word for word in rest if "=" in word and not word.startswith("-")]
        found.changes = [*found.changes, *later]
        return found, [word for word in rest if word not in later]

    parser.parse_known_args = parse  # type: ignore[method-assign, assignment]


# changing ------------------------------------------------------------------------------------------------------------


def run_amend(context: Context) -> int:
    """Change one record: the fields given, and no other."""
    given, kind = context.options, documents.kind_named(context.options.kind)
    key = context.the_key(kind, given.id)
    if given.changes:
        since, changes = _first_day(given.source), _parsed(kind, given.changes)
        return _amend(context, kind, key, _with_team(context, changes), since=since)
    if given.source is not None:
        return _by_document(context, kind, key)
    if not on_terminal():
        raise BadInput("Say what is to be different.", field="FIELD=VALUE", hint=_SAY_WHAT.format(kind, key))
    return _in_editor(context, kind, key)


def _with_team(context: Context, changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the changes with a team that is named by the beginning of its name as its full name."""
    team = changes.get("team")
    return {**changes, "team": context.the_key("team", team)} if isinstance(team, str) and team else changes


def _first_day(text: str | None) -> date | None:
    """Return the day from which FIELD=VALUE is to hold; None: from today, of what changes by the day."""
    if text is None:
        return None
    try:
        return parse_day(text)
    except ValueError as fault:
        raise BadInput(
            f"--from: {fault}.",
            field="--from",
            hint="Beside FIELD=VALUE it is a day; a document with the changes stands alone.",
        ) from None


def _amend(
    context: Context,
    kind: str,
    key: str,
    changes: Mapping[str, Any],
    seen: int | None = None,
    since: date | None = None,
) -> int:
    from storage.records import acts, by_hand, listing

    with context.database.unit(context.actor, context.today) as unit:
        of = unit.kinds.named(kind)
        key = str(getattr(by_hand.find(unit, of, key), of.key))
        day = since or unit.today
        before = listing.record(unit.reader, lists()[kind], key, day) or {}
        done = acts.amend(unit, of.record, key, changes, seen, since=since, dry_run=context.options.dry_run)
        now = str(getattr(done.record, of.key))
        after = listing.record(unit.reader, lists()[kind], now, day) or {}
    different = [name for name in before if before[name] != after[name]]
    old, new = shown(context, kind, before), shown(context, kind, after)
    changed = {name: {"before": old.get(name), "after": new.get(name)} for name in different}
    _tell(context, kind, key, changed, done.ended, since, unit.remarks)
    if now != key and not context.options.dry_run:
        printing.say(f"It is {kind} {now} from now on; {key} leads there.")
    return DONE


def _tell(
    context: Context,
    kind: str,
    key: str,
    changed: Mapping[str, Any],
    ended: Sequence[int],
    since: date | None,
    remarks: Sequence[str],
) -> None:
    applied = bool(changed) and not context.options.dry_run
    if context.options.json:
        told = {"kind": kind, "key": key, "from": since, "changed": changed, "ended": list(ended), "applied": applied}
        printing.put_json({**told, "remarks": list(remarks)})
    else:
        rows = ({"field": name, **both} for name, both in changed.items())
        printing.put_rows("table", rows, ("field", "before", "after"), today=context.today)
    if not changed:
        printing.say(f"Nothing to change: {kind} {key} says so already.")
        return
    let_go = f" {plural(len(ended), 'allocation')} of it end{'s' if len(ended) == 1 else ''} that day." if ended else ""
    day = f" from {show_day(since)}" if since else ""
    said = (
        f"Changed {kind} {key}{day}."
        if applied
        else f"{kind.capitalize()} {key} would change so{day}; nothing was written."
    )
    printing.say(said + let_go)
    say_remarks(remarks)


# FIELD=VALUE ---------------------------------------------------------------------------------------------------------


def _parsed(kind: str, words: Sequence[str]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for word in words:
        name, sign, text = word.partition("=")
        name = clean_line(name)
        if not sign or not name:
            raise BadInput(
                "Write each change as FIELD=VALUE.", field="FIELD=VALUE", hint="Such as leaves=2026-12-24, or leaves="
            )
        if name in changes:
            raise BadInput(f"{name}: given twice.", field=name)
        changes[name] = _value(kind, name, text)
    return changes


def _value(kind: str, name: str, text: str) -> Any:
    """Return what ``text`` means for a field: a TOML value, or a bare word as text; of a list, words with commas."""
    from domain.core.field_facts import Shape
    from storage.records.by_hand import CLEARED

    shape, value = _shape(kind, name), _toml(text)
    if not text.strip():
        return CLEARED
    words = shape in (Shape.LINE, Shape.TEXT)
    if words and not isinstance(value, str) and not (name == "start" and isinstance(value, time)):
        return text  # a date or a number is meant as it stands
    if shape is Shape.LIST and isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if shape is Shape.LIST and not isinstance(value, list):
        return [value]
    try:
        return documents.taken(name, value)
    except ValueError as fault:
        raise BadInput(f"{kind}, {name}: {fault}.", field=name) from None


def _shape(kind: str, name: str) -> Shape:
    from domain.core.field_facts import Shape

    of = kinds().named(kind)
    name = of.as_field(name)
    if name in of.also:
        return Shape.LINE
    if name not in of.facts:
        raise of.unknown(name)
    return of.facts[name].shape


def _toml(text: str) -> Any:
    try:
        found = toml.read(f"value = {text}")
    except toml.TomlFault:
        return text
    return found["value"] if found.keys() == {"value"} else text


# documents -----------------------------------------------------------------------------------------------------------


def _by_document(context: Context, kind: str, key: str) -> int:
    raw, name = document_in(context.options.source)
    found, problems = _one_record(raw, name, kind)
    return refuse("changed", problems) if problems else _amend(context, kind, key, found)


def _one_record(raw: bytes, name: str, kind: str) -> tuple[dict[str, Any], list[Problem]]:
    entries, problems = documents.read(raw, name, kind, clears=True)
    if not problems and len(entries) != 1:
        raise BadInput(
            f"{name} holds {len(entries)} records: one is changed at a time.", hint=f"Leave one [[{kind}]] in it."
        )
    return (entries[0].data if entries else {}), problems


def _in_editor(context: Context, kind: str, key: str) -> int:
    """Let the person change the record as a document; what others change meanwhile is not overwritten."""
    from storage.records import by_hand
    from tui.commandline.editing import edit

    with context.database.unit(context.actor, context.today) as unit:
        of = unit.kinds.named(kind)
        seen = unit.version(of.record, by_hand.find(unit, of, key).id)
        text = _INTRODUCTION + _document(context, unit, kind, key)
    was, _ = _one_record(text.encode(), "the document", kind)
    with edit(text, kind) as typed:
        now, problems = _one_record(typed.text, "the document", kind)
        changes = {} if problems else _differences(kind, was, now)
        code = refuse("changed", problems) if problems else _amend(context, kind, key, changes, seen)
        typed.taken = code == DONE and not context.options.dry_run
    return code


def _document(context: Context, unit: Unit, kind: str, key: str) -> str:
    """Return the record as it stands today, in the form of `show --toml`: its own fields alone."""
    from storage.records import listing

    row = shown(context, kind, listing.record(unit.reader, lists()[kind], key, unit.today) or {})
    if kind == "case":
        row["pathways"] = row["pathways"][1:]
    own = {"pathway", *unit.kinds.named(kind).names}
    return documents.write(kind, [{name: value for name, value in row.items() if name in own}])


def _differences(kind: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an edited document changes: what it says otherwise, and what it says no more, cleared."""
    from storage.records.by_hand import CLEARED

    changes = {name: value for name, value in now.items() if was.get(name) != value}
    changes |= dict.fromkeys(was.keys() - now.keys(), CLEARED)
    if kind == "case" and changes.keys() & {"pathway", "pathways"}:  # one list, written as two fields
        changes |= {"pathway": now.get("pathway", CLEARED), "pathways": now.get("pathways", [])}
    return changes


# removing ------------------------------------------------------------------------------------------------------------


def run_remove(context: Context) -> int:
    """Take one record away."""
    from storage.records import acts

    kind, key = documents.kind_named(context.options.kind), as_text(context.options.id)
    with context.database.unit(context.actor, context.today) as unit:
        of = unit.kinds.named(kind)
        key = str(getattr(acts.remove(unit, of.record, key).record, of.key))
    if context.options.json:
        printing.put_json({"kind": kind, "key": key, "removed": True})
    printing.say(f"Removed {kind} {key}. To undo: almoner undo")
    return DONE
