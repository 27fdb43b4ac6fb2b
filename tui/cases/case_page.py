"""Everything a case's screen shows, read at once, and its timeline: what was, what is to come, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.cases.contradictions import all_gaps
from domain.cases.outcomes import outcome_of
from domain.core.dates import show_day
from domain.core.enums import ROLE_TITLES, Outcome, Pathway, Role
from domain.core.errors import AlmonerError, NotFound
from domain.due.engine import derive
from storage.cases import case_page
from storage.cases.case_history import case_history
from storage.due import due_list
from storage.due.overrides import case_overrides
from storage.due.subjects import case_subjects
from storage.rules.kept_packs import Packs
from tui.core.look import in_words

if TYPE_CHECKING:
    from domain.cases.subject import Gap
    from domain.due.obligation import Obligation
    from domain.load.scoring import Score
    from storage.cases.case_history import ChangeLine
    from storage.cases.case_page import AllocationLine, CaseCard, EventLine, WeightingLine
    from storage.due.due_list import DueLine
    from storage.due.overrides import OverrideLine
    from storage.records.database import Database

EVENT, MARK, NOW, GAP, DUE = "event", "mark", "now", "gap", "due"
DOUBT = "doubt"  # a gap that is a contradiction: nothing is missing, but not all of it can be right


@dataclass(frozen=True, slots=True)
class TimeRow:
    """A line of the timeline. ``state`` is how it stands, ``more`` the quieter words: a worker's name is ``whose``."""

    key: str
    kind: str
    day: date | None
    title: str
    state: str = ""
    more: str = ""
    days: int | None = None
    event: EventLine | None = None
    line: DueLine | None = None
    whose: str = ""


class CaseFile(NamedTuple):
    """A case with all that hangs on it."""

    card: CaseCard
    timeline: Sequence[TimeRow]
    late: int
    allocations: Sequence[AllocationLine]
    weightings: Sequence[WeightingLine]
    score: Score | None
    scheme_title: str
    history: Sequence[ChangeLine]
    overrides: Sequence[tuple[str, OverrideLine]] = ()


def read_case(database: Database, reference: str, today: date, *, whole: bool = True) -> CaseFile:
    """Read a case; raises NotFound when there is none.

    Without ``whole`` what needs the packs is left out (gaps, how late things were, the lines of the points), so that
    there is something to see while they load.
    """
    conn = database.reader()
    card = case_page.case_card(conn, reference, today)
    if card is None:
        raise NotFound(f"There is no case {reference!r}.", field="case", hint="Press g to look for another.")
    packs = Packs(conn)
    gaps, answered = _derived(database, reference, today) if whole else ((), {})
    lines = list(due_list.due(conn, today=today, case=reference))
    allocations = case_page.case_allocations(conn, reference)
    rows = [
        *_past(card, case_page.case_events(conn, reference), allocations, packs, answered),
        TimeRow("now", NOW, today, "today"),
        *(TimeRow(f"gap:{n}", GAP, None, g.message, "" if g.series else DOUBT) for n, g in enumerate(gaps)),
        *(_due_row(line, today) for line in lines),
    ]
    late = sum(1 for line in lines if line.legal_due and line.legal_due < today)
    weightings = case_page.case_weightings(conn, reference)
    score = _scored(database, card, weightings) if whole else None
    title = packs.title("scheme", card.scheme)
    history = case_history(conn, reference)
    overrides = [(_rule_title(packs, one.rule), one) for one in case_overrides(conn, reference)]
    return CaseFile(card, rows, late, allocations, weightings, score, title, history, overrides)


def _rule_title(packs: Packs, name: str) -> str:
    """Return the title of a rule; of a series, that of the last rule that takes turns in it."""
    turns = [str(says["title"]) for says in packs.all("rule").values() if says.get("series") == name]
    return packs.title("rule", name) if packs.get("rule", name) or not turns else turns[-1]


def _derived(
    database: Database, reference: str, today: date
) -> tuple[Sequence[Gap], Mapping[tuple[str, date], Obligation]]:
    """Return what the case's events leave open, and which obligation each (kind of event, day) answered."""
    packs = database.packs()
    subject = next(case_subjects(database.reader(), [reference]))
    found = derive(subject, packs.rulebook, packs.calendar(subject.nation))
    answered: dict[tuple[str, date], Obligation] = {}
    latest_due_first = sorted(found.obligations, key=lambda one: one.legal_due or date.max, reverse=True)
    for one in latest_due_first:  # of several that an event answered, the one it was latest for stands
        rule = packs.rulebook.rule(one.rule)
        if one.held_on is not None and rule is not None:
            answered.update({(trigger.kind, one.held_on): one for trigger in rule.answers})
    return all_gaps(subject, found.gaps, packs.rulebook.titles, today), answered


