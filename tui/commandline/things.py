"""record, list, show, undo: every kind of record in, out, and taken back."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.errors import AlmonerError, BadInput, NotFound, Problem
from domain.text import clean_line, initials, plural
from tui import documents, printing
from tui.commandline.context import BAD, DONE, PROBLEMS, Context, as_text, on_terminal

if TYPE_CHECKING:
    from storage.unit import Unit
    from tui.cli import Commands

_MOST_PROBLEMS = 20
_KEYS = {"team": "name", "worker": "staff_id", "case": "reference"}
_PERSON = frozenset({"name", "born", "expected_birth", "note"})
_POINTS = frozenset({"points", "full_time_points", "stable_points", "most_uplift"})
_SAID_BY = frozenset(
    (
        "decided_by", "approved_by", "raised_by", "answered_by", "signed_worker_by", "signed_supervisor_by",
        "agreed_worker_by", "agreed_supervisor_by", "agreed_by", "by", "with_whom", "seen_by", "tutor",
    )
)  # fmt: skip
_STAFF = frozenset({"email", "registration", "note"})
_COLUMNS = {
    "team": ("name", "service", "nation", "scheme", "full_time_points"),
    "worker": ("staff_id", "name", "team", "grade", "fte", "started", "leaves", "supervisor"),
    "reduction": ("id", "worker", "percent", "reason", "starts", "ends"),
    "worker-event": ("id", "worker", "on", "kind", "details"),
    "case": ("reference", "name", "team", "pathways", "opened", "closed"),
    "event": ("id", "case", "on", "kind", "details"),
    "allocation": ("id", "case", "worker", "role", "starts", "ends", "reason"),
    "weighting": ("id", "case", "on", "scheme", "answers", "points"),
    "session": ("id", "on", "start", "worker", "supervisor", "state", "held_on", "reason"),
    "postponement": ("id", "case", "worker", "rule", "cycle", "to", "reason"),
    "override": ("id", "case", "rule", "number", "unit", "decided_on", "decided_by", "review_on", "ended_on"),
    "council-date": ("id", "case", "kind", "due", "held", "source"),
    "extra": ("id", "worker", "title", "points", "starts", "ends"),
    "unplanned": ("id", "worker", "on", "hours", "what", "case"),
    "concern": ("id", "worker", "raised_on", "raised_by", "answered_on", "answered_by", "review_on", "closed_on"),
    "conflict": ("id", "case", "worker", "why", "starts", "ends"),
    "plan": ("name", "team", "made_on", "applied_on"),
    "agreement": ("id", "worker", "supervisor", "kind", "standard", "starts", "ends", "review_on"),
    "attendance": ("id", "session", "worker", "absent", "agreed_on"),
    "discussion": ("id", "session", "case", "topic", "format"),
    "amendment": ("id", "session", "case", "on", "by"),
    "rating": ("id", "case", "on", "rater", "score", "about"),
    "decision": ("id", "on", "case", "worker", "body", "decided_by", "follow_by", "followed_on"),
    "action": ("id", "owner", "who", "what", "case", "set_on", "due", "done_on"),
    "agenda-item": ("id", "worker", "on", "what", "case", "parked_until", "closed_on"),
    "disagreement": ("id", "worker", "case", "raised_on", "stage", "due", "ended_on"),
    "learning-need": ("id", "worker", "title", "priority", "source", "due", "outcome", "ended_on"),
    "evidence": ("id", "worker", "on", "kind", "title", "domains"),
    "cpd": ("id", "worker", "on", "kind", "title", "peer", "submitted_on"),
    "registration": ("id", "worker", "kind", "granted", "expires", "ended_on"),
    "programme": ("id", "worker", "kind", "starts", "ends", "educator", "ended_on", "title"),
    "milestone": ("id", "programme", "kind", "on", "by", "outcome"),
    "placement-day": ("id", "programme", "on", "kind", "part"),
    "closure": ("id", "programme", "starts", "ends", "why"),
    "calendar-choice": ("id", "worker", "privacy", "kinds", "leads", "by_mail"),
    "calendar-settings": ("id", "privacy", "classification", "kinds", "leads", "organiser", "mail_host"),
    "event-kind": ("kind", "title", "pathways", "answers"),
    "grade": ("id", "title", "family", "capacity_percent"),
    "scheme": ("id", "title", "status", "version"),
    "rule": ("id", "title", "tier", "pathways"),
    "reduction-reason": ("id", "title", "percent", "most_percent", "months", "counts", "basis"),
    "ramp": ("id", "title", "reason", "basis", "note"),
    "standard": ("id", "title", "minutes", "basis", "note"),
    "missed-reason": ("id", "title", "side", "basis"),
    "discussion-interval": ("id", "title", "pathways", "days", "basis", "note"),
    "ladder": ("id", "title", "basis", "note"),
    "nudge": ("id", "title", "kind", "words", "percent", "basis"),
    "framework": ("id", "title", "status", "valid_from", "valid_to", "unverified"),
    "registration-kind": ("id", "title", "basis", "note"),
    "training": ("id", "title", "topic", "rule", "note"),
    "progression": ("id", "title", "family", "basis", "note"),
}
_PACK_COLUMNS = ("id", "title")


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    record = commands.add("record", run_record, json=True)
    record.add_argument("kind", metavar="KIND", help="what to record: " + ", ".join(documents.KINDS))
    record.add_argument("--from", dest="source", metavar="FILE", help="the document, - for standard input")
    record.add_argument("--template", action="store_true", help="print a commented document to fill in")
    listing = commands.add("list", run_list, json=True, csv=True)
    listing.add_argument("kind", metavar="KIND")
    listing.add_argument("--team", metavar="NAME", help="those of one team")
    listing.add_argument("--worker", metavar="STAFF_ID", help="those of one worker")
    listing.add_argument("--case", metavar="REFERENCE", help="those of one case")
    listing.add_argument("--kind", dest="of_kind", metavar="WORD", help="of one kind, pathway, role or state")
    listing.add_argument("--open", action="store_true", help="open ones only")
    listing.add_argument("--toml", action="store_true", help="print a document that `record` takes")
    show = commands.add("show", run_show, json=True)
    show.add_argument("kind", metavar="KIND")
    show.add_argument("id", metavar="ID", help="staff id, team name, case reference, or number")
    show.add_argument("--toml", action="store_true", help="print a document that `record` takes")
    commands.add("undo", run_undo, json=True)


# reading ---------------------------------------------------------------------------------------------------------


def run_list(context: Context) -> int:
    """Print the records of a kind."""
    kind, packed = _kind(context.options.kind, kept=_filtered(context) or context.options.toml)
    rows: Iterable[Mapping[str, Any]] = _packed(context, kind) if packed else _records(context, kind)
    if context.options.toml and not packed:
        for row in rows:
            printing.put(documents.write(kind, [_as_document(kind, row)]))
        return DONE
    columns = _COLUMNS.get(kind, _PACK_COLUMNS)
    if not printing.put_rows(context.form, rows, columns, today=context.today) and context.form == "table":
        printing.say(f"No {kind} like that." if _filtered(context) else f"No {kind} yet.")
    return DONE


def _filtered(context: Context) -> bool:
    given = context.options
    return any((given.team, given.worker, given.case, given.of_kind, given.open))


def _kind(word: str, *, kept: bool) -> tuple[str, bool]:
    """Return the kind meant, and whether packs hold it; of a word for both, ``kept`` chooses the records."""
    from storage.listing import PACKED

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
    from storage import listing

    options = context.options
    rows = listing.records(
        context.reader,
        kind,
        context.today,
        team=context.the_team(options.team) if options.team else None,
        worker=context.the_worker(options.worker) if options.worker else None,
        case=context.the_case(options.case) if options.case else None,
        of_kind=as_text(options.of_kind) if options.of_kind else None,
        open_only=options.open,
    )
    return (shown(context, kind, row) for row in rows)


def shown(context: Context, kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return a kept record as it may be shown: plain numbers, the leading pathway, names only where they may be."""
    for name in documents.HUNDREDTHS & row.keys():
        row[name] = _plain_number(row[name])
    if kind == "case":
        row = {"reference": row.pop("reference"), "team": row.pop("team"), "pathway": row["pathways"][0], **row}
    return _without_names(kind, row) if context.no_names else row


