"""What is late in a team, a worker's file, actions, disagreements and learning follow the team of the day."""

from __future__ import annotations

from datetime import date

import pytest

from storage.home.worker_page import worker_file
from storage.learning.board import board
from storage.learning.cpd import years
from storage.learning.needs import open_needs
from storage.learning.programmes import kept_programme
from storage.learning.registrations import trainings
from storage.learning.registrations_held import holdings
from storage.records.database import Database
from storage.rules.kept_packs import Packs
from storage.supervision.actions import Scope, followed
from storage.supervision.agenda.worker_agenda import agenda
from storage.supervision.disagreements import disagreements
from tests.conftest import TODAY
from tests.units import change_from, keep, put, worker

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(("day", "there", "other"), [(TODAY, "North", "South"), (MONDAY, "South", "North")])
def test_what_is_read_of_a_team_is_of_who_is_in_it(team: Database, day: date, there: str, other: str) -> None:
    put(team, ("team", {"name": "South"}), worker("W8", team="South", name="Lowe, Sam"))
    keep(team, "action", owner="W2", set_on=TODAY, what="Read the guidance")
    keep(
        team,
        "disagreement",
        worker="W2",
        about="Caseload",
        raised_by="W2",
        raised_on=TODAY,
        stage="talk",
        stage_on=TODAY,
    )
    keep(team, "learning-need", worker="W2", title="Court skills", raised_on=TODAY, raised_by="W1")
    number = keep(team, "programme", worker="W2", kind="asye", starts="2026-09-07").id
    change_from(team, MONDAY, "worker", "W2", team="South", supervisor="W8", fte=60, grade="asye")
    conn = team.reader()

    def of(name: str) -> list[bool]:
        return [
            any(line.owner == "W2" for line in followed(conn, day, Scope(team=name))),
            any(line.worker == "W2" for line in disagreements(conn, day, team=name)),
            any(line.worker == "W2" for line in open_needs(conn, day, team=name)),
            any(row.line.worker == "W2" for row in board(conn, name, day)),
            any(one.worker == "W2" for one in years(conn, day, team=name)),
            any(one.worker == "W2" for one in trainings(conn, day, team=name)),
            any(one.worker == "W2" for one in holdings(conn, day, team=name)),
        ]

    assert all(of(there))
    assert not any(of(other))
    file = worker_file(conn, "W2", day)
    assert file is not None
    assert file.supervisor_name == ("Hughes, Ann" if day == TODAY else "Lowe, Sam")
    managers = {who: file.supervisees for who in ("W1", "W8") if (file := worker_file(conn, who, day))}
    assert managers == ({"W1": 2, "W8": 0} if day == TODAY else {"W1": 1, "W8": 1})
    assert agenda(conn, "W2", day).supervisor == ("W1" if day == TODAY else "W8")
    assert kept_programme(conn, Packs(conn), number, day).fte == (100 if day == TODAY else 60)
