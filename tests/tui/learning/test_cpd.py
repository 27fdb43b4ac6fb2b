"""Professional development by keys: who still lacks what, pieces written, drafted, amended, handed in and saved."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Checkbox, Input

from storage.records.database import Database
from tests.clocks import clock_on
from tests.storage.learning.test_progression import held
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tests.tui.hands import paste
from tests.tui.learning.test_needs_screen import kept
from tests.units import change, put
from tui.app import Almoner
from tui.core.screens import page


def piece(title: str, worker: str = "W3", **says: Any) -> tuple[str, dict[str, Any]]:
    return "cpd", {"worker": worker, "on": "2026-05-04", "kind": "Reading", "title": title, **says}


WRITTEN = {"learning": "Ask Jamie first.", "impact": "I do."}
PEER = {**WRITTEN, "peer": True, "peer_note": "Slow down."}


def of_team(team: Database, folder: Path, steps: Any, size: tuple[int, int] = (120, 40)) -> None:
    async def on(pilot: Pilot[Any]) -> None:
        await press(pilot, "4")
        await until_screen(pilot, "LearningScreen")
        await settled(pilot)
        await press(pilot, "y")
        await until_screen(pilot, "CpdScreen")
        await settled(pilot)
        await steps(pilot)

    drive(almoner(team, folder), on, size)


def of_one(team: Database, folder: Path, steps: Any) -> None:
    async def on(pilot: Pilot[Any]) -> None:
        pilot.app.push_screen(page("cpd-pieces", "W3"))
        await until_screen(pilot, "PiecesScreen")
        await settled(pilot)
        await steps(pilot)

    drive(almoner(team, folder), on, (120, 40))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_year_of_a_team_says_what_the_standard_still_asks(
    team: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    put(team, piece("[/x] Law", **WRITTEN), piece("Trauma", **PEER, submitted_on="2026-09-02"), piece("Draft", "W2"))

    async def steps(pilot: Pilot[Any]) -> None:
        lines = text(pilot).splitlines()
        begum = next(line for line in lines if "Begum" in line).split()
        assert begum[begum.index("2") :][:3] == ["2", "1", "1"]  # pieces, with a peer, without
        assert next(n for n, line in enumerate(lines) if "Okafor" in line)
        shown = " ".join(" ".join(lines).split())
        assert "2025/26: 0 of 3 complete" in shown
        assert (
            "at least two different pieces of development, one with a peer (read in its source, checked Jul 2026)"
            in shown
        )
        await press(pilot, "enter")
        await until_screen(pilot, "PiecesScreen")
        await until(pilot, "not handed in yet")
        await until(pilot, "[/x] Law")
        assert "Ask Jamie first." in text(pilot)
        await press(pilot, "f2")
        await settled(pilot)
        assert "Jamie" not in text(pilot)
        assert "Begum" not in text(pilot)

    of_team(team, tmp_path, steps, size)


def test_a_piece_is_drafted_from_supervision_finished_and_handed_in(team: Database, tmp_path: Path) -> None:
    put(team, *held(notes="Slow down."))

    async def steps(pilot: Pilot[Any]) -> None:
        assert "No piece in this registration year yet" in text(pilot)
        await press(pilot, "n")
        await until(pilot, "Learning from supervision")
        await paste(pilot, "learning from")
        await press(pilot, "enter")
        await until(pilot, "Slow down.")
        await press(pilot, "ctrl+s")
        await until(pilot, "◐ draft")
        await press(pilot, "e")
        await until(pilot, "Piece of development: W3")
        form = pilot.app.screen
        form.query_one("#field-impact").insert("I wait.")  # type: ignore[attr-defined]
        form.query_one("#field-peer", Checkbox).value = True
        form.query_one("#field-peer_note").insert("To ask.")  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await until(pilot, "✓ finished")
        await press(pilot, "r")
        await until(pilot, "Handed in *")
        await press(pilot, "ctrl+s")
        await until(pilot, "Handed in Fri 20 Nov")
        await press(pilot, "u")
        await until(pilot, "Not handed in yet")

    of_one(team, tmp_path, steps)
    rows = kept(team, "SELECT worker, session, learning, impact, peer, peer_note, submitted_on FROM cpd")
    assert rows == [("W3", 1, "Slow down.", "I wait.", 1, "To ask.", None)]


def test_the_draft_of_the_year_is_saved_as_word_and_csv(team: Database, tmp_path: Path) -> None:
    put(team, piece("Law"))

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "o")
        await until(pilot, "Into the folder")
        pilot.app.screen.query_one("#field-folder", Input).value = str(tmp_path / "papers")
        await press(pilot, "ctrl+s")
        await until(pilot, "Saved: ")

    of_one(team, tmp_path, steps)
    assert sorted(path.suffix for path in (tmp_path / "papers").iterdir()) == [".csv", ".docx"]


def test_an_empty_team_says_so(team: Database, tmp_path: Path) -> None:
    put(team, ("team", {"name": "Empty"}))

    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.office.show_team("Empty")  # type: ignore[attr-defined]
        await press(pilot, "f5")
        await until(pilot, "Nobody here is registered")
        await press(pilot, "w", "o", "enter")

    of_team(team, tmp_path, steps)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_a_year_before_the_team_was_in_use_says_that_it_is_not_counted_and_why(
    team: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    change(team, "team", "North", in_use_since="2026-09-01")

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "left_square_bracket")
        await until(pilot, "CPD 2024/25: not counted")
        assert "– not counted" in text(pilot)
        assert "before 1 Sep 2026, when th" in text(pilot)
        assert "days late" not in text(pilot)
        assert "more pieces" not in text(pilot)
        await press(pilot, "enter")
        await until_screen(pilot, "PiecesScreen")
        await until(pilot, "not counted (before 1 Sep 2026, when their team began to use Almoner)")
        assert "days late" not in text(pilot)

    of_team(team, tmp_path, steps, size)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_last_year_unmet_is_late_until_it_is_closed_with_a_reason(
    team: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    put(team, piece("Law", **WRITTEN))
    team.clock = clock_on(date(2026, 12, 1))

    async def steps(pilot: Pilot[Any]) -> None:
        shown = " ".join(text(pilot).split())
        assert "CPD 2026/27: 0 of 3 complete, 3 late" in shown
        assert "● late 1 day" in shown
        assert "2025/26: 1 more piece; a peer" in shown
        await press(pilot, "left_square_bracket")
        await until(pilot, "CPD 2025/26: 0 of 3 complete")
        await press(pilot, "right_square_bracket")
        await until(pilot, "CPD 2026/27")
        await press(pilot, "enter")
        await until_screen(pilot, "PiecesScreen")
        await until(pilot, "CPD year to 30 Nov 2026: 1 of 2 pieces, peer reflection missing; late 1 day")
        await until(pilot, "Law")
        await press(pilot, "C")
        await until(pilot, "Close 2025/26: W3")
        pilot.app.screen.query_one("#field-why").insert("Ill from March")  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await until(pilot, "closed 1 Dec by ")
        await until(pilot, "Ill from March")
        await press(pilot, "f2")
        await settled(pilot)
        assert "Ill from March" not in text(pilot)
        await press(pilot, "f2", "u")
        await until(pilot, "late 1 day")

    async def on(pilot: Pilot[Any]) -> None:
        await press(pilot, "4")
        await until_screen(pilot, "LearningScreen")
        await settled(pilot)
        await press(pilot, "y")
        await until_screen(pilot, "CpdScreen")
        await settled(pilot)
        await steps(pilot)

    app = Almoner(
        team, path=Path(team.path), clock=team.clock, actor="A. Hughes", no_names=False,
        settings_path=tmp_path / "settings.json",
    )  # fmt: skip
    drive(app, on, size)
