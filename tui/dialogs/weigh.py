"""Weigh a case: the questions of its team's scheme, the present answers chosen, the points counted as one goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.widgets import Select, Static

from domain.dates import show_day
from domain.errors import BadInput, NotFound
from storage import views
from tui import deeds
from tui.dialogs.asking import ask
from tui.dialogs.choose import Choice
from tui.dialogs.form import CHOICE, DAY, NOTE, Field, Form
from tui.text import show
from tui.words import hundredths

if TYPE_CHECKING:
    from datetime import date

    from domain.weighting import Scheme
    from storage.database import Database
    from storage.views import CaseCard, WeightingLine
    from tui.deeds import Deed
    from tui.screens.base import Page

_PREFIX = "factor_"


class Weighing(NamedTuple):
    """A case, its scheme, the answers to begin with, and the last weighing if there was one."""

    card: CaseCard
    scheme: Scheme
    answers: Mapping[str, str]
    last: WeightingLine | None


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
    return Weighing(card, scheme, {**assumed, **(last.answers if last else {})}, last)


def weigh_form(found: Weighing) -> type[Form]:
    """Return a form that counts the points of ``found`` as its answers change."""

    class WeighForm(Form):
        """The questions, and what the answers come to."""

        DEFAULT_CSS = """
        WeighForm #total { height: 1; text-style: bold; }
        """

        def body(self) -> ComposeResult:
            """The questions, and the total below."""
            yield from super().body()
            yield Static("", id="total")

        @on(Select.Changed)
        def _answered(self) -> None:
            chosen = {s.id: s.value for s in self.query(Select) if not s.is_blank()}
            points = 0
            for factor in found.scheme.factors:
                option = factor.option(str(chosen.get(f"field-{_PREFIX}{factor.id}", "")))
                points += option.points if option else 0
            self.query_one("#total", Static).update(show(f"Comes to {hundredths(points)} points{_was(found)}."))

    return WeighForm


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
        lambda unit, v: deeds.weigh(unit, reference, found.scheme.id, v["on"], _answers(found, v), v["note"]),
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
            [Choice(o.value, o.title, f"{hundredths(o.points)} points") for o in factor.options],
            hint=factor.question,
            required=True,
        )
        for factor in found.scheme.factors
    ]
    return [*questions, Field("on", "Weighed on", DAY, "today", required=True), Field("note", "Note", NOTE)]


def _answers(found: Weighing, values: Mapping[str, object]) -> dict[str, str]:
    return {factor.id: str(values[f"{_PREFIX}{factor.id}"]) for factor in found.scheme.factors}


def _about(found: Weighing, today: date) -> str:
    if found.last is None:
        return "Nobody has weighed it yet: these answers are assumed from its pathways."
    return f"Last weighed {show_day(found.last.on, today)} by {found.last.changed_by}."
