"""The columns of a case's timeline."""

from __future__ import annotations

from rich.text import Text

from domain.core.dates import show_day
from domain.core.enums import Outcome
from domain.core.text import plural
from tui.cases.case_page import DOUBT, DUE, EVENT, GAP, NOW, TimeRow
from tui.core.look import Look, due_state, in_words
from tui.core.text import cell
from tui.grid.columns import Column

NOT_HELD = frozenset(Outcome) - {Outcome.HELD}


def timeline_columns() -> list[Column[TimeRow]]:
    """Return the columns: when, how it stands, what; and more about it where there is room."""
    return [
        Column("when", "When", lambda r: r.day, _when, least=11),
        Column("state", "State", lambda r: r.state, _state, least=14, most=24),
        Column("what", "What", _words, _what, names="served", stretch=True, least=24, most=200),
    ]


def _when(row: TimeRow, look: Look) -> Text:
    if row.kind == NOW:
        return cell(show_day(look.today, look.today), f"bold {look.colour('accent')}")
    if row.kind == GAP:
        return cell("") if row.state == DOUBT else look.mark("unset", "no date")
    return cell("–") if row.day is None else cell(show_day(row.day, look.today), _tone(row, look))


def _tone(row: TimeRow, look: Look) -> str:
    if row.kind == DUE:
        return look.colour(due_state(row.day, look.today).name)
    return look.colour("muted") if row.kind != EVENT else ""


def _state(row: TimeRow, look: Look) -> Text:
    if row.kind == NOW:
        return cell("▸ today", f"bold {look.colour('accent')}")
    if row.kind == GAP:
        return look.mark("late", "cannot be right" if row.state == DOUBT else "missing")
    if row.kind == EVENT:
        return _held(row, look)
    if row.kind == DUE:
        return look.mark(due_state(row.day, look.today).name, _distance(row, look))
    return cell("")


def _held(row: TimeRow, look: Look) -> Text:
    if row.state in NOT_HELD:
        return cell(f"✗ {in_words(row.state)}", look.colour("late"))
    if row.days is not None and row.days > 0:
        return cell(f"✓ {plural(row.days, 'day')} late", look.colour("late"))
    return look.mark("held", "in time") if row.days is not None else cell("✓", look.colour("held"))


def _distance(row: TimeRow, look: Look) -> str:
    if row.day is None:
        return "local standard not set"
    days = (row.day - look.today).days
    if days < 0:
        return f"{-days} day{'s' if days < -1 else ''} late"
    return "today" if days == 0 else f"in {plural(days, 'day')}"


def _words(row: TimeRow) -> str:
    return f"{row.title}: {row.more}" if row.more else row.title


def _what(row: TimeRow, look: Look) -> Text:
    if row.kind == GAP:
        return cell(row.title[:1].upper() + row.title[1:], look.colour("late"))
    if row.kind == NOW:
        return cell("")
    found = cell(row.title, look.colour("muted") if row.kind not in {EVENT, DUE} else "")
    if row.line is not None and not row.line.verified:
        found.append("  ").append_text(look.mark("unverified"))
    if more := row.more and (look.worker(row.more, row.whose) if row.state == "worker" else row.more):
        found.append("   ").append_text(cell(more, look.colour("muted")))
    return found
