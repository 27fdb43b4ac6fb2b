"""supervision: the month of a team, agreements signed, sessions booked ahead and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from domain.core.dates import parse_day, show_day, show_month
from domain.core.errors import BadInput, NotFound
from domain.core.text import plural
from storage.people.acting import acting
from tui.commandline import printing
from tui.commandline.context import DONE, Context, as_text, parse_option_day
from tui.commandline.parser import number

if TYPE_CHECKING:
    from datetime import date

    from domain.supervision.scheduling import Proposed
    from domain.supervision.sessions import Session
    from storage.records.unit import Done, Unit
    from storage.supervision.month_board import BoardRow, SessionMark
    from tui.commandline.parser import Commands, Parser

# The modules that declare the other commands of the group.
_OTHERS = ("tui.supervision.commands.agenda", "tui.supervision.commands.records", "tui.supervision.commands.figures")
_COLUMNS = ("Worker", "Name", "Supervisor", "Due", "Sessions", "Agreement", "Records")
_CSV = (
    "worker", "name", "team", "supervisor", "due", "late", "sessions", "agreement", "review_on", "unrecorded",
    "unagreed", "supervises", "supervises_most",
)  # fmt: skip
AGREEMENT_WORDS = {
    "none": "no agreement",
    "unsigned": "not signed",
    "one": "signed by one",
    "review": "review is late",
    "soon": "review soon",
    "signed": "signed",
}
_AGREED = ("id", "supervisor", "kind", "standard", "state")
_SESSION = ("id", "on", "start", "state", "kind", "supervisor", "cover_for", "reason", "moved_from", "rebook_by")


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    supervision = commands.group("supervision")
    board = supervision.add(
        "board", run_board, "the month: who is supervised when, agreements, records", json=True, csv=True
    )
    board.add_argument("--team", metavar="NAME", help="of one team")
    board.add_argument("--month", metavar="YYYY-MM", help="which month (left out: this one)")
    ahead = supervision.add("schedule", run_schedule, "propose sessions ahead as agreed; book them", json=True)
    ahead.add_argument("worker", metavar="WORKER", help="the supervisee: staff id or name")
    ahead.add_argument("--months", metavar="N", type=number, default=6, help="how far ahead (left out: 6)")
    ahead.add_argument("--agreement", metavar="ID", type=number, help="which agreement, where supervision is split")
    ahead.add_argument("--book", action="store_true", help="book them (one undo takes all of it back)")
    sign = supervision.add("agree", run_agree, "sign an agreement, as yourself (see --as)", json=True)
    sign.add_argument("agreement", metavar="AGREEMENT", type=number, help="its number; see: almoner list agreement")
    sign.add_argument("--on", metavar="DATE", help="the day of signing (left out: today)")
    before = supervision.add("last-held", run_last_held, "when each was last supervised before Almoner was in use")
    before.add_argument("--from", metavar="FILE", dest="source", required=True, help="CSV or .xlsx: worker, last_held")
    _declare_outcomes(supervision)
    for module in _OTHERS:
        import_module(module).declare(supervision)


def _declare_outcomes(supervision: Commands) -> None:
    add = partial(of_session, supervision)
    move = add("move", run_move, "book a session for another day")
    move.add_argument("--to", metavar="DATE", required=True, help="the new day")
    move.add_argument("--start", metavar="HH:MM", help="the new time")
    cancel = add("cancel", run_cancel, "cancel a session; it is to be held again, unless --for-good")
    cancel.add_argument("--for-good", action="store_true", help="it is not to be held on another day")
    miss = add("miss", run_miss, "record that a session was not held, and why")
    miss.add_argument("--rebook-by", metavar="DATE", help="by when it is to be held (left out: as the packs say)")
    for parser in (move, cancel, miss):
        parser.add_argument("--reason", metavar="CODE", required=parser is not move, help="see: list missed-reason")
        parser.add_argument("--note", metavar="TEXT", default="", help="in your own words, without names")
    again = add("rebook", run_rebook, "book a session in the place of one cancelled or missed")
    again.add_argument("--on", metavar="DATE", required=True, help="the new day")
    again.add_argument("--start", metavar="HH:MM", help="the new time")
    held = add("held", run_held, "record that a session was held")
    held.add_argument("--on", metavar="DATE", help="the day it was held (left out: the day it was booked for)")
    cover = add("cover", run_cover, "let somebody else hold a session, or give it back to its own supervisor")
    cover.add_argument("--by", metavar="WORKER", required=True, help="who holds it")


def of_session(supervision: Commands, name: str, run: Any, words: str) -> Parser:
    """Declare a command about one session."""
    parser = supervision.add(name, run, words, json=True)
    parser.add_argument("session", metavar="SESSION", type=number, help="its number; see: almoner list session")
    return parser


# the month -----------------------------------------------------------------------------------------------------------


def run_last_held(context: Context) -> int:
    """Keep the sessions last held before the program was in use, from a list."""
    from storage.files.paths import typed
    from storage.importing.last_held import read_last_held
    from storage.supervision.acts.last_held import keep_last_held

    days = read_last_held(typed(as_text(context.options.source), "--from", "Name a CSV file or a workbook."))
    with context.database.unit(context.actor, context.today) as unit:
        done = keep_last_held(unit, days)
    there = f"; {done.there} stood there already" if done.there else ""
    printing.say(f"{plural(done.kept, 'day')} of supervision kept{there}. Taken back by: almoner undo")
    return DONE


def run_board(context: Context) -> int:
    """Print who is supervised when in a month."""
    from storage.supervision.month_board import month_board

    team = context.the_team(context.options.team) if context.options.team else None
    month = _month(context)
    board = month_board(context.reader, team, month, context.today)
    if context.form != "table":
        printing.put_rows(context.form, (_record(context, row) for row in board.rows), _CSV)
        return DONE
    printing.put(f"Supervision, {show_month(month)}{f', {team}' if team else ''}")
    if not printing.table(_COLUMNS, (_row(context, row) for row in board.rows), context.today):
        printing.say("There are no workers yet. See: almoner record worker --template")
    if board.counted:
        printing.put(board.counted)
    return DONE


def _month(context: Context) -> date:
    text = context.options.month
    if not text:
        return context.today.replace(day=1)
    try:
        return parse_day(f"{as_text(text)}-01")
    except ValueError:
        raise BadInput("--month: give a year and a month, such as 2026-11.", field="--month") from None


def _row(context: Context, row: BoardRow) -> tuple[Any, ...]:
    return (
        row.worker,
        context.staff_name(row.name),
        row.supervisor,
        _due(row, context.today),
        "; ".join(session_words(mark, context.today) for mark in row.sessions) or "–",
        AGREEMENT_WORDS[row.agreement.state],
        record_words(row),
    )


def _due(row: BoardRow, today: date) -> str:
    if row.due is None:
        return "–"
    return f"● late, {show_day(row.due, today)}" if row.due < today else show_day(row.due, today)


def session_words(mark: SessionMark, today: date) -> str:
    """Return a session as the board says it: "✓ 18 Nov", "◐ booked 25 Nov", "✗ missed: Court"."""
    on = show_day(mark.on, today).partition(" ")[2]
    if mark.state == "held":
        return f"✓ {on}"
    if mark.overdue(today):
        return f"● not recorded {on}"
    if mark.state == "planned":
        return f"◐ booked {on}{' (cover)' if mark.cover_for else ''}"
    return f"✗ {mark.state} {on}: {mark.reason}".removesuffix(": ")


def record_words(row: BoardRow) -> str:
    """Return what is open about a supervisee's records of the last three months."""
    parts = (
        f"{row.unrecorded} not written" if row.unrecorded else "",
        f"{row.unagreed} not agreed" if row.unagreed else "",
    )
    return ", ".join(filter(None, parts)) or "–"


