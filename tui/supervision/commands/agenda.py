"""supervision agenda, raise, park, actions and what becomes of them: prepared from the caseload, followed through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.core.text import plural, whole_number
from tui.commandline import printing
from tui.commandline.context import DONE, Context, as_text, parse_option_day

if TYPE_CHECKING:
    from datetime import date

    from domain.supervision.agenda import Agenda, Item
    from storage.supervision.actions import ActionLine, Scope
    from tui.commandline.parser import Commands

_ITEM = ("kind", "subject", "title", "why", "days_since", "state", "parked", "key")
_ACTION = (
    "id", "kind", "case", "worker", "owner", "who", "what", "why", "set_on", "due", "state", "carried", "stale",
    "done_on", "how", "dropped_on", "dropped_why", "body", "session",
)  # fmt: skip


def declare(supervision: Commands) -> None:
    """Declare the subcommands about agendas and actions."""
    _declare_agenda(supervision)
    _declare_actions(supervision)


def _declare_agenda(supervision: Commands) -> None:
    agenda = supervision.add(
        "agenda", run_agenda, "what to talk about in the next session, what matters most first", json=True, csv=True
    )
    agenda.add_argument("worker", metavar="WORKER", help="whose supervision: the staff id, or a name")
    agenda.add_argument("--session", metavar="ID", help="for this session; left out: for the next one")
    raising = supervision.add("raise", run_raise, "put something on a worker's agenda")
    raising.add_argument("worker", metavar="WORKER", help="on whose agenda")
    raising.add_argument("text", metavar="TEXT", help="what to talk about")
    raising.add_argument("--case", metavar="REFERENCE", help="about a case")
    parking = supervision.add("park", run_park, "put off a case or an item until a day, with a reason; or take it up")
    parking.add_argument("worker", metavar="WORKER", help="on whose agenda")
    parking.add_argument("item", metavar="CASE|KEY", help='a case\'s reference, or a key of the agenda ("item:5")')
    parking.add_argument("--until", metavar="DATE", help="until when it waits")
    parking.add_argument("--why", metavar="TEXT", help="why it waits")
    parking.add_argument("--back", action="store_true", help="take it up again")


def _declare_actions(supervision: Commands) -> None:
    actions = supervision.add(
        "actions", run_actions, "actions and decisions across sessions, and which are stale", json=True, csv=True
    )
    actions.add_argument("--team", metavar="NAME", help="of one team")
    actions.add_argument("--worker", metavar="STAFF_ID", help="of one worker")
    actions.add_argument("--case", metavar="REFERENCE", help="on one case")
    actions.add_argument(
        "--stale", action="store_true", help="only stale ones: undated, overdue, carried, copied, vague"
    )
    actions.add_argument("--all", action="store_true", help="ended ones as well")
    done = supervision.add("done", run_done, "record how an action was done")
    done.add_argument("action", metavar="ACTION", help="its number")
    done.add_argument("--how", metavar="TEXT", help="how it was done")
    done.add_argument("--on", metavar="DATE", help="when; left out: today")
    carry = supervision.add("carry", run_carry, "carry an action forward to a later day")
    carry.add_argument("action", metavar="ACTION", help="its number")
    carry.add_argument("--due", metavar="DATE", help="the new day")
    drop = supervision.add("drop", run_drop, "drop an action that is no longer to be done")
    drop.add_argument("action", metavar="ACTION", help="its number")
    drop.add_argument("--why", metavar="TEXT", help="why not")
    follow = supervision.add("follow", run_follow, "record what came of a decision")
    follow.add_argument("decision", metavar="DECISION", help="its number")
    follow.add_argument("--outcome", metavar="TEXT", help="what came of it")
    follow.add_argument("--on", metavar="DATE", help="when; left out: today")


# agenda --------------------------------------------------------------------------------------------------------------


def run_agenda(context: Context) -> int:
    """Print the agenda of a worker's supervision."""
    from storage.supervision.agenda.worker_agenda import agenda

    worker = context.the_worker(context.options.worker)
    given = context.options.session
    session = _number(given, "--session") if given else None
    found = agenda(context.reader, worker, context.today, session, words=not context.no_names)
    if context.form == "json":
        items = [{**_item(one), "lines": list(one.lines)} for one in found.items]
        printing.put_json({**found._asdict(), "session": session, "items": items})
    elif context.form == "csv":
        printing.put_rows("csv", map(_item, found.items), _ITEM)
    else:
        _tell_agenda(context, found)
    return DONE


def _item(one: Item) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _ITEM} | {"parked": one.parked or None}


def _tell_agenda(context: Context, found: Agenda) -> None:
    from storage.people.staff import names as staff_names

    names = staff_names(context.reader)
    who = f"{found.worker} {context.staff_name(names[found.worker])}"
    lead = found.supervisor
    by = f" with {context.staff_name(names[lead], lead)}" if lead else ", no supervisor set"
    due = f", {show_day(found.due, context.today)}" if found.due else ""
    last = f"last time {show_day(found.last, context.today)}" if found.last else "no session yet"
    printing.put(f"Supervision of {who}{by}{due}; {last}")
    for one in found.items:
        printing.put(f"{'parked' if one.parked else one.state:<7} {_words(one)}")
        for line in ([f"Parked {one.parked}"] if one.parked else []) + list(one.lines):
            printing.put(f"{'':<9} {line}")


def _words(one: Item) -> str:
    about = f"{one.subject}: " if one.kind in ("action", "item") and one.subject not in one.title else ""
    return f"{about}{one.title}: {one.why}" if one.why else f"{about}{one.title}"


