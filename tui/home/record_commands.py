"""record, list, show: every kind of record in and out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from domain.core.errors import BadInput, NotFound, Problem
from domain.core.text import clean_line, initials, plural, whole_number
from storage.opening import kinds, lists
from storage.records import listing as record_lists
from storage.records.listed import HUNDREDTHS
from storage.records.listing import PACKED
from tui.commandline import documents, printing
from tui.commandline.context import BAD, DONE, Context, as_text, on_terminal
from tui.commandline.documents import document_in

if TYPE_CHECKING:
    from tui.commandline.parser import Commands

_MOST_PROBLEMS = 20
_POINTS = frozenset({"points", "full_time_points", "stable_points", "most_uplift"})
_PACK_COLUMNS = {
    "event-kind": ("kind", "title", "pathways", "answers"),
    "grade": ("id", "title", "family", "capacity_percent"),
    "scheme": ("id", "title", "status", "version"),
    "rule": ("id", "title", "tier", "pathways"),
    "factor": ("id", "title", "also", "pathways", "in_force", "read_by"),
    "specialism": ("id", "title", "also", "read_by"),
    "in-force": ("id", "title", "begins", "ended", "until", "read_by"),
    "reduction-reason": ("id", "title", "percent", "most_percent", "months", "counts", "basis"),
    "ramp": ("id", "title", "reason", "basis", "note"),
    "standard": ("id", "title", "minutes", "basis", "note"),
    "missed-reason": ("id", "title", "side", "basis"),
    "discussion-interval": ("id", "title", "pathways", "days", "basis", "note"),
    "ladder": ("id", "title", "basis", "note"),
    "nudge": ("id", "title", "kind", "words", "percent", "basis"),
    "tolerance": ("id", "title", "days", "basis", "note"),
    "framework": ("id", "title", "status", "valid_from", "valid_to", "unverified"),
    "registration-kind": ("id", "title", "basis", "note"),
    "training": ("id", "title", "topic", "rule", "note"),
    "progression": ("id", "title", "family", "basis", "note"),
}


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    record = commands.add("record", run_record, json=True)
    record.add_argument("kind", metavar="KIND", help="what to record: " + ", ".join((*documents.KINDS, documents.ALL)))
    record.add_argument("--from", dest="source", metavar="FILE", help="the document, - for standard input")
    record.add_argument("--template", action="store_true", help="print a commented document to fill in")
    listing = commands.add("list", run_list, json=True, csv=True)
    listing.add_argument(
        "kind", metavar="KIND", help="a kind of record, or what packs hold: case, event-kind, grade ..."
    )
    listing.add_argument("--team", metavar="NAME", help="those of one team")
    listing.add_argument("--worker", metavar="STAFF_ID", help="those of one worker")
    listing.add_argument("--case", metavar="REFERENCE", help="those of one case")
    listing.add_argument("--kind", dest="of_kind", metavar="WORD", help="of one kind, pathway, role or state")
    listing.add_argument("--open", action="store_true", help="open ones only")
    listing.add_argument("--toml", action="store_true", help="print a document that `record` takes")
    show = commands.add("show", run_show, json=True)
    show.add_argument("kind", metavar="KIND", help="the kind of record, such as case")
    show.add_argument("id", metavar="ID", help="staff id, team name, case reference, or number")
    show.add_argument("--toml", action="store_true", help="print a document that `record` takes")


# reading ---------------------------------------------------------------------------------------------------------


def run_list(context: Context) -> int:
    """Print the records of a kind."""
    kind, packed = _kind(context.options.kind, kept=_filtered(context) or context.options.toml)
    rows: Iterable[Mapping[str, Any]] = _packed(context, kind) if packed else _records(context, kind)
    if context.options.toml and not packed:
        for row in rows:
            printing.put(documents.write(kind, [_as_document(kind, row)]))
        return DONE
    columns = _PACK_COLUMNS.get(kind, ("id", "title")) if packed else lists()[kind].columns
    if not printing.put_rows(context.form, rows, columns, today=context.today) and context.form == "table":
        printing.say(f"No {kind} like that." if _filtered(context) else f"No {kind} yet.")
    return DONE


def _filtered(context: Context) -> bool:
    given = context.options
    return any((given.team, given.worker, given.case, given.of_kind, given.open))


def _kind(word: str, *, kept: bool) -> tuple[str, bool]:
    """Return the kind meant, and whether packs hold it; of a word for both, ``kept`` chooses the records."""
    kind = documents.kind_named(word, (*documents.KINDS, *PACKED))
    return kind, kind in PACKED and not (kept and kind in documents.KINDS)


def _packed(context: Context, kind: str) -> list[dict[str, Any]]:
    if any((context.options.team, context.options.worker, context.options.case, context.options.open)):
        raise BadInput(f"A {kind} comes from packs: it has no team, worker or case.", hint="Leave the filter out.")
    return [_in_points(item) for item in context.packed(kind)]


def _in_points(item: Any) -> Any:
    """Return what a pack says with points as points: the database keeps hundredths."""
    if isinstance(item, list):
        return [_in_points(part) for part in item]
    if not isinstance(item, dict):
        return item
    return {
        name: _plain(value) if name in _POINTS else _in_points(value)
        for name, value in item.items()
        if name != "band_edges"
    }


def _plain(value: Any) -> Any:
    """Return hundredths as points; in a table, those of each answer."""
    return {k: _plain_number(v) for k, v in value.items()} if isinstance(value, dict) else _plain_number(value)


def _records(context: Context, kind: str) -> Iterator[dict[str, Any]]:
    options = context.options
    rows = record_lists.records(
        context.reader,
        kind,
        lists()[kind],
        context.today,
        team=context.the_team(options.team) if options.team else None,
        worker=context.the_worker(options.worker) if options.worker else None,
        case=context.the_case(options.case) if options.case else None,
        of_kind=as_text(options.of_kind) if options.of_kind else None,
        open_only=options.open,
        own=options.toml,
    )
    return (shown(context, kind, row) for row in rows)


def shown(context: Context, kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return a kept record as it may be shown: plain numbers, the leading pathway, names only where they may be."""
    in_units(row)
    if kind == "case":
        row = {"reference": row.pop("reference"), "team": row.pop("team"), "pathway": row["pathways"][0], **row}
    return without_names(kind, row) if context.no_names else row