def _record(context: Context, row: BoardRow) -> dict[str, Any]:
    return {
        "worker": row.worker,
        "name": context.staff_name(row.name),
        "team": row.team,
        "supervisor": row.supervisor or None,
        "due": row.due,
        "late": row.due is not None and row.due < context.today,
        "agreement": row.agreement.state,
        "review_on": row.agreement.review_on,
        "agreements": [{name: getattr(one, name) for name in _AGREED} for one in row.agreements],
        "unrecorded": row.unrecorded,
        "unagreed": row.unagreed,
        "supervises": row.supervises,
        "supervises_most": row.supervises_most,
        "sessions": [_mark(mark) for mark in row.sessions]
        if context.form == "json"
        else "; ".join(session_words(mark, context.today) for mark in row.sessions),
    }


def _mark(mark: SessionMark) -> dict[str, Any]:
    found = {name: getattr(mark, name) for name in _SESSION}
    return found | {"cover_for": mark.cover_for or None, "reason": mark.reason or None}


# ahead ---------------------------------------------------------------------------------------------------------------


def run_schedule(context: Context) -> int:
    """Propose the sessions that an agreement asks for, and book them when asked to."""
    from storage.supervision.acts.bookings import book_series
    from storage.supervision.series import propose

    given = context.options
    if not 1 <= given.months <= 24:
        raise BadInput("--months: from 1 to 24.", field="--months")
    worker = context.the_worker(given.worker)
    with context.database.unit(context.actor, context.today) as unit:
        found = propose(unit, given.agreement or _agreement(context, unit, worker), given.months)
        if given.book and found.dates:
            book_series(unit, found, found.dates)
    if given.json:
        dates = [_proposed(one) for one in found.dates]
        answer = {"worker": worker, "supervisor": found.agreement.supervisor, "agreement": found.agreement.id}
        printing.put_json({**answer, "booked": bool(given.book and dates), "sessions": dates})
        return DONE
    shown = [(one.on, one.due, "; ".join(one.moved) or "–") for one in found.dates]
    printing.table(("Session", "Due by", "Why not the usual day"), shown, context.today)
    _say_series(worker, len(shown), booked=given.book)
    return DONE


