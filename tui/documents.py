"""Record documents: TOML with a table array for each kind, as `record` reads and `show --toml` prints it.

In a document `fte` and a team's `full_time_points` are plain numbers (0.6, 100); records hold hundredths.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from domain.errors import BadInput, Problem
from domain.text import clean, clean_line

# In the order in which they can be recorded: what is named comes before what names it.
KINDS = (
    "team", "worker", "reduction", "extra", "worker-event", "concern", "plan", "case", "unplanned", "conflict", "event",
    "allocation", "weighting", "session", "postponement", "override", "council-date",
)  # fmt: skip
HUNDREDTHS = frozenset({"fte", "full_time_points", "full_time_hours", "uplift", "hours", "points"})
LARGEST = 20_000_000
_SHOWN = 60


class Entry(NamedTuple):
    """One record of a document: its kind, which table of that kind it is (from 1), and its fields."""

    kind: str
    number: int
    data: dict[str, Any]


def kind_named(word: str, known: Iterable[str] = KINDS) -> str:
    """Return the kind that ``word`` means ("Events" is event); raises BadInput with the nearest ones."""
    plain = clean_line(word).casefold().replace("_", "-")
    known = list(known)
    for candidate in (plain, plain.removesuffix("s"), plain.removesuffix("es"), plain.removesuffix("ies") + "y"):
        if candidate in known:
            return candidate
    near = difflib.get_close_matches(plain, known, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else "Kinds: " + ", ".join(known) + "."
    raise BadInput(f"{plain[:_SHOWN]!r} is not a kind of record.", field="kind", hint=hint)


# reading ---------------------------------------------------------------------------------------------------------


def read(raw: bytes, file: str, expected: str) -> tuple[list[Entry], list[Problem]]:
    """Return the records in a document in the order they can be recorded, and what is wrong with its shape.

    Raises BadInput when it is not TOML at all, or holds no record of the kind ``expected``.
    """
    document = _parse(raw, file)
    entries: list[Entry] = []
    problems: list[Problem] = []
    for name, tables in document.items():
        try:
            kind = kind_named(name)
        except BadInput as fault:
            problems.append(Problem(file, None, "", "", str(fault)))
            continue
        found, faults = _tables(file, kind, tables)
        entries += found
        problems += faults
    if not problems and not any(entry.kind == expected for entry in entries):
        raise BadInput(
            f"{file} holds no [[{expected}]].",
            hint=f"Each record begins with a line [[{expected}]]; see: almoner record {expected} --template",
        )
    return _in_order(entries), problems


def _parse(raw: bytes, file: str) -> Mapping[str, Any]:
    if len(raw) > LARGEST:
        raise BadInput(f"{file} is larger than 20 MB.", hint="Split it, or use: almoner import")
    try:
        return tomllib.loads(raw.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError:
        raise BadInput(f"{file} is not UTF-8 text.", hint="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as fault:
        raise BadInput(f"{file} is not TOML: {_line(str(fault))}.", hint="Dates are written 2026-03-16.") from None
    except (ValueError, RecursionError, OverflowError):
        raise BadInput(f"{file} is not TOML that can be read: a number too long or tables too deep.") from None


def _line(message: str) -> str:
    return clean_line(message).rstrip(".")[:200]


def _tables(file: str, kind: str, tables: Any) -> tuple[list[Entry], list[Problem]]:
    if isinstance(tables, Mapping):
        tables = [tables]
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        return [], [Problem(file, None, kind, "", f"write each record under a line [[{kind}]]")]
    entries, problems = [], []
    for number, table in enumerate(tables, 1):
        data, faults = _fields(file, kind, number, table)
        entries.append(Entry(kind, number, data))
        problems += faults
    return entries, problems


def _fields(file: str, kind: str, number: int, table: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    data: dict[str, Any] = {}
    problems = []
    for name, value in table.items():
        try:
            data[clean_line(name)] = _taken(name, value)
        except ValueError as fault:
            problems.append(problem(file, kind, number, name, str(fault)))
    return data, problems


def problem(file: str, kind: str, number: int, field: str, message: str) -> Problem:
    """Return a fault in a document, naming the file, the table and the field."""
    message = clean_line(message).rstrip(".")
    return Problem(f"{file} [[{kind}]] {number}", None, clean_line(field)[:_SHOWN], "", message)


def _taken(name: str, value: Any) -> Any:
    if name in HUNDREDTHS:
        return _hundredths(value)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value


def _hundredths(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("write it as a number, as in 0.6")  # noqa: TRY004 - a fault in data, like the others
    if not -1e6 < value < 1e6:  # infinities and "nan" fail this too
        raise ValueError("out of range")
    scaled = round(value * 100)
    if abs(value * 100 - scaled) > 1e-6:
        raise ValueError("two decimals at most, as in 0.65")
    return scaled


def _in_order(entries: list[Entry]) -> list[Entry]:
    """Put what is named before what names it: teams, then supervisors before the people they supervise, and so on."""
    workers = [entry for entry in entries if entry.kind == "worker"]
    ordered = sorted((e for e in entries if e.kind != "worker"), key=lambda entry: KINDS.index(entry.kind))
    place = next((n for n, entry in enumerate(ordered) if entry.kind != "team"), len(ordered))
    return [*ordered[:place], *_supervisors_first(workers), *ordered[place:]]


def _supervisors_first(workers: list[Entry]) -> Iterator[Entry]:
    waiting = list(workers)
    while waiting:
        ahead = {_key(entry) for entry in waiting}
        ready = [e for e in waiting if not (_names(e) & (ahead - {_key(e)}))]
        yield from ready or waiting  # in a circle of supervisors nobody is first: recording says so
        waiting = [e for e in waiting if not any(e is r for r in ready)] if ready else []


def _key(entry: Entry) -> str:
    return str(entry.data.get("staff_id", ""))


def _names(entry: Entry) -> set[str]:
    return {str(entry.data[field]) for field in ("supervisor", "line_manager") if entry.data.get(field)}


# writing ---------------------------------------------------------------------------------------------------------


def write(kind: str, records: Iterable[Mapping[str, Any]]) -> str:
    """Return the document that records ``records`` again; what is not set is left out."""
    return "\n".join(_table(kind, record) for record in records)


def _table(kind: str, record: Mapping[str, Any]) -> str:
    lines = [f"[[{kind}]]"]
    lines += [f"{name} = {_value(value)}" for name, value in record.items() if not _unset(value)]
    return "\n".join(lines) + "\n"


def _unset(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, list | tuple | Mapping) and not value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_name(key)} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return _string(str(value))


def _name(key: str) -> str:
    return key if key.isascii() and key.replace("_", "").replace("-", "").isalnum() else _string(key)


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _string(text: str) -> str:
    return (
        '"'
        + "".join(_ESCAPES.get(c) or (c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}") for c in clean(text))
        + '"'
    )


# templates -------------------------------------------------------------------------------------------------------

_TEMPLATES: dict[str, Sequence[str]] = {
    "team": (
        'name = "North"',
        '# nation = "england"             # england, wales, scotland, northern_ireland',
        '# service = "Children\'s services"',
        '# scheme = "three-factor"        # see: almoner list scheme',
        "# full_time_points = 100         # what a full-time worker can carry; your own figure",
        "# full_time_hours = 37           # the contract week",
        "# red_weeks = 4                  # weeks over the red line before it is a concern",
    ),
    "worker": (
        'staff_id = "W101"',
        'name = "Okafor, Chidi"',
        'team = "North"',
        'grade = "children-sw"           # see: almoner list grade',
        "# fte = 1.0                     # 0.6 is three days a week",
        "# started = 2025-09-01",
        "# leaves = 2026-12-31",
        '# supervisor = "W100"           # staff id',
        '# line_manager = "W100"',
        '# role = "Social worker"',
        '# registration = "SW123456"',
        '# specialisms = ["court work"]  # what a case may ask for',
        '# areas = ["Leeds North"]       # the areas covered',
        "# supervises_most = 6           # the agreed number of people supervised",
        "# agency = false",
        '# email = "someone@example.org"',
    ),
    "reduction": (
        'worker = "W101"                 # staff id',
        "percent = 20                    # share of contract hours",
        'reason = "Practice educator"',
        '# kind = "practice_educator"    # see: almoner list reduction-reason',
        "starts = 2026-09-01",
        "# ends = 2027-07-31             # left out: until further notice",
        '# note = ""',
    ),
    "worker-event": (
        'worker = "W101"                 # staff id',
        'kind = "started_work"           # see: almoner list event-kind',
        "on = 2026-09-01                 # the day it happened",
        "# details = { first = true }",
        '# note = ""',
    ),
    "case": (
        'reference = "C-1001"            # as in the case system',
        'team = "North"',
        'pathway = "looked_after"        # child_in_need, child_protection, care_leaver, care_act, carer_support, ...',
        '# pathways = ["court"]          # further ones',
        "opened = 2026-03-02",
        '# nation = "england"',
        '# name = ""                     # optional',
        "# born = 2019-05-04",
        "# expected_birth = 2026-12-24",
        "# closed = 2026-10-30",
        '# close_reason = ""',
        '# sibling_group = "S-12"',
        '# factors = ["autism"]',
        '# area = "Leeds North"',
        '# must_have = ["Urdu"]           # what the worker must bring; see the worker\'s specialisms',
        '# prefers = ["woman worker"]',
        "# threshold_met = 2026-03-02",
    ),
    "event": (
        'case = "C-1001"',
        'kind = "lac_review_held"        # see: almoner list event-kind',
        "on = 2026-03-16                 # the day it happened",
        "# details = { seen = true, seen_alone = true }",
        '# note = ""',
    ),
    "allocation": (
        'case = "C-1001"',
        'worker = "W101"                 # staff id',
        "starts = 2026-03-03",
        '# role = "allocated_worker"     # co_worker, consultant, cover, personal_adviser',
        "# ends = 2026-09-30",
        '# reason = "TSPROC"             # why a worker changed: MANAGE LEFTRL ORGRST TSPROC ABSENC CHCHAN OTHERS',
        '# overruled = ["siblings-together"]  # policy rules that stood against it',
        '# approved_by = "Hughes, Ann"',
        '# note = ""',
    ),
    "weighting": (
        'case = "C-1001"',
        'scheme = "three-factor"         # see: almoner show scheme three-factor',
        "on = 2026-03-16",
        'answers = { complexity = "2", risk = "3", travel = "1" }',
        '# why = "review"                # first, allocation, step_up, step_down, supervision, review, other',
        "# uplift = 0.5                  # by hand, where the scheme allows it",
        '# uplift_reason = ""',
        "# agreed_worker = 2026-03-17",
        "# agreed_supervisor = 2026-03-17",
        '# note = ""',
    ),
    "session": (
        'worker = "W101"                 # staff ids',
        'supervisor = "W100"',
        "on = 2026-11-25",
        '# start = "10:00"',
        "# minutes = 90",
        '# state = "planned"             # held, missed, cancelled',
        "# held_on = 2026-11-25",
        '# reason = ""                   # why it was missed',
        '# place = ""',
    ),
    "postponement": (
        'case = "C-1001"                 # or: worker = "W101"',
        'rule = "lac_review_n"           # as `almoner due` shows it',
        "cycle = 3",
        "to = 2026-12-01                 # moves the plan, never the legal date",
        'reason = "Carer in hospital"',
    ),
    "override": (
        'case = "C-1001"',
        'rule = "visit_standard"         # or the series it takes turns in; as `almoner due` shows it',
        "number = 4                      # every 4 weeks; never past a limit that is not local",
        'unit = "weeks"                  # days, working_days, weeks, months',
        "decided_on = 2026-11-16",
        'decided_by = "Hughes, Ann"',
        'reason = "Placement unsettled"',
        "review_on = 2027-02-16          # when it is looked at again; it does not end by itself",
        "# ended_on = 2027-02-16         # from that day the rule counts as it stands",
    ),
    "council-date": (
        'case = "C-1001"',
        'kind = "lac_review_held"        # the event that answers it',
        "due = 2026-12-01                # as the council's own system has it",
        "# held = 2026-11-28",
        '# source = "SSD"',
    ),
    "extra": (
        'worker = "W101"                 # staff id',
        'title = "Lead for missing children"',
        "points = 5                      # counted as load, beside cases",
        "starts = 2026-09-01",
        "# ends = 2027-07-31",
        '# note = ""',
    ),
    "unplanned": (
        'worker = "W101"                 # staff id',
        "on = 2026-11-16",
        "hours = 3.5",
        'what = "Emergency placement"',
        '# case = "C-1001"',
    ),
    "concern": (
        'worker = "W101"                 # staff id',
        "raised_on = 2026-11-16",
        '# raised_by = "Okafor, Chidi"',
        'why = "Above the red line for five weeks"',
        "# answered_on = 2026-11-18",
        '# answered_by = "Hughes, Ann"',
        '# plan = "Two cases move by the end of the month"',
        "# review_on = 2026-12-02",
        "# closed_on = 2026-12-16",
    ),
    "conflict": (
        'case = "C-1001"',
        'worker = "W101"                 # staff id: who must not, or had better not, hold it',
        'why = "conflict_of_interest"    # risk_to_worker, known_to_worker, family_asked, other',
        "starts = 2026-03-16",
        "# ends = 2026-09-30",
        '# note = ""',
    ),
    "plan": (
        'name = "Okafor leaves"          # plans are made with: almoner plan --save NAME',
        'team = "North"',
        "made_on = 2026-11-16",
        "scenario = { target = 105 }",
        "result = { }",
    ),
}  # fmt: skip
_INTRODUCTION = (
    "# Fill in and save; lines beginning with # are optional. Leave the file as it is to record nothing.",
    "# Repeat the block to record several. Dates are written 2026-03-16.",
    "",
)


def template(kind: str) -> str:
    """Return a commented document to fill in."""
    return "\n".join([*_INTRODUCTION, f"[[{kind}]]", *_TEMPLATES[kind]]) + "\n"
