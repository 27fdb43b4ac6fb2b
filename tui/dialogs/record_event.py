"""Record what happened on a case: the kind by a few letters, then the day and the small facts that kind has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.errors import BadInput
from domain.ids import OUTCOME_TITLES, Outcome, SubjectKind
from domain.outcomes import outcome_of, takes_outcome
from domain.text import sort_key
from storage import views
from tui import deeds
from tui.dialogs.asking import answer, ask
from tui.dialogs.choose import Choice, Picker
from tui.dialogs.form import CHOICE, DAY, LINE, NOTE, YES, Field
from tui.words import in_words

if TYPE_CHECKING:
    import sqlite3

    from tui.deeds import Deed
    from tui.screens.base import Page

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
        mine: list[Choice | None] = list(_found(self._first, letters))
        others = _found(self._others, letters) if letters.strip() else []
        self.put([*mine, *([None] if mine and others else []), *others])


def _found(choices: Sequence[Choice], letters: str) -> list[Choice]:
    """Return the kinds that match: first those that begin so, then by their own words, then by what they lead to."""
    begun = sort_key(letters).strip()
    return sorted(
        (c for c in choices if c.matches(letters)),
        key=lambda c: (not sort_key(c.words).startswith(begun), not Choice("", c.words).matches(letters)),
    )


async def record_event(page: Page, reference: str, awaited: Sequence[str] = ()) -> Deed | None:
    """Ask what happened on a case and when, and record it; kinds that are ``awaited`` come first."""
    today = page.office.today
    kinds, first, others = await page.office.desk.read(lambda conn: _kinds(conn, reference, today))
    first = sorted(first, key=lambda choice: choice.key not in awaited)
    kind = await answer(page, KindDialog(reference, first, others))
    return None if kind is None else await record_kind(page, reference, kind, kinds[kind])


async def record_kind(page: Page, reference: str, kind: str, says: Mapping[str, Any], about: str = "") -> Deed | None:
    """Ask when a known kind of event happened, and its details, and record it."""
    title = str(says.get("title") or kind.replace("_", " "))
    return await ask(
        page,
        f"{title}: {reference}",
        event_fields(kind, says),
        lambda unit, v: deeds.record_event(unit, reference, kind, title, v["on"], details_of(says, v), v["note"]),
        about=about,
    )


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
        elif detail.get("type") == "number" and str(value).lstrip("-").isdecimal():
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


def _kinds(conn: sqlite3.Connection, reference: str, today: date) -> tuple[Kinds, list[Choice], list[Choice]]:
    """Return the kinds of event, and as choices: what is due and the case's own first, and all the others."""
    packs = views.Packs(conn)
    kinds = {k: s for k, s in packs.all("event_kind").items() if s.get("applies_to") == SubjectKind.CASE}
    card = views.case_card(conn, reference, today)
    pathways = set(card.pathways) if card else set()
    due = {kind: line for line in reversed(list(views.due(conn, today=today, case=reference))) for kind in line.answers}
    mine = [k for k, says in kinds.items() if k in due or not says["pathways"] or pathways & set(says["pathways"])]
    mine.sort(key=lambda k: (k not in due, due[k].legal_due or date.max if k in due else date.max))
    rules = packs.all("rule")
    quiet = {k: f"then due: {rules[r]['title']}" for k, s in kinds.items() for r in s["starts"][:1] if r in rules}
    quiet |= {k: f"due: {line.title}" for k, line in due.items()}
    first = _choices(kinds, mine, quiet)
    return kinds, first, _choices(kinds, [k for k in kinds if k not in mine], quiet)


def _choices(kinds: Kinds, names: Iterable[str], quiet: Mapping[str, str]) -> list[Choice]:
    return [Choice(name, str(kinds[name]["title"]), quiet.get(name, "")) for name in names]
