"""supervision compliance, coverage, disagreements: what was held in time, what was discussed, what is not settled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.core.text import plural
from tui.commandline import printing
from tui.commandline.context import DONE, Context, as_text, parse_option_day
from tui.commandline.parser import number

if TYPE_CHECKING:
    from domain.due.timeliness import Period
    from domain.supervision.compliance import Tally
    from domain.supervision.discussions import Disagreement
    from storage.supervision.compliance import GroupTally, Scope
    from storage.supervision.coverage import Discussed
    from storage.supervision.disagreements import DisagreementLine
    from tui.commandline.parser import Commands

BY = ("worker", "supervisor", "team", "month")
_COUNTS = (
    "due", "held", "late", "missed", "percent", "away", "sessions", "median_gap", "longest_gap", "covered",
    "unrecorded", "unsigned", "records_late", "median_days_to_record", "median_days_to_agree",
)  # fmt: skip
_COMPLIANCE = ("worker", "supervisor", "team", "month", "managers", *_COUNTS, "reasons", "from", "to", "counted_from")
_SHOWN = ("Due", "Held", "Late", "Missed", "In time", "Away", "Days between", "Longest", "Not recorded", "Not agreed")
_COVERAGE = ("case", "worker", "team", "last_discussed", "days", "policy_days", "state", "raised")
# Columns that have another name than the value they show.
_VALUES = {
    "longest_gap": "longest", "records_late": "record_late", "median_days_to_record": "median_to_record",
    "median_days_to_agree": "median_to_agree", "last_discussed": "on", "policy_days": "policy",
}  # fmt: skip
_DISAGREEMENTS = (
    "id", "worker", "case", "about", "raised_by", "raised_on", "ladder", "stage", "stage_on", "with_whom", "due",
    "state", "next_stage", "outcome", "ended_on",
)  # fmt: skip


def declare(supervision: Commands) -> None:
    """Declare the commands about figures."""
    held = supervision.add("compliance", run_compliance, "sessions held by their due date", json=True, csv=True)
    held.add_argument("--team", metavar="NAME", help="of the workers one team has now")
    held.add_argument("--worker", metavar="WORKER", help="of one supervisee: staff id or name")
    held.add_argument("--supervisor", metavar="WORKER", help="of those supervised by one supervisor at the time")
    held.add_argument("--from", metavar="DATE", dest="start", help="first due date counted; left out: a year back")
    held.add_argument("--to", metavar="DATE", dest="end", help="last due date counted; left out: yesterday")
    held.add_argument("--by", metavar="|".join(BY), help="a row for each worker (left out), supervisor, team or month")
    cases = supervision.add("coverage", run_coverage, "when each open case was last discussed", json=True, csv=True)
    cases.on_a_day()
    cases.add_argument("--team", metavar="NAME", help="of one team")
    cases.add_argument("--worker", metavar="WORKER", help="held by one worker: staff id or name")
    found = supervision.add("disagreements", run_disagreements, "what is not settled, and by when", json=True, csv=True)
    found.add_argument("--team", metavar="NAME", help="of one team")
    found.add_argument("--worker", metavar="WORKER", help="about one worker, or a case they hold")
    found.add_argument("--all", action="store_true", dest="ended", help="also those that have ended")
    up = supervision.add("escalate", run_escalate, "take a disagreement to its next stage", json=True)
    settle = supervision.add("settle", run_settle, "end a disagreement with its outcome", json=True)
    for parser in (up, settle):
        parser.add_argument("disagreement", metavar="ID", type=number, help="see: almoner supervision disagreements")
        parser.add_argument("--on", metavar="DATE", help="the day (left out: today)")
    up.add_argument("--with", metavar="NAME", dest="whom", default="", help="with whom (left out: as the packs say)")
    settle.add_argument("--outcome", metavar="TEXT", required=True, help="how it ended")


# compliance --------------------------------------------------------------------------------------------------------


def run_compliance(context: Context) -> int:
    """Print the sessions held by their due date in a period."""
    from domain.supervision.compliance import CONVENTION, UNVERIFIED
    from storage.supervision.compliance import Scope, compliance
    from tui.commandline.progress import Ticker

    given = context.options
    by = given.by or "worker"
    if by not in BY:
        raise BadInput(f"--by: {as_text(by)!r} is not one of {', '.join(BY)}.", field="--by")
    period = the_period(context)
    scope = Scope(
        context.the_team(given.team) if given.team else None,
        context.the_worker(given.worker) if given.worker else None,
        context.the_worker(given.supervisor) if given.supervisor else None,
    )
    ticker = Ticker("Counting workers")
    lines = compliance(
        context.reader, context.database.subjects, context.database.packs(), period, scope, by=by, progress=ticker
    )
    if context.form != "table":
        printing.put_rows(context.form, (_compliance(line, by, period) for line in lines), _COMPLIANCE)
        return DONE
    printing.put(f"Supervision due from {show_day(period.start)} to {show_day(period.end)}{_whose(scope)}")
    if not printing.table((by.capitalize(), *_SHOWN), _lines(context, lines, by)):
        printing.say("There are no workers in that scope. See: almoner list worker")
    for words in (*_beside(lines), _counted(context, scope, period), CONVENTION, UNVERIFIED):
        if words:
            printing.put(words)
    return DONE


def _counted(context: Context, scope: Scope, period: Period) -> str:
    """Say from when supervision is counted, where a team came into use within the period."""
    from storage.people.in_use import counted_words, teams_asked

    return counted_words(
        context.reader, teams_asked(context.reader, scope.team, scope.worker, context.today), period.start
    )


def the_period(context: Context) -> Period:
    """Return the period asked for: up to yesterday, because what is due today can still be held in time.

    Left out, it ends the day before the one whose figures are asked for (``--on``), be that to come.
    """
    from domain.due.timeliness import Period, year_to

    given, yesterday = context.options, context.today - timedelta(days=1)
    end = parse_option_day(given.end, "--to") if given.end else context.on - timedelta(days=1)
    if given.end and end > yesterday:
        printing.say(f"Counted up to {show_day(yesterday)}: what is due later can still be held in time.")
        end = yesterday
    start = parse_option_day(given.start, "--from") if given.start else year_to(end).start
    if start > end:
        hint = f"Begin on {end.isoformat()} at the latest."
        raise BadInput("--from: the period begins after it ends.", field="--from", hint=hint)
    return Period(start, end)


def values(one: object, columns: Iterable[str]) -> dict[str, Any]:
    """Return what a line has for each of the columns, by their names."""
    return {name: getattr(one, _VALUES.get(name, name)) for name in columns}


def _compliance(line: GroupTally, by: str, period: Period) -> dict[str, Any]:
    return {
        **values(line, ("worker", "supervisor", "team")),
        "month": line.group if by == "month" else None,
        "managers": line.managers,
        **values(line.tally, _COUNTS),
        "reasons": dict(line.tally.reasons.most_common()),
        "from": period.start,
        "to": period.end,
        "counted_from": line.counted_from,
    }


def _lines(context: Context, lines: Sequence[GroupTally], by: str) -> Iterator[tuple[Any, ...]]:
    """Yield the lines, then all of them together, managers' own apart."""
    from domain.supervision.compliance import together
    from storage.people.staff import names as staff_names

    names = staff_names(context.reader)
    for line in lines:
        group = line.group or "nobody"
        if by in ("worker", "supervisor") and line.group:
            group = f"{line.group} {context.staff_name(names.get(line.group, ''))}"
        yield (f"{group.strip()} (manager)" if line.managers else group.strip(), *_shown(line.tally))
    for managers, words in ((False, "All"), (True, "Managers' own")):
        some = [line.tally for line in lines if line.managers is managers]
        if len(some) > 1:
            yield (words, *_shown(together(some)))