def run_raise(context: Context) -> int:
    """Put something on a worker's agenda."""
    from storage.supervision.acts.agenda import raise_item

    given = context.options
    worker = context.the_worker(given.worker)
    case = context.the_case(given.case) if given.case else None
    with context.database.unit(context.actor, context.today) as unit:
        kept = raise_item(unit, worker, given.text, case).record
    printing.say(f"On the agenda of {worker} as item:{kept.id}.")
    return DONE


def run_park(context: Context) -> int:
    """Put off a case or an item of an agenda, or take it up again."""
    from storage.supervision.acts.agenda import park, take_up

    given = context.options
    worker, key = context.the_worker(given.worker), as_text(given.item)
    if ":" not in key:
        key = f"case:{context.the_case(key)}"
    with context.database.unit(context.actor, context.today) as unit:
        if given.back:
            take_up(unit, worker, key)
            printing.say(f"{key} stands on the agenda of {worker} again.")
            return DONE
        until = _day(given.until, "--until", "until which day it waits")
        park(unit, worker, key, until, _said(given.why, "--why", "why it waits"))
    printing.say(f"{key} waits until {show_day(until, context.today)}.")
    return DONE


# actions -------------------------------------------------------------------------------------------------------------


def run_actions(context: Context) -> int:
    """Print actions and decisions, open ones by due date."""
    from storage.supervision.actions import followed

    given = context.options
    found = [
        one
        for one in followed(context.reader, context.today, _scope(context))
        if (one.open or given.all) and (one.stale or not given.stale)
    ]
    if context.form != "table":
        rows = (_action(context, one) for one in found)
        flat = rows if context.form == "json" else ({**row, "stale": "; ".join(row["stale"])} for row in rows)
        printing.put_rows(context.form, flat, _ACTION)
        return DONE
    columns = ("Number", "Due", "Who", "What", "Case", "Stale")
    count = printing.table(columns, _action_rows(context, found), context.today)
    stale = sum(bool(one.stale) for one in found)
    printing.say(f"{plural(count, 'line')}, {stale} stale." if count else "Nothing to follow up.")
    return DONE


def _scope(context: Context) -> Scope:
    from storage.supervision.actions import Scope

    given = context.options
    if sum(map(bool, (given.team, given.worker, given.case))) > 1:
        raise BadInput("Give one of --team, --worker and --case.", field="--team")
    return Scope(
        worker=context.the_worker(given.worker) if given.worker else None,
        case=context.the_case(given.case) if given.case else None,
        team=context.the_team(given.team) if given.team else None,
    )


def _action(context: Context, one: ActionLine) -> dict[str, Any]:
    texts = ("what", "why", "how", "dropped_why")
    kept_back = dict.fromkeys(texts) if context.no_names else {name: getattr(one, name) or None for name in texts}
    return {
        **{name: getattr(one, name) for name in _ACTION if name != "worker"},
        **kept_back,
        "worker": one.about,
        "who": None if context.no_names else one.doer or None,
        "stale": [reason.words for reason in one.stale],
        "body": one.body or None,
    }


def _action_rows(context: Context, found: list[ActionLine]) -> Iterator[tuple[Any, ...]]:
    for one in found:
        number = f"{one.id}" if one.kind == "action" else f"decision {one.id}"
        who = context.staff_name(one.owner_name, one.owner) if one.owner_name else "" if context.no_names else one.who
        what = "" if context.no_names else one.what
        yield number, one.due or "no date", who, what, one.case or "", "; ".join(reason.words for reason in one.stale)


def run_done(context: Context) -> int:
    """Record how an action was done."""
    from storage.supervision.acts.actions import complete

    given = context.options
    on = parse_option_day(given.on, "--on") if given.on else context.today
    number = _number(given.action, "action")
    with context.database.unit(context.actor, context.today) as unit:
        complete(unit, number, on, _said(given.how, "--how", "how it was done"))
    printing.say(f"Action {number} is done.")
    return DONE


def run_carry(context: Context) -> int:
    """Carry an action forward."""
    from storage.supervision.acts.actions import carry

    given = context.options
    number, due = _number(given.action, "action"), _day(given.due, "--due", "the new day")
    with context.database.unit(context.actor, context.today) as unit:
        new = carry(unit, number, due).record
    printing.say(f"Action {number} goes on as action {new.id}, due {show_day(due, context.today)}.")
    return DONE


def run_drop(context: Context) -> int:
    """Drop an action."""
    from storage.supervision.acts.actions import drop

    given, number = context.options, _number(context.options.action, "action")
    with context.database.unit(context.actor, context.today) as unit:
        drop(unit, number, _said(given.why, "--why", "why it is no longer to be done"))
    printing.say(f"Action {number} is dropped.")
    return DONE


def run_follow(context: Context) -> int:
    """Record what came of a decision."""
    from storage.supervision.acts.actions import follow

    given, number = context.options, _number(context.options.decision, "decision")
    on = parse_option_day(given.on, "--on") if given.on else context.today
    with context.database.unit(context.actor, context.today) as unit:
        follow(unit, number, on, _said(given.outcome, "--outcome", "what came of it"))
    printing.say(f"Decision {number} is followed up.")
    return DONE


def _number(text: str, field: str) -> int:
    number = whole_number(as_text(text).rpartition(":")[2])
    if number is None:
        raise BadInput(f"{field}: {as_text(text)!r} is not a number of ours.", field=field)
    return number


def _day(text: str | None, option: str, what: str) -> date:
    if not text:
        raise BadInput(f"{option}: say {what}.", field=option)
    return parse_option_day(text, option)


def _said(text: str | None, option: str, what: str) -> str:
    if not text or not text.strip():
        raise BadInput(f"{option}: say {what}.", field=option)
    return text
