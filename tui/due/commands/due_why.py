"""due, why: what falls due, and the working behind one date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from domain.core.dates import distance, show_day
from domain.core.errors import BadInput, NotFound
from domain.core.text import plural, whole_number
from storage.cases.case_page import is_case
from storage.due.due_list import asked_about
from tui.commandline import printing
from tui.commandline.context import DONE, Context, as_text
from tui.due.commands.due_text import GLYPHS, NOT_SET

if TYPE_CHECKING:
    from storage.due.due_list import DueLine
    from tui.commandline.parser import Commands

_LIST_DAYS = 56  # a table without other limits stops here; JSON and CSV never do
_FURTHEST = 36_500
_OBLIGATION = re.compile(r"[0-9a-f]{10}")
_OVER = ("held", "closed")
_COLUMNS = ("State", "Due", "", "What", "Case or worker", "Worker", "Plan by", "Id")


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    due = commands.add("due", run_due, json=True, csv=True)
    due.add_argument("--team", metavar="NAME", help="of one team")
    due.add_argument("--worker", metavar="STAFF_ID", help="of one worker")
    due.add_argument("--case", metavar="REFERENCE", help="of one case")
    due.add_argument("--within", metavar="DAYS", help="due within so many days, and what is overdue")
    due.add_argument("--overdue", action="store_true", help="overdue only")
    due.add_argument("--all", action="store_true", help="show the table beyond eight weeks ahead, too")
    due.add_argument("--year", action="store_true", help="with --case: the next twelve months, if all is held on time")
    due.add_argument("--month", metavar="YYYY-MM", help="how many are to be done on each day of a month")
    due.add_argument("--most", metavar="N", help="with --month: a day is full above so many for each worker")
    due.add_argument("--kind", metavar="WORD", action="append", help="only this rule, or titles with this word")
    why = commands.add("why", run_why, json=True)
    why.add_argument(
        "subject", metavar="CASE|OBLIGATION", help="a case, a worker, or the id of a due date (due --json gives it)"
    )
    why.add_argument("rule", metavar="RULE", nargs="?", help="which rule, when a case or worker is named")
    why.add_argument("--cycle", metavar="N", help="explain an earlier due date: 1 for the first, and so on")


# due -------------------------------------------------------------------------------------------------------------


def run_due(context: Context) -> int:
    """Print the open obligations that fit; with --year or --month, a case's year or a team's month."""
    if context.options.year or context.options.month is not None or context.options.most is not None:
        from tui.due.commands import year_month

        return year_month.run(context)
    lines = _lines(context)
    if context.form == "json":
        printing.put_json_list(as_record(line, context) for line in lines)
    elif context.form == "csv":
        printing.put_rows("csv", (as_record(line, context) for line in lines), _CSV)
    else:
        _table(context, lines)
        _tell_of_leaving(context)
    return DONE


def _tell_of_leaving(context: Context) -> None:
    """Say of a worker with a leaving day why nothing of their own is due after it."""
    from storage.people.staff import colleague

    given = context.options.worker
    one = colleague(context.reader, context.the_worker(given), context.today) if given else None
    if one is not None and one.leaves is not None and one.leaves >= context.today:
        day = show_day(one.leaves, context.today)
        printing.say(f"{one.staff_id} leaves on {day}: what would be due of their own after that day is closed.")


_CSV = (
    "id", "subject.kind", "subject.reference", "pathway", "rule", "title", "tier", "anchor.event", "anchor.date",
    "legal_due", "plan_by", "status", "days_late", "worker", "team", "citation", "verified",
)  # fmt: skip


def _lines(context: Context) -> Iterator[DueLine]:
    from storage.due.due_list import due

    given = context.options
    return due(
        context.reader,
        today=context.today,
        team=context.the_team(given.team) if given.team else None,
        worker=context.the_worker(given.worker) if given.worker else None,
        case=context.the_case(given.case) if given.case else None,
        within=_days(given.within, "--within") if given.within is not None else None,
        overdue=given.overdue,
        kinds=[as_text(word) for word in given.kind or ()],
    )


def _days(text: str, option: str) -> int:
    word = as_text(text)
    if not (word.isascii() and word.isdigit()):
        raise BadInput(f"{option}: {word!r} is not a number of days.", field=option, hint=f"Write {option} 14.")
    days = whole_number(word.lstrip("0") or "0")
    if days is None or days > _FURTHEST:
        raise BadInput(f"{option}: write {_FURTHEST:,} days or less.", field=option, hint=f"Such as {option} 14.")
    return days


def as_record(line: DueLine, context: Context) -> dict[str, Any]:
    """Return an obligation as JSON and CSV carry it."""
    return {
        "id": line.id,
        "subject": {"kind": line.subject_kind, "reference": line.subject},
        "pathway": line.pathway or None,
        "rule": line.rule,
        "series": line.series,
        "cycle": line.cycle,
        "title": line.title,
        "tier": line.tier,
        "anchor": {"event": line.anchor_event, "date": line.anchor_on},
        "opens": line.opens,
        "legal_due": line.legal_due,
        "plan_by": line.plan_by,
        "status": line.status(context.today),
        "days_late": _days_late(line.legal_due, context.today),
        "postponed_to": line.postponed_to,
        "council_due": line.council_due,
        "council_difference": line.council_difference,
        "worker": line.worker,
        "team": line.team,
        "citation": line.citation,
        "verified": line.verified,
    }


def _days_late(due: date | None, today: date) -> int:
    return max(0, (today - due).days) if due else 0


def _table(context: Context, lines: Iterator[DueLine]) -> None:
    given = context.options
    limited = not (given.all or given.case or given.within is not None or given.overdue)
    until = context.today + timedelta(days=_LIST_DAYS)
    later: list[str] = []
    kept = _until(lines, until, later) if limited else lines
    count = printing.table(_COLUMNS, (_row(context, line) for line in kept))
    if not count:
        printing.say("Nothing is due." if not later else "Nothing is due in the next eight weeks.")
    if later:
        printing.say(f"More later: use --all ({plural(len(later), 'further date')}).")


def _until(lines: Iterator[DueLine], until: date, later: list[str]) -> Iterator[DueLine]:
    """Yield what is due by ``until`` or has no date at all; the ids of what is due later go into ``later``."""
    for line in lines:
        if line.legal_due is not None and line.legal_due > until:
            later.append(line.id)
        else:
            yield line


def _row(context: Context, line: DueLine) -> tuple[Any, ...]:
    today = context.today
    name = context.person_name(line.name) if line.subject_kind == "case" else context.staff_name(line.name)
    return (
        GLYPHS[line.status(today)] + ("" if line.verified else " ?"),
        show_day(line.legal_due, today) if line.legal_due else None,
        _standing(line, today),
        line.title,
        f"{line.subject} {name}" if name else line.subject,
        context.staff_name(line.worker_name, line.worker) if line.worker_name else "nobody",
        show_day(line.plan_by, today) if line.plan_by and line.plan_by != line.legal_due else None,
        line.id,
    )


def _standing(line: DueLine, today: date) -> str:
    if line.postponed_to:
        return f"put off to {show_day(line.postponed_to, today)}"
    return distance(line.legal_due, today) if line.legal_due else NOT_SET


# why -------------------------------------------------------------------------------------------------------------


def run_why(context: Context) -> int:
    """Print how a date came about: the rule, the event it counts from, the counting, the citation."""
    kind, reference, rule, cycle = _asked(context)
    line = _open_line(context, kind, reference, rule, cycle)
    explanation = _explain(context, kind, reference, line.rule if line and cycle is None else rule, cycle)
    record = _explained(context, kind, reference, line, explanation)
    if context.form == "json":
        printing.put_json(record)
    else:
        _tell(context, record)
    return DONE


def _asked(context: Context) -> tuple[str, str, str, int | None]:
    """Return what is asked about: the kind of subject, its reference, the rule or series, the cycle."""
    word, given = as_text(context.options.subject), context.options
    cycle = _days(given.cycle, "--cycle") if given.cycle is not None else None
    if given.rule is None:
        return _by_id(context, word)
    kind = "case" if _is_case(context, word) else "worker"
    reference = word if kind == "case" else context.the_worker(word)
    return kind, reference, as_text(given.rule), cycle


def _by_id(context: Context, word: str) -> tuple[str, str, str, int | None]:
    asked = asked_about(context.reader, word) if _OBLIGATION.fullmatch(word) else None
    if asked:
        return asked
    if _is_case(context, word):
        raise BadInput(f"Which date of {word}? Name a rule.", field="rule", hint=f"See: almoner due --case {word}")
    raise NotFound(f"There is no open obligation {word!r}.", field="obligation", hint="See the ids in: almoner due")


def _is_case(context: Context, word: str) -> bool:
    return is_case(context.reader, word)


def _open_line(context: Context, kind: str, reference: str, rule: str, cycle: int | None) -> DueLine | None:
    from storage.due.due_list import due

    case, worker = (reference, None) if kind == "case" else (None, reference)
    found = due(context.reader, today=context.today, case=case, worker=worker)
    fitting = (
        line
        for line in found
        if line.subject == reference and rule in (line.rule, line.series) and cycle in (None, line.cycle)
    )
    return next(islice(fitting, 1), None)


def _explain(context: Context, kind: str, reference: str, rule: str, cycle: int | None) -> Any:
    from domain.due.explanation import explain

    packs = context.database.packs()
    subject = context.database.subjects.of(context.reader, kind, reference)
    assert subject is not None
    return explain(subject, packs.rulebook, packs.calendar(subject.nation), rule, cycle)


def _explained(context: Context, kind: str, reference: str, line: DueLine | None, explanation: Any) -> dict[str, Any]:
    found = explanation.obligation
    rule = explanation.rule
    if line is not None and found is not None and (line.series, line.cycle) == (found.series, found.cycle):
        record = as_record(line, context)
    else:
        record = _past(context, kind, reference, found, rule)
    record["held_on"] = found.held_on if found else None
    record["trace"] = [
        {"step": step.step, "detail": _shown(context, reference, step.detail), "date": step.date}
        for step in explanation.steps
    ]
    record["citations"] = [_citation(citation) for citation in rule.citations]
    record["plain"] = rule.plain
    record["council"] = _council(context, line if record["id"] else None)
    return record


def _shown(context: Context, reference: str, detail: str) -> str:
    """Return a detail of the working; who decided an own interval goes by initials while names stay hidden."""
    from storage.due.overrides import case_overrides, without_deciders

    if not context.no_names:
        return detail
    return without_deciders(detail, case_overrides(context.reader, reference), context.staff_name)


def _council(context: Context, line: DueLine | None) -> dict[str, Any] | None:
    from storage.due.council_dates import council_line

    found = council_line(context.reader, context.database.packs(), line)
    if found is None:
        return None
    return {"due": found.line.council_due, "difference_days": found.days, "explained_by": found.explained_by}


def _past(context: Context, kind: str, reference: str, found: Any, rule: Any) -> dict[str, Any]:
    """Return a cycle that is not open (held already, or never begun) in the shape of an open one."""
    from domain.core.dates import status

    legal, plan = (found.legal_due, found.plan_by) if found else (None, None)
    held = found is not None and found.held_on is not None
    closed = found is not None and found.ended_on is not None
    return {
        "id": None,
        "subject": {"kind": kind, "reference": reference},
        "pathway": next(iter(rule.pathways), None),
        "rule": rule.id,
        "series": found.series if found else rule.series,
        "cycle": found.cycle if found else None,
        "title": rule.title,
        "tier": rule.tier,
        "anchor": {"event": found.anchor_event if found else None, "date": found.anchor_on if found else None},
        "legal_due": legal,
        "plan_by": plan,
        "status": "held" if held else "closed" if closed else status(legal, plan, context.today),
        "days_late": 0 if held or closed else _days_late(legal, context.today),
        "worker": None,
        "team": None,
        "citation": rule.citations[0].text,
        "verified": rule.verified,
    }


def _citation(citation: Any) -> dict[str, Any]:
    return {
        "text": citation.text,
        "source": citation.source,
        "checked": citation.checked,
        "confidence": citation.confidence,
    }


def _tell(context: Context, record: Mapping[str, Any]) -> None:
    due = record["legal_due"]
    printing.put(f"{record['title']}: {record['subject']['reference']}")
    if due:
        late = f" ({distance(due, context.today)})" if record["status"] not in _OVER else ""
        printing.put(f"due {show_day(due)}{late}{', closed' if record['status'] == 'closed' else ''}")
    else:
        printing.put(NOT_SET)
    printing.put(str(record["plain"]))
    printing.put()
    for step in record["trace"]:
        day = show_day(step["date"]) if step["date"] else ""
        printing.put(f"  {step['step']:<34} {day:<16} {step['detail'] or ''}".rstrip())
    printing.put()
    for citation in record["citations"]:
        printing.put(f"{record['tier'].capitalize()}: {citation['text']}")
        printing.put(f"  {citation['source']}, checked {show_day(citation['checked'])} ({citation['confidence']})")
    if council := record["council"]:
        days, due = council["difference_days"], show_day(council["due"])
        apart = f" ({plural(abs(days), 'day')} {'later' if days > 0 else 'earlier'})" if days else ""
        printing.put(f"The council's own system says {due}{apart}: {council['explained_by']}.")
    if not record["verified"]:
        printing.put("? unverified: nobody has read this figure in its source; it is a local default.")
