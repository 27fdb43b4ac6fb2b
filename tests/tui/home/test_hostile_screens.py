"""Whatever stands in the data is shown literally, and never styles, runs or reaches the terminal raw."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from storage.records.database import Database
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tui.core.screens import page
from tui.core.text import cell, line, show

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3] / "tui"
NAMES = ("[/x]", "[red]Ann[/red]", "Ann [10%]", "[@click=app.quit()]Bo[/]", "Smith | Jones", "=cmd()", "$late")
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# These read a plain string as markup, so data may reach them only as Content or Text.
MARKUP_READERS = {"Static", "Label", "Option", "Button", "Checkbox", "Collapsible", "Tab", "TabPane", "ListItem"}


@given(st.text(max_size=200))
def test_nothing_raw_leaves_the_doors(words: str) -> None:
    for shown in (show(words).plain, cell(words).plain, line(words)):
        assert not RAW.search(shown)
        shown.encode("utf-8")


@pytest.mark.parametrize("words", NAMES)
def test_markup_is_literal(words: str) -> None:
    assert show(words).plain == words
    assert cell(words).plain == words
    assert not show(words).spans


def test_escape_sequences_lose_their_power() -> None:
    assert cell("\x1b]0;pwned\x07Ann\x1b[2J \u202eLee\x9b31m").plain == "Ann Lee"


def calls(path: Path) -> list[ast.Call]:
    return [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]


def called(call: ast.Call) -> str:
    function = call.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def literal(node: ast.expr) -> bool:
    """Whether an argument is fixed words without brackets, or went through a function that makes it safe."""
    if isinstance(node, ast.Constant):
        return not isinstance(node.value, str) or "[" not in node.value
    return not isinstance(node, ast.JoinedStr | ast.BinOp)


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda p: p.name)
def test_no_composed_string_reaches_a_widget_that_reads_markup(path: Path) -> None:
    for call in calls(path):
        if called(call) in MARKUP_READERS and call.args:
            assert literal(call.args[0]), f"{path.name}:{call.lineno}"
        if called(call) == "notify":
            off = [k for k in call.keywords if k.arg == "markup"]
            assert off, f"{path.name}:{call.lineno}: notify reads markup unless told not to"
        if called(call) == "from_markup":
            raise AssertionError(f"{path.name}:{call.lineno}")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_hostile_names_go_through_every_screen(team: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    raw = team.engine().raw_connection()
    for number, name in enumerate([*NAMES, "\x1b]52;c;cHduZWQ=\x07Eve\x1b[2J", "\u202eetirw", "x" * 5000]):
        raw.cursor().execute(
            "INSERT INTO worker (staff_id, name, team, grade, role, fte, registration, specialisms, areas, sort_key,"
            " version, changed_by, agency, email) VALUES (?, ?, 'North', ?, '', 100, '', '[]', '[]', ?, 1, 'x', 0, '')",
            (f"E{number}", name, name[:60], name),
        )
    raw.cursor().execute("UPDATE team SET name = '[/x] North [red]\x1b[2J'")
    raw.cursor().execute("UPDATE cases SET name = '[/x]\x1b[8m', close_reason = '[red]'")
    raw.commit()
    raw.close()

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "[red]Ann[/red]")
        assert "[/x] North [red]" in text(pilot)
        for keys in (
            ("tab", "down"),
            ("f2",),
            ("f2",),
            ("g", *"ann"),
            ("escape", "t"),
            ("escape", "2"),
            ("7",),
            ("1",),
        ):
            await press(pilot, *keys)
            await pilot.pause(0.1)
            assert not RAW.search(text(pilot).replace("\n", ""))
        pilot.app.screen.query_one("Sheet").focus()
        await press(pilot, "home", "enter")
        await until_screen(pilot, "WorkerScreen")
        await settled(pilot)
        assert not RAW.search(text(pilot).replace("\n", ""))
        pilot.app.push_screen(page("headroom", "C-1001"))
        await until_screen(pilot, "HeadroomScreen")
        await until(pilot, "[red]Ann[/red]")
        assert not RAW.search(text(pilot).replace("\n", ""))

    drive(almoner(team, tmp_path), steps, size)
