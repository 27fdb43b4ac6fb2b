"""Weigh a case: the questions of its team's scheme, the present answers chosen, the points counted as one goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Select, Static

from domain.capacity import hundredths as as_hundredths
from domain.dates import show_day
from domain.errors import BadInput, NotFound
from domain.ids import WEIGH_REASON_TITLES, WeighReason
from storage import views
from storage.weighdue import ALLOCATED, NEVER, REASONS, STEP, SUPERVISED, Reason, weigh_due
from tui import deeds
from tui.dialogs.asking import amend, ask
from tui.dialogs.choose import Choice
from tui.dialogs.form import CHOICE, DAY, NOTE, Field, Form
from tui.text import show
from tui.words import hundredths

if TYPE_CHECKING:
    from domain.weighting import Factor, Option, Scheme
    from storage.database import Database
    from storage.points import Weighed
    from storage.views import CaseCard, WeightingLine
    from tui.deeds import Deed
    from tui.screens.base import Page

_PREFIX = "factor_"
ONE = 100  # points are hundredths
_OCCASIONS = {NEVER: WeighReason.FIRST, ALLOCATED: WeighReason.ALLOCATION, SUPERVISED: WeighReason.SUPERVISION}
_LESS = ("ended", "ceased", "discharged", "left")  # how the titles of events say that a case steps down
_AGREED = (
    Field("agreed_worker", "Agreed, worker", DAY, hint="the day the worker agreed; empty while not"),
    Field("agreed_supervisor", "Agreed, supervisor", DAY, hint="the day the supervisor agreed; empty while not"),
)


class Weighing(NamedTuple):
    """A case, its scheme, the answers to begin with, the last weighing if there was one, and why it is due again."""

    card: CaseCard
    scheme: Scheme
    answers: Mapping[str, str]
    last: WeightingLine | None
    due: Reason | None


def weighing(database: Database, reference: str, today: date) -> Weighing:
    """Read what weighing a case begins with."""
    from domain.ids import Pathway
    from domain.weighting import default_answers

    conn = database.reader()
    card = views.case_card(conn, reference, today)
    if card is None:
        raise NotFound(f"There is no case {reference!r} any more.", field="case")
    scheme = database.packs().scheme(card.scheme)
    last = next((w for w in views.case_weightings(conn, reference) if w.scheme == card.scheme), None)
    assumed = default_answers(scheme, [Pathway(p) for p in card.pathways])
    due = weigh_due(conn, card.team, today, reference)
    given = {n: v for n, v in (last.answers if last else {}).items() if (f := scheme.factor(n)) and f.option(v)}
    return Weighing(card, scheme, {**assumed, **given}, last, due[0].reasons[0] if due else None)


def weigh_form(found: Weighing) -> type[Form]:
    """Return a form that counts the points of ``found`` as its answers change."""

    class WeighForm(Form):
        """The questions, and what the answers come to."""

        DEFAULT_CSS = """
        WeighForm > .dialog > VerticalScroll { max-height: 60vh; }
        WeighForm #total { height: 1; text-style: bold; }
        """

        def body(self) -> ComposeResult:
            """The questions, and the total below."""
            yield from super().body()
            yield Static("", id="total")

        @on(Select.Changed)
        @on(Input.Changed, "#field-uplift")
        def _answered(self) -> None:
            chosen = {s.id: s.value for s in self.query(Select) if not s.is_blank()}
            answers = {f.id: str(chosen.get(f"field-{_PREFIX}{f.id}", "")) for f in found.scheme.factors}
            by_hand = self.query("#field-uplift").results(Input)
            self.query_one("#total", Static).update(
                show(f"{_comes_to(found, answers, next((i.value for i in by_hand), ''))}{_was(found)}.")
            )

    return WeighForm


def _comes_to(found: Weighing, answers: Mapping[str, str], by_hand: str) -> str:
    from domain.weighting import score

    try:
        points = score(found.scheme, answers, _uplift(by_hand)).points
    except BadInput as refusal:
        return f"Not counted: {refusal.message.rstrip('.')}"
    return f"Comes to {hundredths(points)} {found.scheme.unit}"


def _uplift(text: str | None) -> int:
    if not (text or "").strip():
        return 0
    try:
        return as_hundredths(str(text).strip().replace("+", "").replace("−", "-").replace(",", "."))
    except ValueError as error:
        raise BadInput(f"uplift: {error}.", field="uplift") from None


def _was(found: Weighing) -> str:
    return f" (now {hundredths(found.card.points)}{', assumed' if found.card.assumed else ''})"


async def weigh(page: Page, reference: str) -> Deed | None:
    """Ask the scheme's questions about a case, and keep the answers."""
    today = page.office.today
    found = await page.office.desk.call(lambda database: weighing(database, reference, today))
    if not found.scheme.factors:
        raise BadInput(
            f"{found.scheme.title} has no points yet.",
            hint="Fill in its questions in a pack of your own, or choose another scheme for the team.",
        )
    return await ask(
        page,
        f"Weigh {reference}: {found.scheme.title}",
        _fields(found),
        lambda unit, v: deeds.weigh(unit, reference, found.scheme.id, _answers(found, v), _taken(v)),
        about=_about(found, today),
        form=weigh_form(found),
    )