def _shown(tally: Tally) -> tuple[Any, ...]:
    percent = "–" if tally.percent is None else f"{tally.percent:g} %"
    between = "–" if tally.median_gap is None else f"{tally.median_gap:g}"
    longest = "–" if tally.longest is None else tally.longest
    counts = (tally.due, tally.held, tally.late, tally.missed, percent, tally.away)
    return (*counts, between, longest, tally.unrecorded, tally.unsigned)


def _beside(lines: Sequence[GroupTally]) -> Iterator[str]:
    """Yield why sessions were not held, and what somebody else held."""
    from domain.supervision.compliance import together

    whole = together(line.tally for line in lines)
    if whole.reasons:
        reasons = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in whole.reasons.most_common())
        yield f"Not held, by reason: {reasons}."
    if whole.covered:
        yield f"{plural(whole.covered, 'session')} held by somebody else in the supervisor's place."
    if whole.record_late:
        yield f"{plural(whole.record_late, 'record')} made later than the limit, or still not made."


def _whose(scope: Scope) -> str:
    parts = [scope.team, f"worker {scope.worker}" if scope.worker else ""]
    parts.append(f"to be held by {scope.supervisor}" if scope.supervisor else "")
    return f": {', '.join(found)}" if (found := [part for part in parts if part]) else ": every team"