def in_units(row: dict[str, Any]) -> dict[str, Any]:
    """Put points, hours and FTE into whole units: the database keeps hundredths."""
    for name in HUNDREDTHS & row.keys():
        row[name] = _plain_number(row[name])
    return row


def _plain_number(hundredths: int | None) -> float | int | None:
    if hundredths is None:
        return None
    return hundredths / 100 if hundredths % 100 else hundredths // 100


def without_names(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return a record with initials for the names of staff, and nothing where it says who a person served is."""
    from domain.core.fields import Marker

    facts = kinds().named(kind).facts
    marked = {name: facts[name].markers if name in facts else frozenset() for name in row}
    for name, markers in marked.items():
        if Marker.INITIALS in markers and row[name]:
            row[name] = initials(row[name])
    return {name: None if Marker.HIDDEN in marked[name] else value for name, value in row.items()}


def run_show(context: Context) -> int:
    """Print one record."""
    kind, packed = _kind(context.options.kind, kept=whole_number(as_text(context.options.id)) is not None)
    found = _one_packed(context, kind) if packed else _one(context, kind)
    if context.options.toml and not packed:
        printing.put(documents.write(kind, [_as_document(kind, found)]))
    elif context.form == "json":
        printing.put_json(found)
    else:
        printing.outline(found)
    return DONE


def _one(context: Context, kind: str) -> dict[str, Any]:
    key = context.the_key(kind, context.options.id)
    listed, toml = lists()[kind], context.options.toml
    found = record_lists.record(context.reader, listed, key, context.today, own=toml)
    if found is None:
        raise NotFound(f"There is no {kind} {key!r}.", field=kind, hint=f"See: almoner list {kind}")
    record = shown(context, kind, found)
    if kind == "case":
        record["gaps"] = _gaps(context, record["reference"])
        record["remarks"] = _strange(context, record)
    elif listed.dated and not toml:
        periods = record_lists.periods(context.reader, listed, record[listed.key])
        record["periods"] = [in_units(one) for one in periods]
    return record


def _gaps(context: Context, reference: str) -> list[dict[str, Any]]:
    """Return what is missing on a case or contradicts itself; ``series`` is null where no one series is meant."""
    from storage.due.year_ahead import case_gaps

    found = case_gaps(context.database, reference, context.today)
    return [{"series": gap.series or None, "message": gap.message} for gap in found]


def _strange(context: Context, record: Mapping[str, Any]) -> list[str]:
    """Return which words of a case no rule can read."""
    from storage.cases.strange_words import one_case

    return [one.words for one in one_case(context.reader, record["reference"])]


def _one_packed(context: Context, kind: str) -> dict[str, Any]:
    key = as_text(context.options.id)
    for item in record_lists.packed(context.reader, kind):
        if key in (item.get("id"), item.get("kind")):
            return dict(_in_points(item))
    raise NotFound(f"There is no {kind} {key!r}.", field=kind, hint=f"See: almoner list {kind}")


def _as_document(kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a shown record as a document has it: without what the program works out itself."""
    left_out = {"id", "scheme_version", "gaps", "remarks"} | ({"points"} if kind == "weighting" else set())
    document = {name: value for name, value in row.items() if name not in left_out}
    if kind == "case":
        document["pathways"] = document["pathways"][1:]
    return document


# recording -------------------------------------------------------------------------------------------------------


def run_record(context: Context) -> int:
    """Record what a document holds: all of it or nothing."""
    kind = documents.kind_named(context.options.kind, (*documents.KINDS, documents.ALL))
    if context.options.template and kind != documents.ALL:
        printing.put(documents.template(kind))
        return DONE
    source = context.options.source
    if source is not None:
        return _record(context, kind, *document_in(source, documents.largest(kind)))
    if kind == documents.ALL or not on_terminal():
        raise BadInput("Say where the document is.", field="--from", hint=f"almoner record {kind} --from FILE (or -)")
    from tui.commandline.editing import edit

    with edit(documents.template(kind), kind) as typed:
        code = _record(context, kind, typed.text, "the document")
        typed.taken = code == DONE
    return code


def _record(context: Context, kind: str, raw: bytes, name: str) -> int:
    entries, problems = documents.read(raw, name, kind)
    remarks: list[str] = []
    if not problems:
        problems, remarks = _record_all(context, entries, name)
    if problems:
        return refuse("recorded", problems)
    counts = _counted(entries)
    if context.options.json:
        printing.put_json({"recorded": counts, "remarks": remarks})
    printing.say("Recorded " + ", ".join(plural(n, k) for k, n in counts.items()) + ".")
    say_remarks(remarks)
    return DONE


def say_remarks(remarks: Sequence[str]) -> None:
    """Say what was taken and had better be looked at again."""
    for remark in remarks[:_MOST_PROBLEMS]:
        printing.say(f"  {remark}")
    if len(remarks) > _MOST_PROBLEMS:
        printing.say("  and more: almoner doctor")


def _record_all(context: Context, entries: list[documents.Entry], name: str) -> tuple[list[Problem], list[str]]:
    """Record them; returns what is wrong with them, and what was taken and had better be looked at again."""
    from storage.records import acts

    context.database = context.open(create=True)  # the first document begins the database
    with context.database.unit(context.actor, context.today) as unit:
        faults = acts.record_all(unit, [acts.Given(entry.kind, entry.data) for entry in entries], _MOST_PROBLEMS)
    return [_problem(entries[fault.place], fault.why, name) for fault in faults], unit.remarks


def _problem(entry: documents.Entry, why: BadInput, name: str) -> Problem:
    field = why.where.removeprefix(f"{entry.kind}, ") or why.field
    return documents.problem(name, entry.kind, entry.number, field, f"{why.message} {why.hint}")


def refuse(done: str, problems: Sequence[Problem]) -> int:
    """Say that nothing was ``done`` ("recorded"), and what is wrong with the document."""
    printing.say(f"almoner: Nothing was {done}.")
    for problem in problems[:_MOST_PROBLEMS]:
        printing.say(f"  {clean_line(str(problem))}")
    if len(problems) > _MOST_PROBLEMS:
        printing.say("  and more")
    return BAD


def _counted(entries: list[documents.Entry]) -> dict[str, int]:
    return Counter(entry.kind for entry in entries)