def _fields(found: Weighing) -> list[Field]:
    questions = [
        Field(
            f"{_PREFIX}{factor.id}",
            factor.title,
            CHOICE,
            found.answers.get(factor.id, ""),
            [Choice(o.value, o.title, _worth(o, factor, found)) for o in factor.options],
            hint=factor.question,
            required=True,
        )
        for factor in found.scheme.factors
    ]
    occasions = [Choice(reason.value, title) for reason, title in WEIGH_REASON_TITLES.items()]
    return [
        *questions,
        *_by_hand(found),
        Field("why", "Occasion", CHOICE, _occasion(found).value, occasions, required=True),
        Field("on", "Weighed on", DAY, "today", required=True),
        *_AGREED,
        Field("note", "Note", NOTE),
    ]


def _worth(option: Option, factor: Factor, found: Weighing) -> str:
    if not isinstance(option.points, dict):
        unit = "point" if option.points == ONE and found.scheme.unit == "points" else found.scheme.unit
        return f"{hundredths(option.points)} {unit}"
    each = " / ".join(hundredths(points) for points in option.points.values())
    other = found.scheme.factor(factor.by or "")
    return f"{each} by {other.title.lower() if other else factor.by}"


def _by_hand(found: Weighing) -> list[Field]:
    """Return the fields for points given by hand, where the scheme allows any."""
    most = found.scheme.most_uplift
    if not most:
        return []
    given = hundredths(found.last.uplift) if found.last and found.last.uplift else ""
    hint = f"at most {hundredths(most)} more or less, with a reason; empty for none"
    reason = found.last.uplift_reason if found.last else ""
    return [Field("uplift", "By hand", value=given, hint=hint), Field("uplift_reason", "Why by hand", value=reason)]


def _occasion(found: Weighing) -> WeighReason:
    due = found.due
    if due is not None and due.why == STEP:
        return WeighReason.STEP_DOWN if any(word in due.what.split() for word in _LESS) else WeighReason.STEP_UP
    return _OCCASIONS.get(due.why if due else "", WeighReason.REVIEW)


def _answers(found: Weighing, values: Mapping[str, object]) -> dict[str, str]:
    return {factor.id: str(values[f"{_PREFIX}{factor.id}"]) for factor in found.scheme.factors}


def _taken(values: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in values.items() if not name.startswith(_PREFIX)}
    return {**kept, "uplift": _uplift(kept["uplift"])} if "uplift" in kept else kept


def _about(found: Weighing, today: date) -> str:
    if found.last is None:
        return "Nobody has weighed it yet: these answers are assumed from its pathways. ctrl+s takes them as they are."
    said = f"Last weighed {show_day(found.last.on, today)} by {found.last.changed_by}."
    due = found.due
    if due is None:
        return said
    what = f" ({due.what})" if due.what else ""
    return f"{said} {REASONS[due.why]}, {show_day(due.since, today)}{what}."


async def agree(page: Page, reference: str, weighed: Weighed) -> Deed | None:
    """Note on which day the worker and the supervisor agreed to a weighing."""
    today = page.office.today
    fields = [
        Field("agreed_worker", "Worker", DAY, _written(weighed.agreed_worker)),
        Field("agreed_supervisor", "Supervisor", DAY, _written(weighed.agreed_supervisor)),
    ]
    return await amend(
        page,
        f"Agree the weighing of {reference}",
        fields,
        ("weighting", weighed.id),
        lambda unit, changes, seen: deeds.agree_weighing(unit, weighed.id, reference, changes, seen),
        taken=_days,
        about=f"Weighed {show_day(weighed.on, today)} at {hundredths(weighed.points)}. Give the day each agreed.",
    )


def _written(day: date | None) -> str:
    return day.isoformat() if day else ""


def _days(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value or None for name, value in values.items()}
