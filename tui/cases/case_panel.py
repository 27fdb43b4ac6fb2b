"""What else is known about a case, beside its timeline: what it weighs, who held it, details, changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from textual.content import Content

from domain.core.dates import LONDON, show_day
from domain.core.enums import CHANGE_REASON_TITLES, ROLE_TITLES, ChangeReason, Nation, Role
from storage.cases.case_history import ChangeLine
from storage.cases.case_page import AllocationLine
from tui.cases.case_page import CaseFile
from tui.core.look import Look, hundredths
from tui.core.text import laid, show
from tui.widgets.side import Side

LABEL = 17
# Kept for the machinery, or not for every eye; a change of these is said without its values.
_SILENT = frozenset({"id", "version", "changed_by", "changed_at", "sort_key", "case", "scheme_version"})
_PRIVATE = frozenset({"name", "born", "expected_birth", "note"})
_CHANGES = 20


class CaseSide(Side):
    """What else is known of a case."""

    def show_file(self, file: CaseFile, look: Look) -> None:
        """Show ``file``."""
        lines = [
            *_weighing(file, look),
            *_held(file, look),
            *_own(file, look),
            *_details(file, look),
            *_changes(file, look),
        ]
        self.show_lines(lambda _room: lines)


def _heading(words: str) -> list[Content]:
    return [Content(""), show(words, "bold $accent")]


def _pair(label: str, value: str) -> Content:
    return Content.assemble(show(label, "$muted").pad_right(max(LABEL - len(label), 1)), show(value))


def _weighing(file: CaseFile, look: Look) -> Iterator[Content]:
    card = file.card
    yield show(f"Weighs {hundredths(card.points)} points", "bold $accent")
    for line in file.score.lines if file.score else ():
        points = show(hundredths(line.points))
        yield Content.assemble(
            points.pad_left(max(5 - points.cell_length, 0)),
            laid("  {title}: ", "$muted", title=line.title),
            show(line.answer),
        )
    if card.assumed:
        yield show("assumed from its pathways: press l to weigh it", "$due")
    if card.stale:
        yield show("its answers no longer fit the scheme: press l to weigh it", "$due")
    if card.dormant_from:
        yield show(f"◐ dormant since {show_day(card.dormant_from, look.today)}: nothing recorded", "$due")
    last = next((w for w in file.weightings if w.scheme == card.scheme), None)
    if last is None:
        yield show(file.scheme_title, "$muted")
        return
    if last.uplift_reason:
        yield show(f"by hand: {last.uplift_reason}", "$muted")
    version = f"{file.scheme_title} {last.scheme_version}"
    yield show(f"{version}, weighed {show_day(last.on, look.today)} by {look.worker(last.changed_by)}", "$muted")
    yield show(agreed(last.agreed_worker, last.agreed_supervisor), "$muted")


def agreed(worker: date | None, supervisor: date | None) -> str:
    """Say who agreed to a weighing."""
    both = [who for who, day in (("the worker", worker), ("the supervisor", supervisor)) if day]
    return f"agreed by {' and '.join(both)}" if both else "not agreed yet"


def _held(file: CaseFile, look: Look) -> Iterator[Content]:
    yield from _heading("Held by")
    if not file.allocations:
        yield show("nobody yet: press a to allocate it", "$due")
    for held in file.allocations:
        yield Content.assemble(
            show(look.worker(held.worker_name, held.worker), "bold" if _stands(held, look.today) else ""),
            "   ",
            show(_role(held), "$muted"),
        )
        until = f" to {show_day(held.ends, look.today)}" if held.ends else " on"
        why = f", {CHANGE_REASON_TITLES[ChangeReason(held.reason)].lower()}" if held.reason else ""
        yield show(f"{show_day(held.starts, look.today)}{until}{why}", "$muted").pad_left(2)


def _own(file: CaseFile, look: Look) -> Iterator[Content]:
    """The intervals decided for this case, with who decided them, why, and when they are looked at again."""
    if file.overrides:
        yield from _heading("Own intervals")
    for title, one in file.overrides:
        counts = one.counts(look.today)
        yield show(f"{title}: {one.words}", "bold" if counts else "$muted")
        who = f"decided {show_day(one.decided_on, look.today)} by {look.worker(one.decided_by)}: {one.reason}"
        yield show(who, "$muted").pad_left(2)
        if one.ended_on is not None:
            yield show(f"ended {show_day(one.ended_on, look.today)}", "$muted").pad_left(2)
        elif one.review_on <= look.today:
            yield show(f"◐ was to be looked at again {show_day(one.review_on, look.today)}", "$due").pad_left(2)
        else:
            yield show(f"look at it again {show_day(one.review_on, look.today)}", "$muted").pad_left(2)


def _role(held: AllocationLine) -> str:
    return ROLE_TITLES[Role(held.role)].lower()


def _stands(held: AllocationLine, today: date) -> bool:
    return held.starts <= today and (held.ends is None or held.ends > today)


def _details(file: CaseFile, look: Look) -> Iterator[Content]:
    card = file.card
    yield from _heading("Details")
    if not look.no_names and card.born:
        yield _pair("Born", show_day(card.born))
    if not look.no_names and card.expected_birth:
        yield _pair("Birth expected", show_day(card.expected_birth))
    yield _pair("Team", card.team)
    yield _pair("Opened", show_day(card.opened))
    if card.closed:
        yield _pair("Closed", f"{show_day(card.closed)}, {card.close_reason}")
    for label, value in (
        ("Threshold met", show_day(card.threshold_met) if card.threshold_met else ""),
        ("Sibling group", card.sibling_group),
        ("Specialist", ", ".join(card.factors)),
        ("Nation", "" if card.nation == Nation.ENGLAND else card.nation.replace("_", " ").capitalize()),
    ):
        if value:
            yield _pair(label, value)


def _changes(file: CaseFile, look: Look) -> Iterator[Content]:
    yield from _heading("Changes")
    seen: set[int] = set()
    for line in file.history:
        if line.change not in seen and len(seen) >= _CHANGES:
            return
        if line.change not in seen:
            seen.add(line.change)
            yield Content.assemble(show(_at(line.at, look.today), "$muted"), "  ", show(line.what))
            yield show(f"by {_whose(line, look)}", "$muted").pad_left(2)
        for words in _differences(line):
            yield show(words).pad_left(2)


def _whose(line: ChangeLine, look: Look) -> str:
    """Say who changed something, and who had signed in to the machine where that is not the same name."""
    same = not line.login or line.login.casefold() == line.actor.casefold()
    who = look.worker(line.actor)
    return who if same or look.no_names else f"{who}, signed in as {line.login}"


def _differences(line: ChangeLine) -> Iterator[str]:
    """Say what an amendment changed; a new record speaks for itself in the timeline."""
    if line.before is None or line.after is None:
        return
    for name, after in line.after.items():
        before = line.before.get(name)
        if before == after or name in _SILENT:
            continue
        label = name.replace("_", " ")
        yield f"{label} changed" if name in _PRIVATE else f"{label}: {_value(before)} → {_value(after)}"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {v}" for k, v in value.items()) or "–"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value in (None, "") else str(value)


def _at(moment: str, today: date) -> str:
    local = datetime.fromisoformat(moment).astimezone(LONDON)
    return f"{show_day(local.date(), today)} {local:%H:%M}"
