"""Two workers of one name in one team: on screen and in print nobody takes one for the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage.records.database import Database
from tests.tui.allocation.test_candidates_screen import opened, order
from tests.tui.driving import almoner, drive, press, settled, text, until
from tests.tui.shell import Shell
from tests.units import amend, case, put, worker
from tui.core.text import cell
from tui.grid.columns import fit


@pytest.fixture
def twins(team: Database) -> Database:
    """Team North with a second Okafor, Chidi, whose name somebody typed in capitals."""
    put(team, worker("W17", name="OKAFOR, Chidi"))
    return team


def test_the_team_shows_who_is_who_and_says_so_in_what_needs_attention(twins: Database, tmp_path: Path) -> None:
    put(
        twins, ("reduction", {"worker": "W2", "percent": 100, "reason": "duty", "kind": "duty", "starts": "2026-11-01"})
    )

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor, Chidi W2")
        await until(pilot, "OKAFOR, Chidi W17")
        await until(pilot, "Okafor W2: no capacity today")
        assert "Begum, Nasreen W3" not in text(pilot)
        await press(pilot, "f2")
        await until(pilot, "names hidden")
        await settled(pilot)
        assert "W17" not in text(pilot)

    drive(almoner(twins, tmp_path), steps, (120, 30))


def test_a_narrow_team_cuts_the_name_and_never_the_staff_id(twins: Database, tmp_path: Path) -> None:
    with twins.unit("A. Hughes") as unit:
        for staff_id in ("W2", "W17"):
            amend(unit, "worker", staff_id, {"name": "Featherstonehaugh-Cholmondeley, Maximiliana"})
        unit.finish("A long name")

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "… W2 ")
        await until(pilot, "… W17 ")

    drive(almoner(twins, tmp_path), steps, (80, 24))


def test_who_shares_a_name_is_read_again_after_a_change(team: Database, tmp_path: Path) -> None:
    put(team, worker("W17", name="Okafor, Chidi"))
    with team.unit("A. Hughes") as unit:
        amend(unit, "worker", "W17", {"name": "Okafor, Ada"})
        unit.finish("Corrected a name")

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor, Ada")
        assert "Okafor, Chidi W2" not in text(pilot)
        await press(pilot, "u")
        await until(pilot, "Take this back?")
        await press(pilot, "down", "enter")
        await until(pilot, "Okafor, Chidi W17")

    drive(almoner(team, tmp_path), steps, (120, 30))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_who_takes_a_case_is_asked_by_name_and_staff_id(twins: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    put(twins, case())

    async def steps(pilot: Pilot[Any]) -> None:
        shown = text(pilot)
        assert "Okafor, Chidi W2 " in shown
        assert "OKAFOR, Chidi W17" in shown
        await press(pilot, *["down"] * order(pilot).index("W17"), "enter")
        await until(pilot, "to OKAFOR, Chidi W17")

    opened(twins, tmp_path, "C-2", steps, size)


def test_a_command_prints_the_staff_id_and_leaves_json_as_it_is(
    twins: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(capsys, twins.path)
    assert "Okafor, Chidi W2" in shell("due", "--case", "C-1001").out
    (line, *_) = shell("due", "--case", "C-1001", "--json").json
    assert line["worker"] == "W2"
    assert "Chidi W2" not in shell("due", "--case", "C-1001", "--csv").out
    assert "CO W2" not in shell("--no-names", "due", "--case", "C-1001").out


def test_a_command_says_nothing_more_where_names_differ(team: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Chidi W2" not in Shell(capsys, team.path)("due", "--case", "C-1001").out


@pytest.mark.parametrize(
    ("width", "shown"), [(16, "Okafor, Chidi W2"), (10, "Okafor… W2"), (4, "… W2"), (3, "W2"), (2, "W2")]
)
def test_what_ends_a_cell_is_cut_last(width: int, shown: str) -> None:
    assert fit(cell("Okafor, Chidi W2"), width, " W2").plain == shown
