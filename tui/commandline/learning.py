"""learning needs, cpd, registrations, matrix: what people need to learn, what they handed in, hold, and can show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.errors import BadInput
from domain.text import plural
from tui import printing
from tui.commandline.context import DONE, Context

if TYPE_CHECKING:
    from domain.progression import Row
    from storage.cpd import WorkerYear
    from storage.learning import NeedLine
    from storage.progression import Progress
    from storage.registrations import RegistrationLine, TrainingLine
    from tui.cli import Commands

_NEEDS = ("id", "worker", "name", "title", "domains", "priority", "method", "due", "state", "approved_on", "evidence")
_DOMAINS = ("domain", "title", "workers", "needs", "late", "soonest")
_YEARS = ("worker", "name", "year", "pieces", "ready", "with_peer", "submitted", "state", "missing")
_HELD = ("worker", "name", "what", "title", "since", "until", "state")
_CRITERIA = ("criterion", "title", "state", "there", "needs", "missing")
_STATES = {"held": "current", "due": "due", "late": "late", "unset": "not set", "ahead": "ahead"}
_YEAR_STATES = {**_STATES, "held": "complete"}
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
    held = "registrations, warrants, checks and training: until when they count"
    registrations = learning.add("registrations", run_registrations, held, json=True, csv=True)
    for one in (needs, cpd, registrations):
        one.add_argument("--team", metavar="NAME", help="of one team")
        one.add_argument("--worker", metavar="STAFF_ID", help="of one worker")
    matrix = learning.add("matrix", run_matrix, "evidence by criterion for the next grade", json=True, csv=True)
    matrix.add_argument("worker", metavar="WORKER", help="whose: the staff id, or a name")
    matrix.add_argument("--progression", metavar="ID", help="another one than follows; see: almoner list progression")
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
    from storage.learning import by_domain, open_needs

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
    return {
        "id": need.id,
        "worker": need.worker,
        "name": context.staff_name(need.name),
        "team": need.team,
        "title": need.title,
        "domains": list(need.domains) if context.form == "json" else "; ".join(need.words),
        "priority": need.priority,
        "method": need.method,
        "due": need.due,
        "state": _STATES[need.state],
        "cost": None if need.cost is None else need.cost / 100,
        "approved_on": need.approved_on,
        "evidence": need.evidence,
        "raised_on": need.raised_on,
        "source": need.source,
    }


# development ---------------------------------------------------------------------------------------------------------


def run_cpd(context: Context) -> int:
    """Print how each registration year stands; or a draft from a session."""
    from storage.cpd import years

    if context.options.draft:
        return _draft(context)
    scope = _scope(context)
    found = years(context.reader, context.today, team=scope["team"], worker=scope["worker"])
    printing.put_rows(context.form, (_year(context, one) for one in found), _YEARS, today=context.today)
    if context.form == "table":
        from domain.cpd import SOURCE

        printing.say(f"At least 2 different pieces, at least 1 with a peer, from 1 September to 30 November. {SOURCE}.")
    return DONE


def _year(context: Context, one: WorkerYear) -> dict[str, Any]:
    state = one.state
    return {
        "worker": one.worker,
        "name": context.staff_name(one.name),
        "year": f"{state.year.start.year}/{state.year.end.year % 100:02}",
        "pieces": state.pieces,
        "ready": state.ready,
        "with_peer": state.with_peer,
        "submitted": state.submitted,
        "state": _YEAR_STATES[state.state],
        "missing": list(state.missing) if context.form == "json" else "; ".join(state.missing),
    }


def _draft(context: Context) -> int:
    from storage.cpd import draft_cpd
    from tui import documents

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
    from storage.registrations import registrations, trainings

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
    return {
        "worker": one.worker,
        "name": context.staff_name(one.name),
        "what": one.kind,
        "title": one.title,
        "since": one.granted,
        "until": one.until,
        "state": "lapsed" if one.state == "late" else _STATES[one.state],
    }


def _had(context: Context, one: TrainingLine) -> dict[str, Any]:
    state = _STATES[one.state]
    if one.last is None:
        state = "none recorded"
    elif not one.set:
        state = "interval not set"
    return {
        "worker": one.worker,
        "name": context.staff_name(one.name),
        "what": one.training,
        "title": one.title,
        "since": one.last,
        "until": one.due,
        "state": state,
    }


# the matrix ----------------------------------------------------------------------------------------------------------


def run_matrix(context: Context) -> int:
    """Print a worker's evidence by criterion, or by capability and level of a framework."""
    worker = context.the_worker(context.options.worker)
    if context.options.framework:
        return _by_level(context, worker, context.options.framework)
    from storage.progression import progress

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
    return {
        "worker": found.worker,
        "name": context.staff_name(found.name),
        "progression": found.progression,
        "title": found.title,
        "panel": found.panel,
        "example": found.example,
        "gaps": len(found.gaps),
    }


def _criterion(row: Row) -> dict[str, Any]:
    return {
        "criterion": row.criterion,
        "title": row.title,
        "state": _CRITERION_STATES[row.state],
        "there": row.needs - row.gap if row.domains else len(row.evidence),
        "needs": row.needs,
        "missing": list(row.missing),
    }


def _said(context: Context, found: Progress) -> None:
    from domain.dates import show_day

    panel = f"panel {show_day(found.panel)}" if found.panel else "no panel day set"
    lacking = plural(len(found.gaps), "criterion lacks", "criteria lack")
    printing.say(f"{context.staff_name(found.name)}: {found.title}; {panel}; {lacking} evidence.")
    if found.example:
        printing.say(f"Example criteria, not your council's. {found.note}")


def _by_level(context: Context, worker: str, framework: str) -> int:
    from storage.learning import matrix
    from storage.reading import Packs

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
