"""Everybody before and after a plan, as two bars each, and what the plan leaves open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from textual.content import Content

from domain.core.text import plural
from tui.core.look import bar, percent, state
from tui.core.text import show
from tui.planning import weeks_text
from tui.widgets.side import Side

if TYPE_CHECKING:
    from domain.planning.proposals import Balance, Proposal
    from tui.planning.plan_text import Who

NAME, SHARE, BAR = 13, 6, 14


class PlanSide(Side):
    """Everybody's load before and after a plan."""

    def show_plan(self, plan: Proposal, who: Who, today: date) -> None:
        """Show everybody, from change to change, then the cases nobody may take and the notes."""
        lines = list(_lines(plan, who, today))
        self.show_lines(lambda _room: lines)


def _lines(plan: Proposal, who: Who, today: date) -> Iterator[Content]:
    yield show("Before and after", "bold $accent")
    for one in sorted(plan.people, key=lambda one: -(one.before or 0)):
        if one.before is not None or one.after is not None or one.points_after:
            yield from _person(one, who)
    yield from _weeks(plan, who, today)
    if plan.blocked:
        yield Content("")
        yield show(f"✗ Nobody may take {plural(len(plan.blocked), 'case')}", "bold $late")
    for stuck in plan.blocked:
        yield show(f"{stuck.case}: {'; '.join(stuck.reasons)}", "$late")
    for note in plan.notes:
        yield Content("")
        yield show(note, "$muted")


def _weeks(plan: Proposal, who: Who, today: date) -> Iterator[Content]:
    """Yield everybody's load from change to change, where there is more than one day to tell of."""
    if len(plan.spans) > 1:
        yield Content("")
        yield show("From change to change", "bold $accent")
    for span in plan.spans if len(plan.spans) > 1 else ():
        yield show(weeks_text.heading(span, today), "bold")
        loads = [one for one in span.people if one.used is not None or not one.there]
        for one in sorted(loads, key=lambda one: -(one.used or 0)):
            style = f"${state(one.band).name}" if one.there else "$muted"
            name = show(_cut(who(one.worker))).pad_right(max(NAME - len(_cut(who(one.worker))), 1))
            yield Content.assemble(name, _share(one.used, style) if one.there else show("away".rjust(SHARE), style),
                                   _bar(one.used, style))  # fmt: skip
    for line in weeks_text.over_time(plan, who, today):
        yield show(line, "$near")


def _person(one: Balance, who: Who) -> Iterator[Content]:
    after = state(one.band_after)
    name = show(_cut(who(one.worker)), "bold").pad_right(max(NAME - len(who(one.worker)), 1))
    yield Content.assemble(name, _share(one.before, "$muted"), _bar(one.before, "$muted"))
    if one.gone:
        yield Content.assemble(" " * NAME, show("left" if one.left else "gone", "$muted"))
        return
    cases = f"{one.cases_before} → {one.cases_after}".ljust(NAME)
    style = f"${after.name}"
    word = Content.styled(f" {after.glyph} {after.word}".rstrip(), style)
    yield Content.assemble(Content.styled(cases, "$muted"), _share(one.after, style), _bar(one.after, style), word)


def _cut(name: str) -> str:
    """Return ``name`` as there is room for it; a staff id in brackets tells two of one name apart and stays whole."""
    surname, bracket, rest = name.rpartition(" (")
    return f"{surname[: max(NAME - 1 - len(bracket + rest), 0)]}{bracket}{rest}"[: NAME - 1]


def _share(tenths: int | None, style: str) -> Content:
    return Content.styled(percent(tenths).rjust(SHARE) + " ", style)


def _bar(tenths: int | None, style: str) -> Content:
    return Content.styled(bar(tenths, BAR), style)
