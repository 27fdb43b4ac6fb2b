"""Record what happened on a case: the kind by a few letters, then the day and the small facts that kind has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.ids import SubjectKind
from storage import views
from tui import deeds
from tui.dialogs.asking import answer, ask
from tui.dialogs.choose import Choice, Picker
from tui.dialogs.form import CHOICE, DAY, LINE, NOTE, YES, Field

if TYPE_CHECKING:
    import sqlite3

    from tui.deeds import Deed
    from tui.screens.base import Page

Kinds = Mapping[str, Mapping[str, Any]]
YES_NO = (Choice("yes", "yes"), Choice("no", "no"))
SEEN = "space ticks it; a visit at which the child was not seen answers no rule"
_PREFIX = "detail_"


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
        mine: list[Choice | None] = [c for c in self._first if c.matches(letters)]
        others = [c for c in self._others if letters.strip() and c.matches(letters)]
        self.put([*mine, *([None] if mine and others else []), *others])


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
    """Return what to ask about an event: the day, the details its kind has, a note."""
    details = [_detail(kind, detail, (given or {}).get(detail["name"])) for detail in says.get("details", ())]
    return [
        Field("on", "Happened on", DAY, on, required=True),
        *details,
        Field("note", "Note", NOTE, note),
    ]


def _detail(kind: str, detail: Mapping[str, Any], given: Any) -> Field:
    name, label = f"{_PREFIX}{detail['name']}", str(detail["title"])
    match detail.get("type", "yes_no"):
        case "yes_no" if kind.endswith("_visit"):
            return Field(name, label, YES, given is True, hint=SEEN if detail["name"] == "seen" else "")
        case "yes_no":
            return Field(name, label, CHOICE, {True: "yes", False: "no"}.get(given, ""), YES_NO)
        case "code":
            return Field(name, label, CHOICE, str(given or ""), [Choice(code, code) for code in detail["codes"]])
        case _:
            return Field(name, label, LINE, "" if given is None else str(given))


def details_of(says: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, str | bool | int]:
    """Return the details that were filled in, as an event keeps them."""
    found: dict[str, str | bool | int] = {}
    for detail in says.get("details", ()):
        value = values[f"{_PREFIX}{detail['name']}"]
        if value in (None, ""):
            continue
        if detail.get("type", "yes_no") == "yes_no":
            value = value is True or value == "yes"
        elif detail.get("type") == "number" and str(value).lstrip("-").isdecimal():
            value = int(value)
        found[detail["name"]] = value
    return found


def _kinds(conn: sqlite3.Connection, reference: str, today: date) -> tuple[Kinds, list[Choice], list[Choice]]:
    """Return the kinds of event, and as choices: what is due and the case's own first, and all the others."""
    kinds = {k: s for k, s in views.Packs(conn).all("event_kind").items() if s.get("applies_to") == SubjectKind.CASE}
    card = views.case_card(conn, reference, today)
    pathways = set(card.pathways) if card else set()
    due = {kind: line for line in reversed(list(views.due(conn, today=today, case=reference))) for kind in line.answers}
    mine = [k for k, says in kinds.items() if k in due or not says["pathways"] or pathways & set(says["pathways"])]
    mine.sort(key=lambda k: (k not in due, due[k].legal_due or date.max if k in due else date.max))
    awaited = {k: f"due: {due[k].title}" for k in due}
    first = _choices(kinds, mine, awaited)
    return kinds, first, _choices(kinds, [k for k in kinds if k not in mine], {})


def _choices(kinds: Kinds, names: Iterable[str], quiet: Mapping[str, str]) -> list[Choice]:
    return [Choice(name, str(kinds[name]["title"]), quiet.get(name, "")) for name in names]
