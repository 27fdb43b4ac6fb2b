"""report timeliness, report council-dates: what was done in time; where the council's own due dates differ."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.core.text import plural
from storage.people.staff import names as staff_names
from tui.commandline import printing
from tui.commandline.context import DONE, Context, parse_option_day
from tui.commandline.progress import Ticker

if TYPE_CHECKING:
    from domain.due.timeliness import Period
    from storage.due.council_dates import CouncilLine
    from storage.due.timeliness import MeasureTally
    from tui.commandline.parser import Commands

BY = ("team", "worker", "month")
_COUNTS = ("due", "on_time", "late", "not_held", "percent", "people", "people_on_time", "people_percent", "verified")
_COUNCIL = ("subject", "rule", "title", "legal_due", "council_due", "difference_days", "explained_by", "source")


def declare(reports: Commands) -> None:
    """Declare the reports on due dates."""
    timely = reports.add(
        "timeliness", run_timeliness, "how much of what fell due was done in time", json=True, csv=True
    )
    timely.add_argument("--team", metavar="NAME", help="on the cases one team has now")
    timely.add_argument("--worker", metavar="STAFF_ID", help="on the cases one worker held when it was due")
    timely.add_argument("--from", metavar="DATE", dest="start", help="first due date counted; left out: a year back")
    timely.add_argument("--to", metavar="DATE", dest="end", help="last due date counted; left out: yesterday")
    timely.add_argument("--by", metavar="|".join(BY), help="a group of rows for each team, worker or month")
    differing = "due dates that the council's own system gives otherwise, and why"
    council = reports.add("council-dates", run_council_dates, differing, json=True, csv=True)
    council.on_a_day()
    council.add_argument("--team", metavar="NAME", help="of one team")


# timeliness ------------------------------------------------------------------------------------------------------


def run_timeliness(context: Context) -> int:
    """Print the on-time measures of a period."""
    from storage.due.timeliness import timeliness

    given = context.options
    if given.by is not None and given.by not in BY:
        raise BadInput(f"--by: {given.by!r} is not one of {', '.join(BY)}.", field="--by")
    period = _period(context)
    team = context.the_team(given.team) if given.team else None
    worker = context.the_worker(given.worker) if given.worker else None
    packs, ticker = context.database.packs(), Ticker("Counting cases")
    lines = timeliness(context.reader, packs, period, team=team, worker=worker, by=given.by, progress=ticker)
    _print_measures(context, period, lines, team, worker)
    return DONE


def _period(context: Context) -> Period:
    """Return the period asked for: up to yesterday, because what is due today can still be done in time."""
    from domain.due.timeliness import Period, year_to

    given, yesterday = context.options, context.today - timedelta(days=1)
    end = parse_option_day(given.end, "--to") if given.end else yesterday
    if end > yesterday:
        printing.say(f"Counted up to {show_day(yesterday)}: what is due later can still be done in time.")
        end = yesterday
    start = parse_option_day(given.start, "--from") if given.start else year_to(end).start
    if start > end:
        hint = f"Begin on {end.isoformat()} at the latest."
        raise BadInput("--from: the period begins after it ends.", field="--from", hint=hint)
    return Period(start, end)


def _print_measures(
    context: Context, period: Period, lines: list[MeasureTally], team: str | None, worker: str | None
) -> None:
    from domain.due.timeliness import CONVENTION, UNVERIFIED

    by = context.options.by
    rows = [_measure(line, by) for line in lines]
    if context.form == "json":
        head = {"from": period.start, "to": period.end, "team": team, "worker": worker, "by": by}
        convention = {"convention": CONVENTION, "convention_verified": False, "remark": UNVERIFIED}
        printing.put_json({**head, **convention, "measures": rows})
        return
    columns = (*([by] if by else []), "measure", *_COUNTS)
    if context.form == "csv":
        ends = {"from": period.start, "to": period.end, "convention": CONVENTION}
        printing.put_rows("csv", ({**row, **ends} for row in rows), (*columns, *ends))
        return
    printing.put(f"{show_day(period.start)} to {show_day(period.end)}{_whose(context, team, worker)}")
    if not printing.table([_HEADINGS.get(c, printing.heading(c)) for c in columns], _rows(context, lines, by)):
        printing.put("Nothing fell due.")
    for sentence in (CONVENTION, UNVERIFIED, *_marked(lines)):
        printing.put(sentence)


_HEADINGS = {
    "percent": "On time %",
    "people_on_time": "All on time",
    "people_percent": "People %",
    "verified": "",
}


def _measure(line: MeasureTally, by: str | None) -> dict[str, Any]:
    tally = line.tally
    group = {by: line.group or None} if by else {}
    return {**group, "measure": line.measure, **{name: getattr(tally, name) for name in _COUNTS}}


def _rows(context: Context, lines: list[MeasureTally], by: str | None) -> Iterator[tuple[Any, ...]]:
    names = staff_names(context.reader) if by == "worker" else {}
    for line in lines:
        group = line.group or "nobody"
        if by == "worker" and line.group:
            group = f"{line.group} {context.staff_name(names.get(line.group, ''))}".strip()
        counts = [getattr(line.tally, name) for name in _COUNTS[:-1]]
        yield (*([group] if by else []), line.measure, *counts, "" if line.tally.verified else "? unverified")


def _whose(context: Context, team: str | None, worker: str | None) -> str:
    whose = f": {team}" if team else ": every team"
    return f"{whose}, worker {worker}" if worker else whose


def _marked(lines: list[MeasureTally]) -> list[str]:
    if all(line.tally.verified for line in lines):
        return []
    return ["? unverified: a timescale counted here has not been read in its source; it is a local default."]


# council dates ---------------------------------------------------------------------------------------------------


def run_council_dates(context: Context) -> int:
    """Print the open obligations that the council's own system dates otherwise, and what explains it."""
    from storage.due.council_dates import council_lines

    team = context.the_team(context.options.team) if context.options.team else None
    found = council_lines(context.reader, context.database.packs(), context.on, team, context.today)
    if context.form != "table":
        printing.put_rows(context.form, map(_council_record, found), _COUNCIL)
        return DONE
    shown = ({**_council_record(one), "subject": one.line.subject} for one in found)
    count = printing.put_rows("table", shown, _COUNCIL, today=context.on)
    printing.say(f"{plural(count, 'due date')} differ." if count > 1 else _few(count))
    return DONE


def _council_record(one: CouncilLine) -> dict[str, Any]:
    return {
        "subject": {"kind": one.line.subject_kind, "reference": one.line.subject},
        "id": one.line.id,
        "rule": one.line.rule,
        "title": one.line.title,
        "legal_due": one.line.legal_due,
        "council_due": one.line.council_due,
        "difference_days": one.days,
        "explained_by": one.explained_by,
        "source": one.source,
        "worker": one.line.worker,
        "team": one.line.team,
    }


def _few(count: int) -> str:
    return "One due date differs." if count else "No open due date differs from the council's own."
