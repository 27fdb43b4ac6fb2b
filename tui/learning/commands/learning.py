"""learning needs, cpd, registrations, matrix: what people need to learn, handed in, hold, and have evidence for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.core.errors import BadInput
from domain.core.text import plural
from tui.commandline import printing
from tui.commandline.context import DONE, Context, as_text, parse_option_day
from tui.learning.commands.registration_year import year_day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from domain.learning.progression import Row
    from storage.learning.cpd import WorkerYear
    from storage.learning.needs import NeedLine
    from storage.learning.progression import Progress
    from storage.learning.registrations import RegistrationLine, TrainingLine
    from tui.commandline.parser import Commands

_NEEDS = ("id", "worker", "name", "title", "domains", "priority", "method", "due", "state", "approved_on", "evidence")
_NEED = (
    "id", "worker", "name", "team", "title", "domains", "priority", "method", "due", "state", "cost", "approved_on",
    "evidence", "raised_on", "source",
)  # fmt: skip
_DOMAINS = ("domain", "title", "workers", "needs", "late", "soonest")
_YEARS = (
    "worker", "name", "year", "ends", "pieces", "ready", "with_peer", "submitted", "state", "days_late", "missing",
    "not_counted",
)  # fmt: skip
_HELD = ("worker", "name", "what", "title", "since", "until", "state")
_HEAD = ("worker", "name", "progression", "title", "panel", "example", "gaps")
_CRITERIA = ("criterion", "title", "state", "there", "needs", "missing")
_STATES = {"held": "current", "due": "due", "late": "late", "unset": "not set", "ahead": "ahead"}
_YEAR_STATES = {**_STATES, "held": "complete", "closed": "closed", "not counted": "not counted"}
_CRITERION_STATES = {"held": "met", "due": "begun", "late": "empty"}


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    learning = commands.group("learning")
    needs = learning.add("needs", run_needs, "open learning needs, soonest first", json=True, csv=True)
    needs.add_argument("--by-domain", action="store_true", help="by capability: who could learn it together")
    cpd = learning.add("cpd", run_cpd, "what each registration year still lacks", json=True, csv=True)
    cpd.add_argument(
        "--draft", metavar="SESSION", help="print a piece drafted from a session, as `record cpd` takes it"
    )
    cpd.add_argument("--year", metavar="YEAR", help="of one registration year, as 2025-26; left out: late and present")
    close = learning.add("close-year", run_close_year, "close a registration year that ended unmet, with a reason")
    close.add_argument("worker", metavar="WORKER", help="whose: the staff id, or a name")
    close.add_argument("--year", metavar="YEAR", required=True, help="the registration year, as 2025-26")
    close.add_argument("--why", metavar="TEXT", required=True, help="why it is not to be met any more")
    close.add_argument("--on", metavar="DATE", help="the day (left out: today)")
    held = "registrations, warrants, checks and training: until when they count"
    registrations = learning.add("registrations", run_registrations, held, json=True, csv=True)
    for one in (needs, cpd, registrations):
        one.add_argument("--team", metavar="NAME", help="of one team")
        one.add_argument("--worker", metavar="STAFF_ID", help="of one worker")
    matrix = learning.add("matrix", run_matrix, "evidence by criterion for the next grade", json=True, csv=True)
    matrix.add_argument("worker", metavar="WORKER", help="whose: the staff id, or a name")
    matrix.add_argument(
        "--progression", metavar="ID", help="not the usual one for their grade; see: almoner list progression"
    )
    matrix.add_argument("--framework", metavar="ID", help="by capability and level of a framework instead")


def _scope(context: Context) -> dict[str, str | None]:
    given = context.options
    return {
        "team": context.the_team(given.team) if given.team else None,
        "worker": context.the_worker(given.worker) if given.worker else None,
    }


# needs ---------------------------------------------------------------------------------------------------------------


def run_needs(context: Context) -> int:
    """Print the open learning needs, or how many share each capability."""
    from storage.learning.needs import by_domain, open_needs

    needs = open_needs(context.reader, context.today, **_scope(context))
    if context.options.by_domain:
        grouped = by_domain(context.reader, context.today, needs=needs)
        rows = [
            {
                "domain": one.capability.id if one.capability else None,
                "title": one.capability.words if one.capability else "no capability named",
                "workers": list(one.workers) if context.form == "json" else ", ".join(one.workers),
                "needs": len(one.needs),
                "late": sum(need.state == "late" for need in one.needs),
                "soonest": min((need.due for need in one.needs if need.due), default=None),
            }
            for one in grouped
        ]
        count = printing.put_rows(context.form, rows, _DOMAINS, today=context.today)
    else:
        count = printing.put_rows(context.form, (_need(context, n) for n in needs), _NEEDS, today=context.today)
    if not count and context.form == "table":
        printing.say("No learning need is open.")
    return DONE


def _need(context: Context, need: NeedLine) -> dict[str, Any]:
    return {name: getattr(need, name) for name in _NEED} | {
        "name": context.staff_name(need.name),
        "domains": list(need.domains) if context.form == "json" else "; ".join(need.words),
        "state": _STATES[need.state],
        "cost": None if need.cost is None else need.cost / 100,
    }


# development ---------------------------------------------------------------------------------------------------------


def run_cpd(context: Context) -> int:
    """Print how each registration year stands; or a draft from a session."""
    from storage.learning.cpd import years

    if context.options.draft:
        return _draft(context)
    asked = year_day(context.options.year) if context.options.year else None
    found = years(context.reader, context.today, asked=asked, **_scope(context))
    columns = _YEARS if context.form != "table" else _YEARS[:-1]  # below a table a sentence says why
    printing.put_rows(context.form, (_year(context, one) for one in found), columns, today=context.today)
    if context.form == "table":
        _about_years(context, found)
    return DONE


def _about_years(context: Context, found: Sequence[WorkerYear]) -> None:
    """Say what is late, or not counted and why, in a sentence each, and what is asked for."""
    from domain.learning.cpd import LATE, NOT_COUNTED, SOURCE

    for one in found:
        if one.state.state in (LATE, NOT_COUNTED):
            printing.say(f"{context.staff_name(one.name)} ({one.worker}): {one.state.told}.")
    printing.say(f"At least 2 different pieces, at least 1 with a peer, from 1 September to 30 November. {SOURCE}.")


def run_close_year(context: Context) -> int:
    """Close a registration year that ended unmet."""
    from storage.learning.acts import close_year

    given = context.options
    on = parse_option_day(given.on, "--on") if given.on else None
    with context.database.unit(context.actor, context.today) as unit:
        worker = context.the_worker(given.worker)
        kept = close_year(unit, worker, year_day(given.year), as_text(given.why), on).record
    printing.say(f"The registration year of {kept.worker} to {kept.year} is closed. Taken back by: almoner undo")
    return DONE


def _year(context: Context, one: WorkerYear) -> dict[str, Any]:
    state = one.state
    return {
        "worker": one.worker,
        "name": context.staff_name(one.name),
        "year": state.year.title,
        "ends": state.year.end,
        "pieces": state.pieces,
        "ready": state.ready,
        "with_peer": state.with_peer,
        "submitted": state.submitted,
        "state": _YEAR_STATES[state.state],
        "days_late": state.days_late,
        "missing": list(state.missing) if context.form == "json" else "; ".join(state.missing),
        "not_counted": state.not_counted or None,
    }


def _draft(context: Context) -> int:
    from storage.learning.cpd import draft_cpd
    from tui.commandline import documents

    number = str(context.options.draft)
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise BadInput(f"--draft: {number!r} is not the number of a session.", field="--draft")
    worker = context.the_worker(context.options.worker) if context.options.worker else None
    draft = draft_cpd(context.reader, int(number), worker)
    if context.form == "json":
        printing.put_json({**draft.values, "prompt": draft.prompt, "advice": draft.advice})
        return DONE
    printing.put(documents.write("cpd", [draft.values]))
    printing.say(f"Still to write: impact, and with a peer: {draft.prompt}")
    printing.say(draft.advice)
    return DONE


# registrations -------------------------------------------------------------------------------------------------------


def run_registrations(context: Context) -> int:
    """Print what workers hold and until when it counts, and when training is refreshed."""
    from storage.learning.registrations import registrations, trainings

    scope = _scope(context)
    held = [_held(context, one) for one in registrations(context.reader, context.today, **scope)]
    had = [_had(context, one) for one in trainings(context.reader, context.today, **scope)]
    if context.form == "table" and not context.options.worker:
        had = [one for one in had if one["since"] or one["state"] == "late"]
    rows = sorted([*held, *had], key=lambda row: (row["name"], row["worker"]))
    if not printing.put_rows(context.form, rows, _HELD, today=context.today) and context.form == "table":
        printing.say("No registration is recorded. See: almoner record registration --template")
    return DONE


def _held(context: Context, one: RegistrationLine) -> dict[str, Any]:
    state = "lapsed" if one.state == "late" else _STATES[one.state]
    return _holding(context, one, one.kind, one.granted, one.until, state)


def _had(context: Context, one: TrainingLine) -> dict[str, Any]:
    state = "none recorded" if one.last is None else _STATES[one.state] if one.set else "interval not set"
    return _holding(context, one, one.training, one.last, one.due, state)


def _holding(
    context: Context,
    one: RegistrationLine | TrainingLine,
    what: str,
    since: date | None,
    until: date | None,
    state: str,
) -> dict[str, Any]:
    name = context.staff_name(one.name)
    return dict(zip(_HELD, (one.worker, name, what, one.title, since, until, state), strict=True))


# the matrix ----------------------------------------------------------------------------------------------------------


def run_matrix(context: Context) -> int:
    """Print a worker's evidence by criterion, or by capability and level of a framework."""
    worker = context.the_worker(context.options.worker)
    if context.options.framework:
        return _by_level(context, worker, context.options.framework)
    from storage.learning.progression import progress

    found = progress(context.reader, worker, context.today, context.options.progression)
    rows = [_criterion(row) for row in found.rows]
    if context.form == "json":
        printing.put_json({**_head(context, found), "criteria": rows})
        return DONE
    printing.put_rows(context.form, rows, _CRITERIA, today=context.today)
    if context.form == "table":
        _said(context, found)
    return DONE


