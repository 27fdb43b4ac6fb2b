"""The working behind a due date, read from the engine and put into words for the Why dialog."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.core.dates import MONTHS, show_day
from domain.core.enums import SubjectKind
from domain.due.explanation import explain
from storage.due.council_dates import council_line
from storage.due.overrides import case_overrides, of_series, without_deciders
from storage.rules.pack_set import SHIPPED
from tui.due.why_dialog import Working

if TYPE_CHECKING:
    from domain.due.explanation import Explanation
    from storage.due.due_list import DueLine
    from storage.due.overrides import OverrideLine
    from storage.records.database import Database

SAID_ELSEWHERE = frozenset({"Rule", "Source"})


def working(
    database: Database,
    kind: str,
    subject: str,
    rule: str,
    cycle: int | None,
    today: date,
    line: DueLine | None = None,
    who: Callable[[str], str] = str,
) -> Working:
    """Return the working behind one cycle of a rule or series; ``line`` adds what people decided about it.

    ``who`` says how a worker's name is shown.
    """
    packs = database.packs()
    seen = database.subjects.of(database.reader(), kind, subject)
    assert seen is not None
    found = explain(seen, packs.rulebook, packs.calendar(seen.nation), rule, cycle)
    due = found.obligation.legal_due
    decided = case_overrides(database.reader(), subject) if kind == SubjectKind.CASE else []
    return Working(
        title=f"{f'Why {show_day(due)}' if due else 'Why no date'}: {found.rule.title}, {subject}",
        plain=found.rule.plain,
        steps=[
            _step(step, without_deciders(detail, decided, who), day)
            for step, detail, day in found.steps
            if step not in SAID_ELSEWHERE
        ],
        sources=[_source(found, citation) for citation in found.rule.citations],
        remarks=[
            *_council(database, line, today),
            *_remarks(found, line, today, _own_interval(database, decided, found, today, who)),
        ],
    )


def _step(step: str, detail: str, day: date | None) -> tuple[str, str, date | None]:
    """Return a step with its day out of the words and into the column of days."""
    if day is None:
        return step, detail, None
    shown = show_day(day)
    for words in (f" on {shown}", f": {shown}", f"Due by {shown}", shown):
        if detail.endswith(words):
            return step, detail.removesuffix(words), day
    return step, detail, day


def _source(found: Explanation, citation: Any) -> str:
    return cited(found.rule.tier.capitalize(), citation)


def cited(whose: str, citation: Any) -> str:
    """Return a citation with whether it was read in its source, and when that was checked."""
    checked = f"{MONTHS[citation.checked.month - 1]} {citation.checked.year}"
    seen = f"read in its source, checked {checked}" if citation.verified else f"not seen in its source, as of {checked}"
    return f"{whose}: {citation.text}\n{citation.source} ({seen}, {citation.confidence})"


def _council(database: Database, line: DueLine | None, today: date) -> Iterable[str]:
    found = council_line(database.reader(), database.packs(), line)
    if found is not None and found.days and found.line.council_due:
        yield f"The council's own system says {show_day(found.line.council_due, today)}, {found.words}."


def _own_interval(
    database: Database, decided: list[OverrideLine], found: Explanation, today: date, who: Callable[[str], str]
) -> Iterable[str]:
    """Say what was decided for this one case, and what became of it."""
    names = {rule.id for rule in database.packs().rulebook.all_rules.values() if rule.series == found.rule.series}
    for one in of_series(decided, found.rule.series, *names):
        until = f", until {show_day(one.ended_on, today)}" if one.ended_on else ""
        yield (
            f"On this case {one.words}, decided {show_day(one.decided_on, today)} by {who(one.decided_by)}{until}: "
            f"{one.reason}. To be looked at again {show_day(one.review_on, today)}."
        )


def _remarks(found: Explanation, line: DueLine | None, today: date, own: Iterable[str]) -> Iterable[str]:
    if not found.rule.verified:
        yield "? unverified: nobody has read this figure in its source. Take it as a local default."
    yield from own
    if line is not None and line.postponed_to:
        yield f"Planned for {show_day(line.postponed_to, today)} instead: {line.postponed_why}"
        yield "The legal date stays as it is."
    yield f"Pack {found.rule.pack}: {'as it comes' if _shipped(found.rule.pack) else 'a pack of your own'}."


def _shipped(pack: str) -> bool:
    return pack in {path.stem for path in SHIPPED.glob("*.toml")}
