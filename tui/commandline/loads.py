"""caseload, allocate: what people carry, and giving a case to somebody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from domain.capacity import BAND_GLYPHS
from domain.errors import BadInput
from domain.ids import CHANGE_REASON_TITLES, ChangeReason, Role
from domain.text import clean_line, plural
from tui import printing
from tui.commandline.context import DONE, Context, as_text, parse_option_day

if TYPE_CHECKING:
    from storage.loadlines import LoadLine
    from storage.views import WorkerLine
    from tui.cli import Commands

_COLUMNS = ("Worker", "Name", "Grade", "Team", "FTE", "Cases", "Points", "Capacity", "Used", "", "Reductions")
_CSV = (
    "worker", "name", "grade", "team", "fte", "cases", "points", "capacity", "utilisation", "band", "reductions",
)  # fmt: skip


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    load = commands.add("caseload", run_caseload, json=True, csv=True)
    load.add_argument("--team", metavar="NAME", help="of one team")
    load.add_argument("--worker", metavar="STAFF_ID", help="of one worker, line by line")
    give = commands.add("allocate", run_allocate, json=True)
    give.add_argument("case", metavar="CASE", help="the case's reference")
    give.add_argument("--to", metavar="WORKER", help="the worker's staff id")
    give.add_argument("--on", metavar="DATE", help="from that day (left out: today)")
    give.add_argument("--role", metavar="ROLE", help="one of " + ", ".join(Role))
    give.add_argument("--reason", metavar="TEXT", help="why the worker changes: a code or words; see the manual")


# caseload --------------------------------------------------------------------------------------------------------


def run_caseload(context: Context) -> int:
    """Print what each worker carries; with one worker, line by line."""
    from storage.views import reductions_today, team_board

    team = context.the_team(context.options.team) if context.options.team else None
    worker = context.the_worker(context.options.worker) if context.options.worker else None
    board = team_board(context.reader, team, context.today, worker)
    reductions = reductions_today(context.reader, team, context.today, worker)
    records = [_record(context, line, reductions.get(line.staff_id, [])) for line in board]
    if worker is not None:
        return _one(context, worker, records)
    if context.form == "table":
        if not printing.table(_COLUMNS, map(_row, records)):
            printing.say("There are no workers yet. See: almoner record worker --template")
    else:
        printing.put_rows(context.form, records, _CSV)
    return DONE


def _record(context: Context, line: WorkerLine, reductions: list[tuple[int, str]]) -> dict[str, Any]:
    return {
        "worker": line.staff_id,
        "name": context.staff_name(line.name),
        "grade": line.grade,
        "team": line.team,
        "fte": line.fte / 100,
        "cases": line.cases,
        "points": line.points / 100,
        "capacity": None if line.capacity is None else line.capacity / 100,
        "utilisation": None if line.utilisation is None else line.utilisation / 10,
        "band": line.band or None,
        "reductions": [{"percent": percent, "reason": reason} for percent, reason in reductions],
    }


def _row(record: dict[str, Any]) -> tuple[Any, ...]:
    used, band = record["utilisation"], record["band"] or ""
    return (
        record["worker"],
        record["name"],
        record["grade"],
        record["team"],
        f"{record['fte']:g}",
        record["cases"],
        f"{record['points']:g}",
        None if record["capacity"] is None else f"{record['capacity']:g}",
        None if used is None else f"{used:.0f} %",
        f"{BAND_GLYPHS.get(band, '')} {band}".strip() or "not set",
        ", ".join(f"{r['reason']} {r['percent']} %" for r in record["reductions"]),
    )


def _one(context: Context, worker: str, records: list[dict[str, Any]]) -> int:
    from storage.loadlines import load_lines

    lines = load_lines(context.reader, worker, context.today)
    if context.form == "csv":
        printing.put_csv(("case", "role", "points", "assumed", "factors"), map(_csv_line, lines))
        return DONE
    for record in records:
        record["lines"] = [_line(line) for line in lines]
    if context.form == "json":
        printing.put_json(records)
        return DONE
    printing.table(_COLUMNS, map(_row, records))
    printing.put()
    if not printing.table(("Case", "Role", "Points", "Made up of"), map(_line_row, lines)):
        printing.say("No cases.")
    return DONE


def _line(line: LoadLine) -> dict[str, Any]:
    return {
        "case": line.case,
        "role": line.role,
        "points": line.points / 100,
        "share": line.share,
        "assumed": line.assumed,
        "factors": [{"factor": f.factor, "value": f.value, "points": f.points / 100} for f in line.factors],
    }


def _line_row(line: LoadLine) -> tuple[Any, ...]:
    parts = ", ".join(f"{f.title} {f.points / 100:g} ({f.answer})" for f in line.factors)
    share = f"; {line.share} % of {line.whole / 100:g}" if line.share != 100 else ""
    return line.case, line.role.replace("_", " "), f"{line.points / 100:g}", _noted(parts + share, line.assumed)


def _noted(parts: str, assumed: bool) -> str:
    return f"assumed, nobody has weighed it: {parts}" if assumed else parts


def _csv_line(line: LoadLine) -> tuple[Any, ...]:
    return line.case, line.role, line.points / 100, line.assumed, [f"{f.factor}={f.value}" for f in line.factors]


# allocate --------------------------------------------------------------------------------------------------------


def run_allocate(context: Context) -> int:
    """Give a case to a worker from a day; the allocated worker before ends that day."""
    given = context.options
    case = context.the_case(given.case)
    if not given.to:
        raise BadInput(f"Say who takes {case}.", field="--to", hint=f"almoner allocate {case} --to STAFF_ID")
    worker = context.the_worker(given.to)
    on = parse_option_day(given.on, "--on") if given.on else context.today
    reason, note = _reason(given.reason)
    with context.database.unit(context.actor, context.today) as unit:
        kept = unit.allocate(case, worker, on, role=_role(given.role), reason=reason, note=note)
        unit.finish(f"Allocated {case} to {worker}")
    if context.form == "json":
        printing.put_json({"case": case, "worker": worker, "role": kept.role, "starts": kept.starts, "id": kept.id})
    else:
        printing.put(f"{case} is with {worker} from {on.isoformat()}.{_warning(context, worker)}")
    return DONE


def _role(word: str | None) -> Role:
    if word is None:
        return Role.ALLOCATED
    try:
        return Role(as_text(word).casefold().replace(" ", "_").replace("-", "_"))
    except ValueError:
        raise BadInput(
            f"--role: {as_text(word)!r} is not a role.", field="--role", hint="One of " + ", ".join(Role) + "."
        ) from None


def _reason(text: str | None) -> tuple[ChangeReason | None, str]:
    """Return the code a reason stands for and the words to keep: a code, its title, or any words (then "other")."""
    if not text or not clean_line(text):
        return None, ""
    words = clean_line(text)
    code = next(_codes(words), None)
    return (ChangeReason.OTHER, words) if code is None else (code, "")


def _codes(words: str) -> Iterator[ChangeReason]:
    plain = words.casefold()
    for code, title in CHANGE_REASON_TITLES.items():
        if plain in (code.value.casefold(), code.name.casefold(), title.casefold()):
            yield code


def _warning(context: Context, worker: str) -> str:
    from storage.views import team_board

    for line in team_board(context.reader, None, context.today, worker):
        if line.utilisation is not None:
            return f" Load now {line.utilisation / 10:.0f} % with {plural(line.cases, 'case')}."
    return ""
