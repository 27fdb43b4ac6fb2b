"""Weigh a case: the questions of its team's scheme, the present answers chosen, the points counted as one goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Select, Static

from domain.core.dates import show_day
from domain.core.enums import WEIGH_REASON_TITLES, Pathway, WeighReason
from domain.core.errors import BadInput, NotFound
from domain.core.hundredths import parse_hundredths as as_hundredths
from domain.load.records import Weighting, WeightingFields
from domain.load.weighting import default_answers, score
from storage.cases import case_page
from storage.load.to_weigh import ALLOCATED, NEVER, REASONS, STEP, SUPERVISED, Reason, weigh_due
from storage.records import acts
from tui.core.choice import Choice, titled
from tui.core.look import hundredths
from tui.core.text import show
from tui.dialogs.ask import Values, ask
from tui.dialogs.form import CHOICE, Field, Form
from tui.dialogs.record_form import amend, asked, taken

if TYPE_CHECKING:
    from domain.load.schemes import Factor, Option, Scheme
    from storage.cases.case_page import CaseCard, WeightingLine
    from storage.load.history.points_history import Weighed
    from storage.records.database import Database
    from storage.records.unit import Unit
    from tui.core.page import Page

_PREFIX = "factor_"
ONE = 100  # points are hundredths
_OCCASIONS = {NEVER: WeighReason.FIRST, ALLOCATED: WeighReason.ALLOCATION, SUPERVISED: WeighReason.SUPERVISION}
_LESS = ("ended", "ceased", "discharged", "left")  # how the titles of events say that a case steps down
AGREED = ("agreed_worker", "agreed_supervisor")


class Weighing(NamedTuple):
    """A case, its scheme, the answers to begin with, the last weighing if there was one, and why it is due again."""

    card: CaseCard
    scheme: Scheme
    answers: Mapping[str, str]
    last: WeightingLine | None
    due: Reason | None


def weighing(database: Database, reference: str, today: date) -> Weighing:
    """Read what weighing a case begins with."""
    conn = database.reader()
    card = case_page.case_card(conn, reference, today)
    if card is None:
        raise NotFound(f"There is no case {reference!r} any more.", field="case")
    scheme = database.packs().scheme(card.scheme)
    last = next((w for w in case_page.case_weightings(conn, reference) if w.scheme == card.scheme), None)
    assumed = default_answers(scheme, [Pathway(p) for p in card.pathways], further=card.further)
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
    try:
        points = score(found.scheme, answers, _uplift(by_hand)).points
    except BadInput as refusal:
        return f"Not counted: {refusal.within_words.rstrip('.')}"
    return f"Comes to {hundredths(points)} {found.scheme.unit}"


def _uplift(text: str | None) -> int:
    if not (text or "").strip():
        return 0
    try:
        return as_hundredths(str(text).strip().replace("+", "").replace("−", "-").replace(",", "."))
    except ValueError as error:
        raise BadInput(f"{error}.", field="uplift", where="uplift") from None


def _was(found: Weighing) -> str:
    return f" (now {hundredths(found.card.points)}{', assumed' if found.card.assumed else ''})"


async def weigh(page: Page, reference: str) -> str | None:
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
        lambda unit, values: _weigh(unit, reference, found, values),
        about=_about(found, today),
        form=weigh_form(found),
    )


def _weigh(unit: Unit, reference: str, found: Weighing, values: Values) -> str:
    given = {"case": reference, "scheme": found.scheme.id, "answers": _answers(found, values), **_taken(values)}
    kept = acts.record(unit, WeightingFields.model_validate(given)).record
    return f"{reference} weighs {hundredths(kept.points)} points."


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
    given: Values = {"why": _occasion(found), "on": "today"}
    if found.last and found.last.uplift:
        given |= {"uplift": found.last.uplift, "uplift_reason": found.last.uplift_reason}
    most = found.scheme.most_uplift  # points by hand, where the scheme allows any
    by_hand = ("uplift", "uplift_reason") if most else ()
    hints = {
        "uplift": f"at most {hundredths(most)} more or less, with a reason; empty for none",
        "agreed_worker": "the day the worker agreed; empty while not",
        "agreed_supervisor": "the day the supervisor agreed; empty while not",
    }
    names = (*by_hand, "why", "on", *AGREED, "note")
    options = {"why": titled(WEIGH_REASON_TITLES)}
    return [*questions, *asked(WeightingFields, *names, given=given, options=options, hints=hints, needed={"why"})]


def _worth(option: Option, factor: Factor, found: Weighing) -> str:
    if not isinstance(option.points, dict):
        unit = "point" if option.points == ONE and found.scheme.unit == "points" else found.scheme.unit
        return f"{hundredths(option.points)} {unit}"
    each = " / ".join(hundredths(points) for points in option.points.values())
    other = found.scheme.factor(factor.by or "")
    return f"{each} by {other.title.lower() if other else factor.by}"


def _occasion(found: Weighing) -> WeighReason:
    due = found.due
    if due is not None and due.why == STEP:
        return WeighReason.STEP_DOWN if any(word in due.what.split() for word in _LESS) else WeighReason.STEP_UP
    return _OCCASIONS.get(due.why if due else "", WeighReason.REVIEW)


def _answers(found: Weighing, values: Mapping[str, object]) -> dict[str, str]:
    return {factor.id: str(values[f"{_PREFIX}{factor.id}"]) for factor in found.scheme.factors}


def _taken(values: Values) -> Values:
    kept = {name: value for name, value in values.items() if not name.startswith(_PREFIX)}
    by_hand = {"uplift": _uplift(kept.pop("uplift"))} if "uplift" in kept else {}
    return {**taken(WeightingFields, kept), **by_hand}


def _about(found: Weighing, today: date) -> str:
    if found.last is None:
        return "Nobody has weighed it yet: these answers are assumed from its pathways. ctrl+s takes them as they are."
    said = f"Last weighed {show_day(found.last.on, today)} by {found.last.changed_by}."
    due = found.due
    if due is None:
        return said
    what = f" ({due.what})" if due.what else ""
    return f"{said} {REASONS[due.why]}, {show_day(due.since, today)}{what}."


async def agree(page: Page, reference: str, weighed: Weighed) -> str | None:
    """Note on which day the worker and the supervisor agreed to a weighing; its points stay as they were given."""
    kept = await page.office.desk.run(lambda unit: unit.get(Weighting, weighed.id))
    titles = {"agreed_worker": "Worker", "agreed_supervisor": "Supervisor"}
    fields = asked(WeightingFields, *AGREED, given=kept.model_dump(), titles=titles)
    on = show_day(weighed.on, page.office.today)
    about = f"Weighed {on} at {hundredths(weighed.points)}. Give the day each agreed."
    return await amend(page, f"Agree the weighing of {reference}", kept, fields, _agreed, about=about)


def _agreed(kept: Weighting, _unit: Unit) -> str:
    return f"{kept.case}: the weighing is agreed."
