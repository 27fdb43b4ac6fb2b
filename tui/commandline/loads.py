"""caseload, ramp: what people carry, line by line, and the steps towards a full load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.capacity import BAND_GLYPHS
from domain.text import plural
from tui import printing
from tui.commandline.context import DONE, Context, as_text, parse_option_day

if TYPE_CHECKING:
    from domain.capacity import Loss
    from storage.concerns import ConcernLine, History
    from storage.loadlines import LoadLine
    from storage.views import WorkerLine
    from storage.workerfile import WorkerFile
    from tui.cli import Commands

_COLUMNS = ("Worker", "Name", "Grade", "Team", "FTE", "Cases", "Points", "Capacity", "Used", "", "Reductions")
_CSV = (
    "worker", "name", "grade", "team", "fte", "cases", "points", "capacity", "utilisation", "band", "state",
    "streak_weeks", "stable", "extra", "contract_hours", "today_hours", "unplanned_hours", "reductions",
)  # fmt: skip
_WEEKS = 13


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    load = commands.add("caseload", run_caseload, json=True, csv=True)
    load.add_argument("--team", metavar="NAME", help="of one team")
    load.add_argument("--worker", metavar="STAFF_ID", help="of one worker, line by line")
    ramp = commands.add("ramp", run_ramp, json=True)
    ramp.add_argument("ramp", metavar="RAMP", help="the steps; see: almoner list ramp")
    ramp.add_argument("--worker", metavar="STAFF_ID", required=True, help="who takes them")
    ramp.add_argument("--from", dest="starts", metavar="DATE", help="the first day (left out: today)")
    ramp.add_argument("--note", metavar="TEXT", default="", help="kept with each step")


# caseload --------------------------------------------------------------------------------------------------------


def run_caseload(context: Context) -> int:
    """Print what each worker carries; with one worker, line by line."""
    from storage.concerns import history
    from storage.views import reductions_today, team_board

    team = context.the_team(context.options.team) if context.options.team else None
    worker = context.the_worker(context.options.worker) if context.options.worker else None
    board = team_board(context.reader, team, context.today, worker)
    reductions = reductions_today(context.reader, team, context.today, worker)
    past = history(context.reader, team, context.today, worker)
    records = [_record(context, line, reductions.get(line.staff_id, []), past) for line in board]
    if worker is not None:
        return _one(context, worker, records)
    if context.form == "table":
        if not printing.table(_COLUMNS, map(_row, records)):
            printing.say("There are no workers yet. See: almoner record worker --template")
    else:
        printing.put_rows(context.form, records, _CSV)
    return DONE


def _record(context: Context, line: WorkerLine, reductions: list[Loss], past: History) -> dict[str, Any]:
    concern = next((one for one in past.concerns if one.worker == line.staff_id), None)
    weeks = past.weeks.get(line.staff_id, ())[-_WEEKS:]
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
        "state": _state(line, past),
        "streak_weeks": past.streaks.get(line.staff_id, 0),
        "stable": line.stable / 100,
        "extra": line.extra / 100,
        "contract_hours": line.contract_hours / 100,
        "today_hours": line.today_hours / 100,
        "unplanned_hours": line.unplanned / 100,
        "away": line.away,
        "weeks": [None if one.utilisation is None else one.utilisation / 10 for one in weeks],
        "concern": None if concern is None else _concern(context, concern),
        "reductions": [
            {"percent": one.percent, "reason": one.reason, "kind": one.kind, "counts": one.counts} for one in reductions
        ],
    }


def _state(line: WorkerLine, past: History) -> str:
    """Return the band; or that it has been over for too long, that there is no capacity today, or none was set."""
    if line.capacity is None:
        return "not_set"
    if line.utilisation is None:
        return "no_capacity"
    return "streak" if past.is_streak(line.staff_id) else line.band


def _concern(context: Context, line: ConcernLine) -> dict[str, Any]:
    return {
        "state": line.state,
        "raised_on": line.raised_on,
        "weeks": line.weeks,
        "answered_on": line.answered_on,
        "answered_by": context.staff_name(line.answered_by) or None,
        "review_on": line.review_on,
    }


def _row(record: dict[str, Any]) -> tuple[Any, ...]:
    used = record["utilisation"]
    return (
        record["worker"],
        record["name"],
        record["grade"],
        record["team"],
        f"{record['fte']:g}",
        record["cases"],
        f"{record['points']:g}",
        None if record["capacity"] is None else f"{record['capacity']:g}",
        None if used is None else f"{int(used + 0.5)} %",
        _state_words(record),
        ", ".join(f"{r['reason']} {r['percent']} %" if r["counts"] else r["reason"] for r in record["reductions"]),
    )


def _state_words(record: dict[str, Any]) -> str:
    state, band = record["state"], record["band"] or ""
    if state in ("not_set", "no_capacity"):
        return "not set" if state == "not_set" else "no capacity today"
    words = f"{BAND_GLYPHS.get(band, '')} {band}".strip()
    if state == "streak":
        words += f" {plural(record['streak_weeks'], 'week')}"
    if record["concern"] is None or record["concern"]["state"] != "unanswered":
        return words
    return f"{words}, no answer" if state == "streak" else f"{words}; concern unanswered"


def _one(context: Context, worker: str, records: list[dict[str, Any]]) -> int:
    from storage.loadlines import load_lines
    from storage.workerfile import worker_file

    lines = load_lines(context.reader, worker, context.today)
    if context.form == "csv":
        printing.put_csv(("case", "role", "points", "assumed", "factors"), map(_csv_line, lines))
        return DONE
    file = worker_file(context.reader, worker, context.today)
    for record in records:
        record["lines"] = [_line(line) for line in lines]
        if file is not None:
            record.update(_account(file, context))
    if context.form == "json":
        printing.put_json(records)
        return DONE
    printing.table(_COLUMNS, map(_row, records))
    for record in records:
        _put_account(record)
    printing.put()
    if not printing.table(("Case", "Role", "Points", "Made up of"), map(_line_row, lines)):
        printing.say("No cases.")
    return DONE


def _account(file: WorkerFile, context: Context) -> dict[str, Any]:
    """Return what the load and the capacity are made of, for one worker."""
    reductions = [
        {
            "id": one.id, "percent": one.percent, "reason": one.reason, "kind": one.kind, "counts": one.counts,
            "starts": one.starts, "ends": one.ends, "lapses": one.lapses(context.today),
        }
        for one in file.reductions
    ]  # fmt: skip
    return {
        "capacity_lines": [
            {"label": one.label, "points": one.points / 100, "hours": one.hours / 100} for one in file.capacity.lines
        ],
        "reductions": reductions,
        "extras": [
            {"id": one.id, "title": one.title, "points": one.points / 100, "starts": one.starts, "ends": one.ends}
            for one in file.extras
        ],
        "unplanned": [
            {"id": one.id, "on": one.on, "hours": one.hours / 100, "what": one.what, "case": one.case}
            for one in file.unplanned
        ],
        "supervises": file.supervisees,
        "supervises_most": file.supervises_most,
    }


def _put_account(record: dict[str, Any]) -> None:
    """Print what the load and the capacity of one worker are made of."""
    beside = [(one["title"], one["points"]) for one in record.get("extras", ())]
    load = [("Stable part of the post", record["stable"])] if record["stable"] else []
    printing.put()
    for title, points in [*load, *beside]:
        printing.put(f"Load beside cases: {title}, {points:g}")
    hours = f"contract {record['contract_hours']:g} h a week, today {record['today_hours']:g} h"
    printing.put(f"Hours: {hours}{', off today' if record['away'] else ''}")
    if record["unplanned_hours"]:
        share = f" ({record['unplanned_hours'] * 25 / record['contract_hours']:.0f} % of contract)"
        printing.put(f"Unplanned in 4 weeks: {record['unplanned_hours']:g} h{share}; in no figure above")
    for line in record.get("capacity_lines", ()):
        printing.put(f"Capacity: {line['label']}, {line['points']:+g}")
    for less in record["reductions"]:
        if less.get("lapses"):
            printing.put(f"Ends soon: {less['percent']} % less, {less['reason']}, until {less['ends'].isoformat()}")


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


# ramp ------------------------------------------------------------------------------------------------------------


def run_ramp(context: Context) -> int:
    """Record the steps of a ramp as dated reductions, all of them or none."""
    from storage.ramps import follow

    given = context.options
    worker = context.the_worker(given.worker)
    starts = parse_option_day(given.starts, "--from") if given.starts else context.today
    with context.database.unit(context.actor, context.today) as unit:
        steps = follow(unit, worker, as_text(given.ramp), starts, as_text(given.note))
        unit.finish(f"Set a ramp for {worker}")
    rows = [{"id": s.id, "percent": s.percent, "starts": s.starts, "ends": s.ends, "kind": s.kind} for s in steps]
    if context.form == "json":
        printing.put_json({"worker": worker, "ramp": given.ramp, "reductions": rows})
    else:
        printing.table(("Less", "From", "Up to"), ((f"{r['percent']} %", r["starts"], r["ends"]) for r in rows))
    return DONE
