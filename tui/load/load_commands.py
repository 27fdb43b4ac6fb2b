"""caseload, ramp: what people carry, line by line, and the steps towards a full load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.core.hundredths import from_tenths, half_up, percent_words
from domain.core.text import plural
from domain.load.capacity import BAND_GLYPHS, less_words
from tui.commandline import printing
from tui.commandline.context import DONE, Context, as_text, parse_option_day
from tui.load.team_words import agency_share, summed

if TYPE_CHECKING:
    from domain.load.capacity import Less, Loss
    from storage.home.worker_page import WorkerFile
    from storage.load.history.concerns import ConcernLine, History
    from storage.load.load_lines import LoadLine
    from storage.load.worker_load import TeamSum, WorkerLine
    from tui.commandline.parser import Commands

_COLUMNS = (
    "Worker",
    "Name",
    "Grade",
    "Team",
    "FTE",
    "Cases",
    "Families",
    "Unweighed",
    "Points",
    "Capacity",
    "Used",
    "",
    "Reductions",
)
_CSV = (
    "worker", "name", "grade", "team", "fte", "cases", "points", "capacity", "utilisation", "band", "state",
    "streak_weeks", "stable", "extra", "contract_hours", "today_hours", "unplanned_hours", "reductions",
    "families", "agency", "unweighed",
)  # fmt: skip
_HUNDREDTHS = frozenset(("fte", "points", "capacity", "hours", "stable", "extra", "contract_hours", "today_hours"))
_WHY = ("reason", "kind", "counts")
_WEEKS = 13


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    load = commands.add("caseload", run_caseload, json=True, csv=True)
    load.add_argument("--team", metavar="NAME", help="of one team")
    load.add_argument("--worker", metavar="STAFF_ID", help="of one worker, line by line")
    load.on_a_day()
    ramp = commands.add("ramp", run_ramp, json=True)
    ramp.add_argument("ramp", metavar="RAMP", help="the steps; see: almoner list ramp")
    ramp.add_argument("--worker", metavar="STAFF_ID", required=True, help="who takes them")
    ramp.add_argument("--from", dest="starts", metavar="DATE", help="the first day (left out: today)")
    ramp.add_argument("--note", metavar="TEXT", default="", help="kept with each step")


# caseload --------------------------------------------------------------------------------------------------------


def run_caseload(context: Context) -> int:
    """Print what each worker carries; with one worker, line by line."""
    from storage.load.history.concerns import history
    from storage.load.worker_load import reductions_on, team_board, team_sum

    team = context.the_team(context.options.team) if context.options.team else None
    worker = context.the_worker(context.options.worker) if context.options.worker else None
    board = team_board(context.reader, team, context.on, worker, today=context.today)
    reductions = reductions_on(context.reader, team, context.on, worker)
    past = history(context.reader, team, context.on, worker, context.today)
    records = [_record(context, line, reductions.get(line.staff_id, []), past) for line in board]
    if worker is not None:
        return _one(context, worker, records)
    if context.form == "table":
        if printing.table(_COLUMNS, map(_row, records)):
            _put_sum(team_sum(context.reader, board, context.on))
        else:
            printing.say("There are no workers yet. See: almoner record worker --template")
    else:
        printing.put_rows(context.form, records, _CSV)
    return DONE


def _put_sum(of: TeamSum) -> None:
    """Print what the workers are in sum, families once each, and what of it is with agency workers."""
    printing.put()
    printing.put(f"In sum: {', '.join(summed(of))}.")
    printing.put(f"Agency: {agency_share(of)}.")


def _record(context: Context, line: WorkerLine, reductions: list[Loss], past: History) -> dict[str, Any]:
    concern = next((one for one in past.concerns if one.worker == line.staff_id), None)
    weeks = past.weeks.get(line.staff_id, ())[-_WEEKS:]
    return {
        "worker": line.staff_id,
        "name": context.staff_name(line.name),
        **_fields(line, *_CSV[2:9]),
        "band": line.band or None,
        "state": _state(line, past),
        "streak_weeks": past.streaks.get(line.staff_id, 0),
        **_fields(line, "stable", "extra", "contract_hours", "today_hours"),
        "unplanned_hours": line.unplanned / 100,
        "families": line.families,
        "agency": line.agency,
        "unweighed": line.unweighed,
        "away": line.away,
        "weeks": [from_tenths(one.utilisation) for one in weeks],
        "concern": None if concern is None else _concern(context, concern),
        "reductions": [_less(one.less(line.contract_hours)) | _fields(one, *_WHY) for one in reductions],
    }


def _less(less: Less) -> dict[str, Any]:
    """Return both ways of saying a reduction; ``percent`` is derived, to one decimal, where ``hours`` were given."""
    return {"percent": less.percent, "hours": less.hours / 100, "in_hours": less.in_hours}


def _less_words(record: dict[str, Any]) -> str:
    return less_words(record["percent"], record["hours"], in_hours=record["in_hours"])


def _fields(thing: object, *names: str) -> dict[str, Any]:
    return printing.fields(thing, names, hundredths=_HUNDREDTHS, tenths=("utilisation",))


def _state(line: WorkerLine, past: History) -> str:
    """Return the band; or that it has been over for too long, that there is no capacity today, or none was set."""
    if line.capacity is None:
        return "not_set"
    if line.utilisation is None:
        return "no_capacity"
    return "streak" if past.is_streak(line.staff_id) else line.band


def _concern(context: Context, line: ConcernLine) -> dict[str, Any]:
    found = _fields(line, "state", "raised_on", "weeks", "answered_on", "answered_by", "review_on")
    return found | {"answered_by": context.staff_name(line.answered_by) or None}


def _row(record: dict[str, Any]) -> tuple[Any, ...]:
    used = record["utilisation"]
    return (
        record["worker"],
        record["name"],
        record["grade"],
        record["team"],
        f"{record['fte']:g}",
        record["cases"],
        record["families"],
        record["unweighed"] or "",
        f"{record['points']:g}",
        None if record["capacity"] is None else f"{record['capacity']:g}",
        None if used is None else percent_words(used),
        _state_words(record),
        ", ".join(f"{r['reason']} {_less_words(r)}" if r["counts"] else r["reason"] for r in record["reductions"]),
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
    from storage.home.worker_page import worker_file
    from storage.load.load_lines import load_lines

    lines = load_lines(context.reader, worker, context.on, context.today)
    if context.form == "csv":
        printing.put_csv(("case", "role", "points", "assumed", "factors"), map(_csv_line, lines))
        return DONE
    file = worker_file(context.reader, worker, context.on, context.today)
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
        _fields(one, "id")
        | _less(one.less)
        | _fields(one, *_WHY, "starts", "ends")
        | {"lapses": one.lapses(context.on)}
        for one in file.reductions
    ]
    return {
        "capacity_lines": [_fields(one, "label", "points", "hours") for one in file.capacity.lines],
        "reductions": reductions,
        "extras": [_fields(one, "id", "title", "points", "starts", "ends") for one in file.extras],
        "unplanned": [_fields(one, "id", "on", "hours", "what", "case") for one in file.unplanned],
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
        unplanned, contract = (round(record[name] * 100) for name in ("unplanned_hours", "contract_hours"))
        share = f" ({half_up(unplanned * 25, contract)} % of contract)" if contract else ""
        printing.put(f"Unplanned in 4 weeks: {record['unplanned_hours']:g} h{share}; in no figure above")
    for line in record.get("capacity_lines", ()):
        printing.put(f"Capacity: {line['label']}, {line['points']:+g}")
    for less in record["reductions"]:
        if less.get("lapses"):
            printing.put(f"Ends soon: {_less_words(less)} less, {less['reason']}, until {less['ends'].isoformat()}")


def _line(line: LoadLine) -> dict[str, Any]:
    factors = [_fields(one, "factor", "value", "points") for one in line.factors]
    return _fields(line, "case", "role", "points", "share", "assumed") | {"factors": factors}


def _line_row(line: LoadLine) -> tuple[Any, ...]:
    parts = ", ".join(f"{f.title} {f.points / 100:g} ({f.answer})" for f in line.factors)
    share = f"; {line.share} % of {line.whole / 100:g}" if line.share != 100 else ""
    noted = "assumed, nobody has weighed it: " if line.assumed else ""
    return line.case, line.role.replace("_", " "), f"{line.points / 100:g}", noted + parts + share


def _csv_line(line: LoadLine) -> tuple[Any, ...]:
    return line.case, line.role, line.points / 100, line.assumed, [f"{f.factor}={f.value}" for f in line.factors]


# ramp ------------------------------------------------------------------------------------------------------------


def run_ramp(context: Context) -> int:
    """Record the steps of a ramp as dated reductions, all of them or none."""
    from storage.load.acts import follow_ramp

    given = context.options
    worker = context.the_worker(given.worker)
    starts = parse_option_day(given.starts, "--from") if given.starts else context.today
    with context.database.unit(context.actor, context.today) as unit:
        steps = follow_ramp(unit, worker, as_text(given.ramp), starts, as_text(given.note)).steps
    rows = [_fields(step, "id", "percent", "starts", "ends", "kind") for step in steps]
    if context.form == "json":
        printing.put_json({"worker": worker, "ramp": given.ramp, "reductions": rows})
    else:
        printing.table(("Less", "From", "Up to"), ((f"{r['percent']} %", r["starts"], r["ends"]) for r in rows))
    return DONE
