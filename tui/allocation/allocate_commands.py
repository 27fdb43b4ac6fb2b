"""allocate, unallocated, phantom: who may and can take a case, what lies with nobody, and what is held wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from domain.core.dates import show_day
from domain.core.enums import CHANGE_REASON_TITLES, ChangeReason, Role
from domain.core.errors import BadInput
from domain.core.hundredths import percent_words
from domain.core.text import clean_line, plural
from tui.commandline import printing
from tui.commandline.context import DONE, PROBLEMS, Context, as_text, parse_option_day

if TYPE_CHECKING:
    from datetime import date

    from domain.allocation.candidates import Taker
    from storage.allocation.candidates import Offer
    from storage.allocation.phantom import Phantom
    from storage.allocation.unallocated import Waiting
    from tui.commandline.parser import Commands

_CSV = ("rank", "worker", "name", "grade", "team", "may", "before", "after", "spare", "cases", "new_cases", "reasons")
_WAITING = (
    "case", "team", "pathway", "points", "since", "days", "state", "standing", "booked_to", "booked_from",
    "last_worker", "last_reviewed",
)  # fmt: skip
_PHANTOM = ("case", "kind", "title", "worker", "name", "team", "pathway", "since", "detail")


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    give = commands.add("allocate", run_allocate, json=True, csv=True)
    give.add_argument("case", metavar="CASE", help="the case's reference")
    give.add_argument("--to", metavar="WORKER", help="give it to that worker; left out: list who may and can take it")
    give.add_argument("--why-not", metavar="WORKER", help="what stands against one worker, and who comes before them")
    give.add_argument("--all", action="store_true", help="workers of every team, not only the case's own")
    give.add_argument("--with-siblings", action="store_true", help="the siblings' cases go to the same worker")
    give.add_argument("--on", metavar="DATE", help="from that day (left out: today)")
    give.add_argument("--role", metavar="ROLE", help="one of " + ", ".join(Role))
    give.add_argument("--reason", metavar="TEXT", help="why the worker changes: a code or words; see the manual")
    give.add_argument("--note", metavar="TEXT", help="why a caution is overruled")
    give.add_argument("--approved-by", metavar="WHO", help="who approved an exception from a hard rule: name and role")
    lying = commands.add("unallocated", run_unallocated, json=True, csv=True)
    lying.add_argument("--team", metavar="NAME", help="of one team")
    lying.on_a_day()
    wrong = commands.add("phantom", run_phantom, json=True, csv=True)
    wrong.add_argument("--team", metavar="NAME", help="of one team")
    wrong.on_a_day()


# allocate -----------------------------------------------------------------------------------------------------------


def run_allocate(context: Context) -> int:
    """List who may and can take a case, or give it to a worker."""
    given = context.options
    if given.to and given.why_not:
        raise BadInput("--to and --why-not cannot stand together.", field="--why-not", hint="Leave out one of them.")
    case = context.the_case(given.case)
    on = parse_option_day(given.on, "--on") if given.on else context.today
    if given.to:
        return _give(context, case, context.the_worker(given.to), on)
    if given.why_not:
        return _why_not(context, case, context.the_worker(given.why_not), on)
    return _list(context, _offer(context, case, on, everywhere=given.all))


def _offer(context: Context, case: str, on: date, **narrowed: Any) -> Offer:
    from storage.allocation.candidates import offer

    given = context.options
    return offer(
        context.reader, case, on, role=_role(given.role), together=given.with_siblings, today=context.today, **narrowed
    )


def _list(context: Context, found: Offer) -> int:
    from domain.allocation.candidates import blocked_by

    rows = [_candidate(context, taker) for taker in found.takers]
    blocked = blocked_by(found.takers)
    if context.form == "json":
        printing.put_json({**_head(found), "candidates": rows})
    elif context.form == "csv":
        printing.put_rows("csv", ({key: row[key] for key in _CSV} for row in rows), _CSV)
    else:
        _print(found, rows)
    _say_room(found)
    _say_remarks(found)
    if any(taker.may for taker in found.takers):
        return DONE
    for finding, count in blocked:
        approver = f"; {finding.approver} may approve an exception" if finding.approver else "; nobody can approve it"
        printing.say(f"  {plural(count, 'worker')}: {finding.title} [{finding.rule}]{approver}")
    return PROBLEMS


def _say_remarks(found: Offer) -> None:
    for remark in found.remarks:
        printing.say(f"{found.case.reference}: {remark}")


def _say_room(found: Offer) -> None:
    from domain.allocation.candidates import no_room

    if not found.takers:
        printing.say("There are no workers yet. See: almoner record worker --template")
    elif not any(taker.may for taker in found.takers):
        printing.say(f"Nobody may take {found.case.reference}: every one of {len(found.takers)} is ruled out.")
        if any(one.holder for one in found.case.siblings) and not found.asked.together:
            printing.say("Siblings may go to another worker together: --with-siblings")
    elif words := no_room(found.takers):
        printing.say(words)


def _head(found: Offer) -> dict[str, Any]:
    from domain.allocation.candidates import blocked_by, no_room

    case = found.case
    return {
        "case": case.reference,
        "points": case.points / 100,
        "assumed": found.assumed,
        "team": case.team,
        "worker": case.holder,
        "on": found.asked.on,
        "role": found.asked.role,
        "siblings": [
            {"case": one.reference, "worker": one.holder, "points": one.points / 100} for one in case.siblings
        ],
        "with_siblings": found.asked.together,
        "booked_to": found.booked_to,
        "booked_from": found.booked_from,
        "blocked_by": [
            {"rule": f.rule, "title": f.title, "approver": f.approver or None, "workers": count}
            for f, count in blocked_by(found.takers)
        ],
        "no_room": no_room(found.takers) or None,
        "in_force": [
            {"id": one.id, "title": one.title, "since": one.since, "until": one.until} for one in case.in_force
        ],
        "remarks": list(found.remarks),
    }


def _candidate(context: Context, taker: Taker) -> dict[str, Any]:
    worker = taker.worker
    return {
        "worker": worker.staff_id,
        "may": taker.may,
        "reasons": [finding.words for finding in taker.findings],
        "before": _percent(taker.before),
        "after": _percent(taker.after),
        "now": _percent(taker.now),
        "fullest_on": worker.fullest_on,
        "rank": taker.rank,
        "name": context.staff_name(worker.name),
        "grade": worker.grade,
        "team": worker.team,
        "band": taker.band or None,
        "spare": None if taker.spare is None else taker.spare / 100,
        "adds": taker.adds / 100,
        "cases": worker.cases,
        "new_cases": worker.new_cases,
        "knows": list(taker.known),
        "near": taker.near,
        "changes": list(taker.changes),
        "nothing_from": worker.nothing_from,
        "findings": [
            {
                "rule": f.rule,
                "words": f.words,
                "hard": f.hard,
                "approver": f.approver or None,
                "because": list(f.because),
            }
            for f in taker.findings
        ],
    }


def _percent(tenths: int | None) -> float | None:
    return None if tenths is None else tenths / 10


def _print(found: Offer, rows: list[dict[str, Any]]) -> None:
    case = found.case
    held = f"; {case.holder} holds it now" if case.holder else "; nobody holds it now"
    assumed = " (assumed: nobody has weighed it)" if found.assumed else ""
    printing.put(f"{case.reference}, {case.team}: {case.points / 100:g} points{assumed}{held}.")
    if found.booked_to and found.booked_from:
        printing.put(f"Booked to {found.booked_to} from {show_day(found.booked_from)}.")
    for one in case.siblings:
        printing.put(f"Sibling {one.reference}: {f'with {one.holder}' if one.holder else 'with nobody'}.")
    printing.put()
    columns = ("", "Worker", "Name", "Grade", "Team", "Now", "Fullest", "After", "Spare", "Cases", "May", "Why")
    printing.table(columns, map(_row, rows))
    fired = {finding.rule: finding for taker in found.takers for finding in taker.findings if finding.because}
    if fired:
        printing.put()
    for finding in fired.values():
        printing.put(f"{finding.title}: because of {', '.join(finding.because)}. [{finding.rule}]")


def _row(row: dict[str, Any]) -> tuple[Any, ...]:
    why = [*row["reasons"], *row["changes"], *row["knows"], *(["covers the area"] if row["near"] else [])]
    return (
        row["rank"],
        row["worker"],
        row["name"],
        row["grade"],
        row["team"],
        _shown(row["now"]),
        _fullest(row),
        _shown(row["after"]),
        None if row["spare"] is None else f"{row['spare']:g}",
        row["cases"],
        "yes" if row["may"] else "no",
        "; ".join(why),
    )


def _fullest(row: dict[str, Any]) -> str | None:
    """Return the highest load that is booked in the weeks ahead, and from when."""
    if row["nothing_from"]:
        return f"none from {show_day(row['nothing_from'])}"
    words = _shown(row["before"])
    return f"{words} from {show_day(row['fullest_on'])}" if words and row["fullest_on"] else words


def _shown(percent: float | None) -> str | None:
    return None if percent is None else percent_words(percent)


def _why_not(context: Context, case: str, worker: str, on: date) -> int:
    """Say what stands against one worker, and why those before them come first."""
    from domain.allocation.candidates import why_before

    found = _offer(context, case, on, everywhere=context.options.all)
    if found.of(worker) is None:
        found = _offer(context, case, on, everywhere=True)
    taker = found.of(worker) or _offer(context, case, on, worker=worker).takers[0]
    before = [one for one in found.takers if taker.rank and one.rank < taker.rank]
    behind = [{"worker": one.worker.staff_id, "because": why_before(one, taker)} for one in before]
    if context.form == "json":
        record = {"case": case, **_candidate(context, taker), "of": len(found.takers), "behind": behind}
        printing.put_json(record)
        return DONE if taker.may else PROBLEMS
    name = f"{worker} {context.staff_name(taker.worker.name)}"
    printing.put(f"{name}: {'may' if taker.may else 'may not'} take {case}{_would(taker)}.")
    for finding in taker.findings:
        because = f", because of {', '.join(finding.because)}" if finding.because else ""
        printing.put(f"  {_weight(finding)}: {finding.words}{because} [{finding.rule}]")
    _say_remarks(found)
    for one in behind:
        printing.put(f"  behind {one['worker']}: {one['because']}")
    return DONE if taker.may else PROBLEMS


def _would(taker: Taker) -> str:
    if taker.after is None:
        return ""
    booked = f" ({taker.booked})" if taker.booked else ""
    return f"; load {_shown(_percent(taker.now))} now{booked}, {_shown(_percent(taker.after))} with it"


def _weight(finding: Any) -> str:
    if not finding.hard:
        return "caution"
    return f"ruled out unless approved by {finding.approver}" if finding.approver else "ruled out"


def _give(context: Context, case: str, worker: str, on: date) -> int:
    from storage.allocation.acts import allocate

    given, role = context.options, _role(context.options.role)
    reason, words = _reason(given.reason)
    note = clean_line(given.note or "") or words
    if not note and given.reason and _offer(context, case, on, worker=worker).takers[0].cautions:
        note = clean_line(given.reason)  # whoever gives a reason has said why it is right all the same
    with context.database.unit(context.actor, context.today) as unit:
        done = allocate(
            unit, case, worker, on, role=role, reason=reason, note=note,
            approved_by=clean_line(given.approved_by or ""), together=given.with_siblings,
        )  # fmt: skip
    kept, first = done.kept, done.kept[0]
    if context.form == "json":
        keys = {"role": first.role, "starts": first.starts, "id": first.id, "overruled": list(first.overruled)}
        also = [one.case for one in kept[1:]]
        printing.put_json({"case": case, "worker": worker, **keys, "approved_by": first.approved_by, "also": also})
    else:
        cases = f"{case} is" if len(kept) == 1 else f"{done.cases} are"
        printing.put(f"{cases} with {worker} from {on.isoformat()}.{_load(context, worker)}")
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


def _load(context: Context, worker: str) -> str:
    from storage.load.worker_load import team_board

    for line in team_board(context.reader, None, context.today, worker):
        if line.utilisation is not None:
            return f" Load now {percent_words(line.utilisation / 10)} with {plural(line.cases, 'case')}."
    return ""


# unallocated --------------------------------------------------------------------------------------------------------


def run_unallocated(context: Context) -> int:
    """Print the open cases nobody is allocated to, against the limits that the policies set."""
    from storage.allocation.unallocated import waiting

    team = context.the_team(context.options.team) if context.options.team else None
    found = waiting(context.reader, team, context.on)
    rows = [_waiting(one, context.on) for one in found]
    if not printing.put_rows(context.form, rows, _WAITING, today=context.on) and context.form == "table":
        printing.say("Every open case is allocated to a worker.")
    return DONE


def _waiting(one: Waiting, today: date) -> dict[str, Any]:
    return {
        "case": one.case.reference,
        "team": one.case.team,
        "pathway": one.case.pathway,
        "points": one.case.points / 100,
        "since": one.since,
        "days": one.days(today),
        "state": one.state,
        "standing": [said.words for said in one.standing],
        "last_worker": one.last_worker,
        "last_reviewed": one.reviewed_on,
        "last_seen": one.seen_on,
        "review_days": one.limits.review_days,
        "escalate_days": one.limits.escalate_days,
        "seen_days": one.limits.seen_days,
        "rules": list(one.limits.rules),
        "beside": list(one.beside),
        "booked_to": one.booked_to,
        "booked_from": one.booked_from,
    }


# phantom ------------------------------------------------------------------------------------------------------------


def run_phantom(context: Context) -> int:
    """Print the open cases that look allocated and are not, or that somebody holds who may not."""
    from storage.allocation.phantom import phantoms, workers_twice

    team = context.the_team(context.options.team) if context.options.team else None
    found = [*phantoms(context.reader, team, context.on), *workers_twice(context.reader, team, context.on)]
    rows = (_phantom(context, one) for one in found)
    printing.put_rows(context.form, rows, _PHANTOM, today=context.today)
    if not found:
        printing.say("No open case is held by somebody who cannot or may not hold it.")
    return PROBLEMS if found else DONE


def _phantom(context: Context, one: Phantom) -> dict[str, Any]:
    from storage.allocation.phantom import TITLES

    return {
        "case": one.case or None,
        "kind": one.kind,
        "title": TITLES[one.kind],
        "worker": one.worker,
        "name": context.staff_name(one.worker_name),
        "team": one.team,
        "pathway": next(iter(one.pathways), None),
        "since": one.since,
        "detail": one.words,
        "other": one.other or None,
    }
