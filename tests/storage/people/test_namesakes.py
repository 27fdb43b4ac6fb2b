"""Who shares a name with another current worker, whatever team they are in and however it is written."""

from __future__ import annotations

from datetime import timedelta

from storage.home.needs_you import Need, Who, needs_you
from storage.people.namesakes import shared_names
from storage.records.database import Database
from tests.conftest import TODAY
from tests.units import put, worker


def test_case_and_accents_do_not_tell_names_apart_and_neither_do_teams(team: Database) -> None:
    assert shared_names(team.reader(), TODAY) == frozenset()
    put(team, ("team", {"name": "South"}), worker("W9", name="ÓKAFOR, chidi", team="South"))
    assert shared_names(team.reader(), TODAY) == {"W2", "W9"}


def test_a_leaver_shares_until_the_last_day(team: Database) -> None:
    put(team, worker("W9", name="Okafor, Chidi", leaves=TODAY))
    assert shared_names(team.reader(), TODAY) == {"W2", "W9"}
    assert shared_names(team.reader(), TODAY + timedelta(days=1)) == {"W9"}


def test_shared_names_are_found_in_the_index(team: Database) -> None:
    query = "SELECT sort_key FROM worker GROUP BY sort_key HAVING count(*) > 1"
    plan = team.reader().raw.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
    assert [row[3] for row in plan] == ["SCAN worker USING COVERING INDEX worker_sort"]


def test_needs_say_the_staff_id_where_a_name_is_shared() -> None:
    need = Need("over", (Who("Okafor, Chidi", "W2"), " at 114 %"), "worker", "W2")
    assert (need.text, need.told({"W9"}), need.told({"W2"})) == (
        "Okafor at 114 %", "Okafor at 114 %", "Okafor W2 at 114 %",
    )  # fmt: skip


def test_every_need_that_names_a_worker_knows_which(team: Database) -> None:
    put(team, ("reduction", {"worker": "W2", "percent": 100, "reason": "duty", "kind": "duty", "starts": TODAY,
                             "ends": TODAY + timedelta(days=3)}))  # fmt: skip
    named = [part for need in needs_you(team.reader(), "North", TODAY) for part in need.parts if isinstance(part, Who)]
    assert {part.name for part in named if part.staff_id == "W2"} == {"Okafor, Chidi"}
    assert all(part.staff_id for part in named)