def _head(context: Context, found: Progress) -> dict[str, Any]:
    name, gaps = context.staff_name(found.name), len(found.gaps)
    return {name: getattr(found, name) for name in _HEAD} | {"name": name, "gaps": gaps}


def _criterion(row: Row) -> dict[str, Any]:
    fields = {name: getattr(row, name) for name in _CRITERIA}
    return fields | {"state": _CRITERION_STATES[row.state], "missing": list(row.missing)}


def _said(context: Context, found: Progress) -> None:
    from domain.core.dates import show_day

    panel = f"panel {show_day(found.panel)}" if found.panel else "no panel day set"
    lacking = plural(len(found.gaps), "criterion lacks", "criteria lack")
    printing.say(f"{context.staff_name(found.name)}: {found.title}; {panel}; {lacking} evidence.")
    if found.example:
        printing.say(f"Example criteria, not your council's. {found.note}")


def _by_level(context: Context, worker: str, framework: str) -> int:
    from storage.learning.needs import matrix
    from storage.rules.kept_packs import Packs

    said = Packs(context.reader).get("framework", framework)
    rows = matrix(context.reader, worker, framework, context.today)
    if not rows:
        words = f"--framework: {framework!r} is not a framework with content."
        raise BadInput(words, field="--framework", hint="See: almoner list framework")
    levels = [level["id"] for level in said["levels"]]
    records = [
        {
            "capability": row.capability.id,
            "title": row.capability.words,
            **{level: row.counts.get(level, 0) for level in levels},
            "no_level": row.counts.get(None, 0),
        }
        for row in rows
    ]
    shown = [level for level in levels if any(row[level] for row in records)] if context.form == "table" else levels
    printing.put_rows(context.form, records, ("title", *shown, "no_level"), today=context.today)
    return DONE