def _plain_number(hundredths: int | None) -> float | int | None:
    if hundredths is None:
        return None
    return hundredths / 100 if hundredths % 100 else hundredths // 100


def _without_names(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    if kind == "worker":
        row["name"] = initials(row["name"])
    for field in _SAID_BY & row.keys():
        row[field] = initials(row[field]) if row[field] else row[field]
    hidden = _PERSON if kind not in ("worker", "team") else _STAFF
    return {name: None if name in hidden else value for name, value in row.items()}


def run_show(context: Context) -> int:
    """Print one record."""
    kind, packed = _kind(context.options.kind, kept=as_text(context.options.id).isdigit())
    found = _one_packed(context, kind) if packed else _one(context, kind)
    if context.options.toml and not packed:
        printing.put(documents.write(kind, [_as_document(kind, found)]))
    elif context.form == "json":
        printing.put_json(found)
    else:
        printing.outline(found)
    return DONE


def _one(context: Context, kind: str) -> dict[str, Any]:
    from storage import listing

    key = as_text(context.options.id)
    found = listing.record(context.reader, kind, key)
    if found is None:
        raise NotFound(f"There is no {kind} {key!r}.", field=kind, hint=f"See: almoner list {kind}")
    record = shown(context, kind, found)
    if kind == "case":
        record["gaps"] = _gaps(context, key)
    return record


def _gaps(context: Context, reference: str) -> list[dict[str, Any]]:
    """Return what is missing on a case or contradicts itself; ``series`` is null where no one series is meant."""
    from storage.planner import case_gaps

    found = case_gaps(context.database, reference, context.today)
    return [{"series": gap.series or None, "message": gap.message} for gap in found]


def _one_packed(context: Context, kind: str) -> dict[str, Any]:
    from storage import listing

    key = as_text(context.options.id)
    for item in listing.packed(context.reader, kind):
        if key in (item.get("id"), item.get("kind")):
            return dict(_in_points(item))
    raise NotFound(f"There is no {kind} {key!r}.", field=kind, hint=f"See: almoner list {kind}")


def _as_document(kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a shown record as a document has it: without what the program works out itself."""
    left_out = {"id", "scheme_version", "gaps"} | ({"points"} if kind == "weighting" else set())
    document = {name: value for name, value in row.items() if name not in left_out}
    if kind == "case":
        document["pathways"] = document["pathways"][1:]
    return document


# recording -------------------------------------------------------------------------------------------------------


def run_record(context: Context) -> int:
    """Record what a document holds: all of it or nothing."""
    kind = documents.kind_named(context.options.kind)
    if context.options.template:
        printing.put(documents.template(kind))
        return DONE
    source = context.options.source
    if source is not None:
        return _record(context, kind, *document_in(source))
    if not on_terminal():
        raise BadInput("Say where the document is.", field="--from", hint=f"almoner record {kind} --from FILE (or -)")
    from tui.commandline.editing import edit

    with edit(documents.template(kind), kind) as typed:
        code = _record(context, kind, typed.text, "the document")
        typed.taken = code == DONE
    return code


def _record(context: Context, kind: str, raw: bytes, name: str) -> int:
    entries, problems = documents.read(raw, name, kind)
    if not problems:
        problems = _record_all(context, entries, name)
    if problems:
        return _refuse(problems)
    counts = _counted(entries)
    if context.options.json:
        printing.put_json({"recorded": counts})
    printing.say("Recorded " + ", ".join(plural(n, k) for k, n in counts.items()) + ".")
    return DONE


def document_in(source: str) -> tuple[bytes, str]:
    """Return what a file holds, or standard input for -, and what to call it."""
    if source == "-" and sys.stdin is None:
        raise BadInput("Standard input is closed.", field="--from", hint="Give a file: --from FILE")
    if source == "-":
        return sys.stdin.buffer.read(documents.LARGEST + 1), "standard input"
    return _file(source), clean_line(Path(source).name)


def _file(source: str) -> bytes:
    name = as_text(source)
    try:
        with Path(source).open("rb") as file:
            return file.read(documents.LARGEST + 1)
    except FileNotFoundError:
        raise BadInput(f"There is no file {name!r}.", field="--from", hint="Check the path.") from None
    except (OSError, ValueError) as fault:
        why = getattr(fault, "strerror", None) or "not a usable file name"
        raise BadInput(f"{name!r} cannot be read: {why.lower()}.", field="--from") from None


def _record_all(context: Context, entries: list[documents.Entry], name: str) -> list[Problem]:
    problems: list[Problem] = []
    context.database = context.open(create=True)  # the first document begins the database
    with context.database.unit(context.actor, context.today) as unit:
        for entry in entries:
            fault = _record_one(unit, entry, name)
            if fault is not None:
                problems.append(fault)
            if len(problems) > _MOST_PROBLEMS:
                break
        if not problems:
            unit.finish(_what(entries))
    return problems


def _record_one(unit: Unit, entry: documents.Entry, name: str) -> Problem | None:
    try:
        _refuse_double(unit, entry)
        unit.record(entry.kind, entry.data)
    except BadInput as fault:
        message = fault.message.removeprefix(f"{entry.kind}, ").removeprefix(f"{fault.field}: ")
        return documents.problem(name, entry.kind, entry.number, fault.field, f"{message} {fault.hint}")
    return None


def _refuse_double(unit: Unit, entry: documents.Entry) -> None:
    """Refuse a key that is taken before the database does: after its refusal no further fault could be found."""
    field = _KEYS.get(entry.kind)
    key = entry.data.get(field) if field else None
    if isinstance(key, str) and unit.find(entry.kind, clean_line(key)) is not None:
        raise BadInput(f"there is a {entry.kind} {clean_line(key)!r} already", field=field or "")


def _refuse(problems: list[Problem]) -> int:
    printing.say("almoner: Nothing was recorded.")
    for problem in problems[:_MOST_PROBLEMS]:
        printing.say(f"  {clean_line(str(problem))}")
    if len(problems) > _MOST_PROBLEMS:
        printing.say("  and more")
    return BAD


def _counted(entries: list[documents.Entry]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for entry in entries:
        counts[entry.kind] = counts.get(entry.kind, 0) + 1
    return counts


def _what(entries: list[documents.Entry]) -> str:
    """Say in the change log what was recorded: references and kinds, never names."""
    if len(entries) > 1:
        return "Recorded " + ", ".join(plural(n, kind) for kind, n in _counted(entries).items())
    kind, data = entries[0].kind, entries[0].data
    about = data.get("case") or data.get("reference") or data.get("staff_id") or data.get("worker") or data.get("name")
    return clean_line(f"Recorded {kind} {data.get('kind', '') if kind == 'event' else ''} on {about}")[:200]


def run_undo(context: Context) -> int:
    """Take back the acting person's last change."""
    try:
        with context.database.unit(context.actor, context.today) as unit:
            what = unit.undo()
    except AlmonerError as fault:
        if not isinstance(fault, BadInput):
            raise
        printing.complain(fault)
        return PROBLEMS
    if context.options.json:
        printing.put_json({"undone": what})
    else:
        printing.put(f"Taken back: {what}")
    return DONE