def _past(
    card: CaseCard,
    events: Iterable[EventLine],
    allocations: Iterable[AllocationLine],
    packs: Packs,
    answered: Mapping[tuple[str, date], Obligation],
) -> list[TimeRow]:
    rows = [TimeRow("opened", MARK, card.opened, "Case opened")]
    rows += _holders(allocations)
    rows += [_event_row(event, packs, answered.get((event.kind, event.on))) for event in events]
    if card.closed:
        rows.append(TimeRow("closed", MARK, card.closed, "Case closed", more=card.close_reason))
    return sorted(rows, key=lambda row: row.day or date.max)


def _holders(allocations: Iterable[AllocationLine]) -> Iterator[TimeRow]:
    for held in allocations:
        role = ROLE_TITLES[Role(held.role)]
        yield TimeRow(
            f"from:{held.id}", MARK, held.starts, role, more=held.worker_name, state="worker", whose=held.worker
        )


def _event_row(event: EventLine, packs: Packs, answered: Obligation | None) -> TimeRow:
    says = packs.get("event_kind", event.kind)
    if "outcome" not in _names(says) and (outcome := outcome_of(event.details)) is not Outcome.HELD:
        return _not_held_row(event, packs, outcome)
    words = [*_details(says, event.details), *([event.note] if event.note else [])]
    due = answered.legal_due if answered else None
    days = (event.on - due).days if due else None
    if due and event.on > due:
        words.insert(0, f"was due {show_day(due)}")
    title = packs.title("event_kind", event.kind)
    return TimeRow(f"event:{event.id}", EVENT, event.on, title, "held", "; ".join(words), days, event=event)


def _not_held_row(event: EventLine, packs: Packs, outcome: Outcome) -> TimeRow:
    """A meeting or visit that was called off or broken off: it answers nothing, and says why."""
    words = [str(said) for said in (event.details.get("reason"), event.note) if said]
    title = not_held_title(packs.title("event_kind", event.kind))
    return TimeRow(f"event:{event.id}", EVENT, event.on, title, outcome.value, "; ".join(words), event=event)


def not_held_title(title: str) -> str:
    """Return the title of a kind of event without saying that it was held."""
    return title.removesuffix(" held").removesuffix(" done")


def _names(says: Mapping[str, Any]) -> set[str]:
    return {detail["name"] for detail in says.get("details", ())}


def _details(says: Mapping[str, Any], details: Mapping[str, Any]) -> Iterator[str]:
    """Say the details of an event in words: what is true by its title, what is not as such."""
    titles = {detail["name"]: str(detail["title"]) for detail in says.get("details", ())}
    for name in sorted(details, key=[*titles, *details].index):
        value = details[name]
        title = titles.get(name, name.replace("_", " "))
        if value is True:
            yield title.lower()
        elif value is False:
            yield f"not {title.lower()}"
        else:
            yield f"{title.lower()} {in_words(str(value))}"


def _due_row(line: DueLine, today: date) -> TimeRow:
    words = []
    if line.postponed_to:
        words.append(f"planned for {show_day(line.postponed_to, today)}: {line.postponed_why}")
    elif line.plan_by and line.plan_by != line.legal_due:
        words.append(f"plan by {show_day(line.plan_by, today)}")
    if line.council_due and line.council_due != line.legal_due:
        words.append(f"council's date {show_day(line.council_due, today)}")
    return TimeRow(f"due:{line.id}", DUE, line.legal_due, line.title, more="; ".join(words), line=line)


def _scored(database: Database, card: CaseCard, weightings: Iterable[WeightingLine]) -> Score | None:
    """Return the lines behind the case's points today."""
    from domain.load.weighting import default_answers, score

    try:
        scheme = database.packs().scheme(card.scheme)
        last = next((w for w in weightings if w.scheme == card.scheme), None)
        assumed = default_answers(scheme, [Pathway(p) for p in card.pathways], further=card.further)
        answers = last.answers if last else assumed
        return score(scheme, answers, last.uplift if last else 0)
    except AlmonerError:  # answers given under an older version of the scheme may no longer fit it
        return None


def cursor_of(file: CaseFile) -> str:
    """Return the key of the line to begin on: what is due first, or today."""
    return next((row.key for row in file.timeline if row.kind == DUE), "now")
