"""The working behind one worker's place on the list: load now and with the case, each rule, who comes before them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

from domain.allocation.candidates import Taker, why_before
from domain.allocation.eligibility import Finding
from domain.core.dates import show_day
from domain.core.text import plural
from tui.allocation.candidate_columns import standing_colour, standing_words
from tui.core.look import Look, hundredths, percent, state
from tui.core.text import laid, show
from tui.widgets.side import Side

LABEL = 16
BEFORE = 4  # how many of those who come before are named


class TakerSide(Side):
    """What one worker could do with a case."""

    DEFAULT_CSS = "TakerSide { width: 38; }"

    def show_taker(self, taker: Taker | None, takers: Sequence[Taker], look: Look) -> None:
        """Show one worker of the list; nothing while there is none."""
        lines = (
            [] if taker is None else [*_head(taker, look), *_load(taker), *_rules(taker), *_place(taker, takers, look)]
        )
        self.show_lines(lambda _room: lines)


def _pair(label: str, value: str, style: str = "") -> Content:
    return Content.assemble(show(label, "$muted").pad_right(max(LABEL - len(label), 1)), show(value, style))


def _heading(words: str) -> list[Content]:
    return [Content(""), show(words, "bold $accent")]


def _head(taker: Taker, look: Look) -> Iterator[Content]:
    worker = taker.worker
    yield show(look.worker(worker.name), "bold")
    yield show(f"{worker.staff_id}, {worker.grade_title}, {worker.team}", "$muted")
    colour = standing_colour(taker)
    yield show(standing_words(taker), f"bold ${colour}")
    if worker.leaves:
        yield _pair("Left" if worker.leaves < look.today else "Leaves", show_day(worker.leaves, look.today))
    if worker.specialisms:
        yield _pair("Brings", ", ".join(worker.specialisms))
    if worker.areas:
        yield _pair("Covers", ", ".join(worker.areas))


def _load(taker: Taker) -> Iterator[Content]:
    worker = taker.worker
    yield from _heading("Load")
    yield _pair("Carries", f"{hundredths(worker.points_now)} points")
    if worker.fullest_on is not None:
        yield _pair("Booked", f"{hundredths(worker.points)} points from {show_day(worker.fullest_on)}")
    yield _pair("The case adds", f"{hundredths(taker.adds)} points")
    if taker.spare is None:
        yield show("No capacity set: nothing can be said about how full that is.", "$muted")
    else:
        then = "" if worker.fullest_on is None else " then"
        yield _pair(f"Capacity{then or ' today'}", f"{hundredths(worker.capacity)} points")
        yield _pair(f"Spare{then or ' now'}", f"{hundredths(taker.spare)} points")
    if taker.after is not None:
        found = state(taker.band)
        words = f"{percent(taker.before)} → {percent(taker.after)} {found.glyph} {found.word}".rstrip()
        yield _pair("Load", words, f"bold ${found.name}")
    elif taker.before is not None:
        yield show("Their team counts in the points of another scheme.", "$muted")
    yield _pair("Cases", f"{worker.cases}")
    yield _pair("New in 4 weeks", f"{worker.new_cases}")


def _rules(taker: Taker) -> Iterator[Content]:
    yield from _heading("Policy")
    if not taker.findings:
        yield show("✓ nothing stands against it", "$held")
    for finding in taker.findings:
        yield from _rule(finding)
    for told in taker.told:
        yield show(f"· {told}")
    for known in (*taker.known, *(["covers the area"] if taker.near else [])):
        yield show(f"✓ {known}", "$held")


def _rule(finding: Finding) -> Iterator[Content]:
    yield show(f"{'✗' if finding.hard else '◐'} {finding.words}", "$late" if finding.hard else "$due")
    for recorded in finding.because:
        yield laid("  because of {recorded}", "$muted", recorded=recorded)
    if finding.hard:
        approver = f"unless approved by: {finding.approver}" if finding.approver else "nobody can approve it"
        yield laid("  {approver} [{rule}]", "$muted", approver=approver, rule=finding.rule)
    else:
        yield laid("  overrule it with a note [{rule}]", "$muted", rule=finding.rule)


def _place(taker: Taker, takers: Sequence[Taker], look: Look) -> Iterator[Content]:
    yield from _heading(f"Number {taker.rank} of {len(takers)}")
    before = [one for one in takers if one.rank < taker.rank]
    for one in before[-BEFORE:]:
        yield show(f"behind {look.worker(one.worker.name, one.worker.staff_id)}: {why_before(one, taker)}", "$muted")
    if len(before) > BEFORE:
        yield show(f"and {plural(len(before) - BEFORE, 'other')}", "$muted")
