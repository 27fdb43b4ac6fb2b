"""Record what happened on a case: the kind by a few letters, then the day and the small facts that kind has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.cases.cases import EventFields
from domain.cases.outcomes import outcome_of, takes_outcome
from domain.core.dates import show_day
from domain.core.enums import OUTCOME_TITLES, Outcome, SubjectKind
from domain.core.errors import BadInput
from domain.core.text import whole_number
from storage.cases import case_page
from storage.due import due_list
from storage.records import acts
from storage.rules.kept_packs import Packs
from tui.core.choice import Choice, found
from tui.core.look import in_words
from tui.dialogs.ask import Values, answer, ask
from tui.dialogs.choose import Picker
from tui.dialogs.form import CHOICE, DAY, LINE, NOTE, YES, Field
from tui.due.done_text import DoneText, small, with_dates

if TYPE_CHECKING:
    from storage.database.connection import Connection
    from storage.records.unit import Unit
    from tui.core.page import Page

Kinds = Mapping[str, Mapping[str, Any]]
YES_NO = (Choice("yes", "yes"), Choice("no", "no"))
OUTCOMES = [Choice(outcome.value, OUTCOME_TITLES[outcome]) for outcome in Outcome]
HELD, NOT_HELD = {Outcome.HELD.value}, {outcome.value for outcome in Outcome} - {Outcome.HELD.value}
SEEN = "space ticks it; a visit at which the child was not seen answers no rule"
_PREFIX = "detail_"
_OUTCOME, _REASON = "outcome", "reason"


class KindDialog(Picker):
    """Answers a kind of event: what is due first, then what belongs to the case's pathways; letters find any."""

    PROMPT = "a few letters: review, visit, placed"
    NOTHING = "No kind of event matches. Try another word."

    def __init__(self, reference: str, first: Sequence[Choice], others: Sequence[Choice]) -> None:
        super().__init__(f"What happened on {reference}?")
        self._first = first
        self._others = others

    def offer(self, letters: str) -> None:
        """Show the kinds that match; those of other pathways only when asked for by letters."""
        mine = found(self._first, letters)
        others = found(self._others, letters) if letters.strip() else []
        groups = [group for group in (mine, others) if group]
        groups.sort(key=lambda group: group[0].farness(letters))  # nobody who types the whole word gets another line
        self.put([one for group in groups for one in (None, *group)][1:])


async def record_event(page: Page, reference: str, awaited: Sequence[str] = ()) -> DoneText | None:
    """Ask what happened on a case and when, and record it; kinds that are ``awaited`` come first."""
    today = page.office.today
    kinds, first, others = await page.office.desk.read(lambda conn: _kinds(conn, reference, today))
    first = sorted(first, key=lambda choice: choice.key not in awaited)
    kind = await answer(page, KindDialog(reference, first, others))
    return None if kind is None else await record_kind(page, reference, kind, kinds[kind])


async def record_kind(
    page: Page, reference: str, kind: str, says: Mapping[str, Any], about: str = ""
) -> DoneText | None:
    """Ask when a known kind of event happened, and its details, and record it."""
    title = title_of(kind, says)

    def doing(unit: Unit, values: Values) -> DoneText:
        return recorded(unit, reference, kind, title, values["on"], details_of(says, values), values["note"])

    return await ask(page, f"{title}: {reference}", event_fields(kind, says), doing, about=about)


def title_of(kind: str, says: Mapping[str, Any]) -> str:
    """Return what a kind of event is called."""
    return str(says.get("title") or kind.replace("_", " "))


def recorded(
    unit: Unit, reference: str, kind: str, title: str, on: date, details: Mapping[str, Any], note: str
) -> DoneText:
    """Record what happened on a case, and say what followed; what was not held says so, and stays due."""
    done = acts.record(unit, EventFields(case=reference, kind=kind, on=on, details=dict(details), note=note))
    outcome = outcome_of(details)
    held = outcome is Outcome.HELD
    if not held:
        title = f"{title.removesuffix(' held')} {OUTCOME_TITLES[outcome].lower()}"
    words = f"Recorded on {reference}: {small(title)}, {show_day(on, unit.today)}."
    return with_dates(unit, words, on, reference, done.followed, held=held)