def _say_series(worker: str, count: int, *, booked: bool) -> None:
    if not count:
        printing.say(f"There is nothing to book for {worker} in that time.")
    elif booked:
        printing.say(f"Booked {plural(count, 'session')} of {worker}. To undo: almoner undo")
    else:
        printing.say("Nothing is booked yet: add --book.")


def _proposed(one: Proposed) -> dict[str, Any]:
    return {"on": one.on, "due": one.due, "late": one.late, "moved": list(one.moved)}


def _agreement(context: Context, unit: Unit, worker: str) -> int:
    """Return the number of the main agreement that stands or is to start."""
    from storage.supervision.rule_facts import agreements

    kept = agreements(unit.reader, [worker]).get(worker, [])
    standing = [one for one in kept if one.ends is None or one.ends >= context.today]
    if not standing:
        hint = "Record one: almoner record agreement --template"
        raise NotFound(f"{worker} has no supervision agreement that stands.", field="worker", hint=hint)
    return standing[0].id


def run_agree(context: Context) -> int:
    """Sign an agreement as the person acting."""
    from storage.supervision.acts.agreements import sign

    given = context.options
    with context.database.unit(context.actor, context.today) as unit:
        kept = sign(unit, given.agreement, parse_option_day(given.on, "--on") if given.on else None).record
        who = acting(unit.reader, unit.actor)
    if given.json:
        printing.put_json({"agreement": kept.id, "signed_by": who, "signed_on": kept.signed_on})
        return DONE
    other = kept.supervisor if who == kept.worker else kept.worker
    done = (
        f"Both have signed; it is looked at again on {show_day(kept.review_on)}." if kept.review_on else "Both signed."
    )
    printing.say(f"{who} signed agreement {kept.id}. " + (done if kept.signed_on else f"{other} has yet to sign."))
    return DONE


# what becomes of a session -------------------------------------------------------------------------------------------


def run_move(context: Context) -> int:
    """Book a session for another day."""
    from storage.supervision.acts.bookings import move

    given = context.options
    to = parse_option_day(given.to, "--to")
    return _do(context, "Moved", lambda unit: move(unit, given.session, to, given.start, given.reason, given.note))


def run_cancel(context: Context) -> int:
    """Cancel a session."""
    from storage.supervision.acts.bookings import cancel

    given = context.options
    again = not given.for_good
    return _do(context, "Cancelled", lambda unit: cancel(unit, given.session, given.reason, given.note, again=again))


def run_miss(context: Context) -> int:
    """Record that a session was not held."""
    from storage.supervision.acts.bookings import miss

    given = context.options
    by = parse_option_day(given.rebook_by, "--rebook-by") if given.rebook_by else None
    return _do(context, "Missed", lambda unit: miss(unit, given.session, given.reason, given.note, by))


def run_rebook(context: Context) -> int:
    """Book a session in the place of one that was not held."""
    from storage.supervision.acts.bookings import rebook

    given = context.options
    on = parse_option_day(given.on, "--on")
    return _do(context, "Booked", lambda unit: rebook(unit, given.session, on, given.start))


def run_held(context: Context) -> int:
    """Record that a session was held."""
    from storage.supervision.acts.bookings import hold

    given = context.options
    on = parse_option_day(given.on, "--on") if given.on else None
    return _do(context, "Held", lambda unit: hold(unit, given.session, on))


def run_cover(context: Context) -> int:
    """Let somebody else hold a session."""
    from storage.supervision.acts.bookings import cover

    by = context.the_worker(context.options.by)
    return _do(context, "Covered", lambda unit: cover(unit, context.options.session, by))


def _do(context: Context, done: str, act: Callable[[Unit], Done[Session]]) -> int:
    """Do something with one session and say what it is now."""
    with context.database.unit(context.actor, context.today) as unit:
        kept = act(unit).record
    if context.options.json:
        printing.put_json(kept.model_dump(mode="json", include=_TOLD))
        return DONE
    day = show_day(kept.held_on or kept.on, context.today)
    rebook = f" To be held by {show_day(kept.rebook_by, context.today)}." if kept.rebook_by else ""
    printing.say(f"{done}: session {kept.id} of {kept.worker} with {kept.supervisor}, {day} {kept.start}.{rebook}")
    return DONE


_TOLD = {
    "id", "worker", "supervisor", "on", "start", "state", "held_on", "reason_code", "moved_from", "rebook_by",
    "cover_for",
}  # fmt: skip