# coverage ----------------------------------------------------------------------------------------------------------


def run_coverage(context: Context) -> int:
    """Print when each open case was last discussed, against the policy."""
    from storage.people.in_use import counted_words
    from storage.supervision.coverage import discussed

    given = context.options
    team = context.the_team(given.team) if given.team else None
    worker = context.the_worker(given.worker) if given.worker else None
    found = discussed(context.reader, context.on, team=team, worker=worker)
    if context.form != "table":
        printing.put_rows(context.form, (values(one, _COVERAGE) for one in found), _COVERAGE)
        return DONE
    columns = ("Case", "Held by", "Last discussed", "Days", "Policy", "", "Raised")
    if not printing.table(columns, map(_case_row, found), context.today):
        printing.say("There are no open cases in that scope.")
    printing.put(_coverage_words(found))
    if words := counted_words(context.reader, {one.team for one in found}):
        printing.put(words)
    return DONE


def _case_row(one: Discussed) -> tuple[Any, ...]:
    words = {"late": "● late", "new": "○ never discussed", "due": "◐ due", "ok": "✓"}[one.state]
    return (
        one.case,
        one.worker or "nobody",
        one.on or "never",
        "–" if one.days is None else one.days,
        "–" if one.policy is None else one.policy,
        words,
        "on the agenda" if one.raised else "",
    )


def _coverage_words(found: Iterable[Discussed]) -> str:
    """Return the counts in one line, and where the intervals come from."""
    from storage.supervision.coverage import covered

    count = covered(found)
    return (
        f"{plural(count.cases, 'open case')}: {count.late} late, {count.due} due within a week, "
        f"{count.never} never discussed, {count.no_policy} without a policy. "
        "The intervals are local or one council's: see almoner list discussion-interval."
    )


# disagreements -----------------------------------------------------------------------------------------------------


def run_disagreements(context: Context) -> int:
    """Print the disagreements that are not settled, the most urgent first."""
    from storage.supervision.disagreements import disagreements

    given = context.options
    team = context.the_team(given.team) if given.team else None
    worker = context.the_worker(given.worker) if given.worker else None
    found = disagreements(context.reader, context.today, worker=worker, team=team, ended=given.ended)
    if context.form != "table":
        printing.put_rows(context.form, (_disagreement(context, one) for one in found), _DISAGREEMENTS)
        return DONE
    columns = ("", "About", "Raised", "Stage", "With", "By", "", "Then")
    rows = [
        (one.id, f"{one.subject}: {_words(context, one.about)}", one.raised_on, one.stage_title,
         _words(context, one.with_whom), one.due or "–", one.state, one.next_stage or "–")
        for one in found
    ]  # fmt: skip
    if not printing.table(columns, rows, context.today):
        printing.say("Nothing is unsettled. To raise something: almoner record disagreement --template")
    return DONE


def _words(context: Context, text: str) -> str:
    """Return what people wrote themselves, unless names stay hidden: it may hold one."""
    return "–" if context.no_names and text else text


def _disagreement(context: Context, one: DisagreementLine) -> dict[str, Any]:
    written = ("about", "raised_by", "with_whom", "outcome")
    return values(one, _DISAGREEMENTS) | {name: _words(context, getattr(one, name)) for name in written}


def run_escalate(context: Context) -> int:
    """Take a disagreement to its next stage."""
    from storage.supervision.acts.disagreements import escalate

    given = context.options
    on = parse_option_day(given.on, "--on") if given.on else None
    with context.database.unit(context.actor, context.today) as unit:
        kept = escalate(unit, given.disagreement, on=on, with_whom=as_text(given.whom)).record
    by = f", to be settled by {show_day(kept.due)}" if kept.due else ""
    return _done(context, kept, f"Disagreement {kept.id} went to its next stage{by}.")


def run_settle(context: Context) -> int:
    """End a disagreement with its outcome."""
    from storage.supervision.acts.disagreements import end

    given = context.options
    on = parse_option_day(given.on, "--on") if given.on else None
    with context.database.unit(context.actor, context.today) as unit:
        kept = end(unit, given.disagreement, given.outcome, on).record
    return _done(context, kept, f"Disagreement {kept.id} ended.")


def _done(context: Context, kept: Disagreement, words: str) -> int:
    if context.form == "json":
        printing.put_json({"disagreement": kept.id, **values(kept, ("stage", "stage_on", "due", "ended_on"))})
    else:
        printing.say(words)
    return DONE