def event_fields(
    kind: str, says: Mapping[str, Any], on: object = "today", given: Mapping[str, Any] | None = None, note: str = ""
) -> list[Field]:
    """Return what to ask about an event: the day, the details its kind has, what became of it, a note."""
    given = given or {}
    details = [_detail(kind, detail, given.get(detail["name"])) for detail in says.get("details", ())]
    outcome = []
    if takes_outcome(kind, _names(says)):
        details = [replace(field, when=(_OUTCOME, HELD)) for field in details]
        outcome = [
            Field(_OUTCOME, "Outcome", CHOICE, outcome_of(given).value, OUTCOMES, required=True),
            Field(_REASON, "Because", LINE, str(given.get("reason", "")), when=(_OUTCOME, NOT_HELD)),
        ]
    return [
        Field("on", "Happened on", DAY, on, required=True),
        *details,
        *outcome,
        Field("note", "Note", NOTE, note),
    ]


def _names(says: Mapping[str, Any]) -> set[str]:
    return {detail["name"] for detail in says.get("details", ())}


def _detail(kind: str, detail: Mapping[str, Any], given: Any) -> Field:
    name, label = f"{_PREFIX}{detail['name']}", str(detail["title"])
    match detail.get("type", "yes_no"):
        case "day":
            return Field(name, label, DAY, "" if given is None else str(given))
        case "yes_no" if kind.endswith("_visit"):
            return Field(name, label, YES, given is True, hint=SEEN if detail["name"] == "seen" else "")
        case "yes_no":
            return Field(name, label, CHOICE, {True: "yes", False: "no"}.get(given, ""), YES_NO)
        case "code":
            return Field(
                name, label, CHOICE, str(given or ""), [Choice(code, in_words(code)) for code in detail["codes"]]
            )
        case _:
            return Field(name, label, LINE, "" if given is None else str(given))


def details_of(says: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, str | bool | int]:
    """Return the details that were filled in, as an event keeps them; raises BadInput where a reason is needed."""
    found = _not_held(values)
    for detail in says.get("details", ()):
        value = values.get(f"{_PREFIX}{detail['name']}")
        if value in (None, ""):
            continue
        if isinstance(value, date):
            value = value.isoformat()
        if detail.get("type", "yes_no") == "yes_no":
            value = value is True or value == "yes"
        elif detail.get("type") == "number" and whole_number(str(value).removeprefix("-")) is not None:
            value = int(value)
        found[detail["name"]] = value
    return found


def _not_held(values: Mapping[str, Any]) -> dict[str, str | bool | int]:
    """Return the outcome and its reason when the thing was not held; what was held says nothing."""
    outcome = values.get(_OUTCOME)
    if outcome not in NOT_HELD:
        return {}
    if not values.get(_REASON):
        raise BadInput(f"Say why it was {in_words(str(outcome))}.", field=_REASON)
    return {"outcome": str(outcome), "reason": str(values[_REASON])}


def _kinds(conn: Connection, reference: str, today: date) -> tuple[Kinds, list[Choice], list[Choice]]:
    """Return the kinds of event, and as choices: what is due and the case's own first, and all the others."""
    packs = Packs(conn)
    kinds = {k: s for k, s in packs.all("event_kind").items() if s.get("applies_to") == SubjectKind.CASE}
    card = case_page.case_card(conn, reference, today)
    pathways = set(card.pathways) if card else set()
    due = {
        kind: line for line in reversed(list(due_list.due(conn, today=today, case=reference))) for kind in line.answers
    }
    mine = [k for k, says in kinds.items() if k in due or not says["pathways"] or pathways & set(says["pathways"])]
    mine.sort(key=lambda k: (k not in due, due[k].legal_due or date.max if k in due else date.max))
    rules = packs.all("rule")
    quiet = {k: f"then due: {rules[r]['title']}" for k, s in kinds.items() for r in s["starts"][:1] if r in rules}
    quiet |= {k: f"due: {line.title}" for k, line in due.items()}
    first = _choices(kinds, mine, quiet)
    return kinds, first, _choices(kinds, [k for k in kinds if k not in mine], quiet)


def _choices(kinds: Kinds, names: Iterable[str], quiet: Mapping[str, str]) -> list[Choice]:
    return [Choice(name, str(kinds[name]["title"]), quiet.get(name, "")) for name in names]
