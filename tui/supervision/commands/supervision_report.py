"""report supervision: what was held in time, what was discussed, and what became of actions, on one page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from domain.core.dates import show_day
from tui.commandline import printing
from tui.commandline.context import DONE, Context
from tui.supervision.commands.figures import the_period, values

if TYPE_CHECKING:
    from domain.due.timeliness import Period
    from tui.commandline.parser import Commands

_TITLES = {
    "due": "Sessions due", "held": "Held in time", "late": "Held late", "missed": "Missed", "percent": "In time %",
    "away": "Fell in an absence", "sessions": "Sessions held", "covered": "Held by somebody covering",
    "median_gap": "Days between sessions, median", "longest_gap": "Longest time between sessions",
    "unrecorded": "Records not made", "unsigned": "Records not agreed by both", "records_late": "Records late",
}  # fmt: skip


def declare(reports: Commands) -> None:
    """Declare the report."""
    report = reports.add(
        "supervision", run, "sessions held in time, cases discussed and actions done, in one", json=True
    )
    report.on_a_day()
    report.add_argument("--team", metavar="NAME", help="of one team")
    report.add_argument("--from", metavar="DATE", dest="start", help="first due date counted; left out: a year back")
    report.add_argument("--to", metavar="DATE", dest="end", help="last due date counted; left out: the day before")


def run(context: Context) -> int:
    """Print the report."""
    team = context.the_team(context.options.team) if context.options.team else None
    period = the_period(context)
    found = _found(context, period, team)
    if context.form == "json":
        printing.put_json(found)
        return DONE
    printing.put(f"Supervision, {show_day(period.start)} to {show_day(period.end)}: {team or 'every team'}")
    printing.table(("", "Everybody else", "Managers' own"), _rows(found))
    for part in ("reasons", "coverage", "actions"):
        counts = ", ".join(f"{str(name).replace('_', ' ')} {count}" for name, count in found[part].items())
        printing.put(f"{_PARTS[part].format(_day(context))}: {counts or 'none'}.")
    for sentence in (found["counted"], found["convention"], found["remark"]):
        if sentence:
            printing.put(sentence)
    return DONE


_PARTS = {
    "reasons": "Not held, by reason",
    "coverage": "Open cases {}, by when they were last discussed",
    "actions": "Actions set in the period, as they stand {}",
}


def _day(context: Context) -> str:
    return "today" if context.on == context.today else f"on {show_day(context.on)}"


def _rows(found: dict[str, Any]) -> Iterator[Sequence[Any]]:
    for name, title in _TITLES.items():
        values = [found[who][name] for who in ("compliance", "managers")]
        yield (title, *("–" if value is None else f"{value:g}" for value in values))


def _found(context: Context, period: Period, team: str | None) -> dict[str, Any]:
    from domain.supervision.compliance import CONVENTION, UNVERIFIED, together
    from storage.people.in_use import counted_words, teams_asked
    from storage.supervision.compliance import Scope, compliance
    from storage.supervision.coverage import covered, discussed
    from tui.commandline.progress import Ticker

    ticker = Ticker("Counting workers")
    lines = compliance(
        context.reader, context.database.subjects, context.database.packs(), period, Scope(team), progress=ticker
    )
    whole, managers = (together(line.tally for line in lines if line.managers is who) for who in (False, True))
    return {
        "from": period.start,
        "to": period.end,
        "on": context.on,
        "team": team,
        "compliance": values(whole, _TITLES),
        "managers": values(managers, _TITLES),
        "reasons": dict((whole.reasons + managers.reasons).most_common()),
        "coverage": covered(discussed(context.reader, context.on, team=team))._asdict(),
        "actions": _actions(context, period, team),
        "counted": counted_words(context.reader, teams_asked(context.reader, team, None, context.today), period.start),
        "convention": CONVENTION,
        "remark": UNVERIFIED,
    }


def _actions(context: Context, period: Period, team: str | None) -> dict[str, int]:
    """Count the actions set in the period as they stand on the day asked for; stale ones are among the open."""
    from storage.supervision.actions import ACTION, Scope, followed

    found = [
        line
        for line in followed(context.reader, context.on, Scope(team=team), context.today)
        if line.kind == ACTION and period.holds(line.set_on)
    ]
    still = [line for line in found if line.open]
    return {
        "open": len(still),
        "late": sum(line.state == "late" for line in still),
        "done": sum(line.done_on is not None for line in found),
        "stale": sum(bool(line.stale) for line in still),
    }
