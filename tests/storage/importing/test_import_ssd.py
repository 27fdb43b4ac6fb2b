"""The Standard Safeguarding Dataset: any subset of its tables, from people to allocations, events and due dates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storage.importing import Diff
from storage.records.database import Database
from tests.units import change

Write, Take, Events = Callable[..., Path], Callable[..., Diff], Callable[[str], list[tuple[str, str]]]
Rows = list[dict[str, str]]

PERSON = {"pers_person_id": "P1", "pers_forename": "Ada", "pers_surname": "Doe", "pers_dob": "2012-05-04T00:00:00"}
WORKER = {
    "prof_professional_id": "10",
    "prof_staff_id": "W10",
    "prof_professional_name": "Okafor, Chidi",
    "prof_professional_job_title": "Advanced Social Worker",
    "prof_full_time_equivalency": "0.6",
    "prof_agency_worker_flag": "Y",
}
OTHER = {**WORKER, "prof_professional_id": "11", "prof_staff_id": "W11", "prof_professional_name": "Begum, Nasreen"}
TEAM = {"dept_team_id": "T1", "dept_team_name": "North", "dept_team_parent_name": "Children's"}
REFERRAL = {"cine_referral_id": "R1", "cine_person_id": "P1", "cine_referral_date": "01/02/2025", "cine_close_date": ""}


def held(start: str, end: str = "", worker: str = "10", **more: str) -> dict[str, str]:
    row = {
        "invo_involvements_id": f"I{worker}{start}",
        "invo_professional_id": worker,
        "invo_professional_role_id": "Allocated Case Worker",
        "invo_professional_team": "T1",
        "invo_involvement_start_date": start,
        "invo_involvement_end_date": end,
        "invo_person_id": "P1",
    }
    return row | more


def base(**tables: Rows) -> dict[str, Rows]:
    start: dict[str, Rows] = {
        "ssd_person": [PERSON],
        "ssd_professionals": [WORKER, OTHER],
        "ssd_department": [TEAM],
        "ssd_cin_episodes": [REFERRAL],
        "ssd_involvements": [held("03/02/2025")],
    }
    return start | tables


def one(database: Database, query: str) -> Any:
    return database.reader().raw.execute(query).fetchall()


def test_people_workers_and_teams_come_in_and_are_tied_together(write: Write, take: Take, database: Database) -> None:
    diff = take(write(base()))
    assert diff.source == "ssd"
    assert diff.problems == []
    assert one(database, "SELECT name, service FROM team") == [("North", "Children's")]
    worker = one(database, "SELECT staff_id, name, team, grade, fte, agency FROM worker ORDER BY staff_id")[0]
    assert worker == ("W10", "Okafor, Chidi", "North", "children-advanced-sw", 60, 1)
    case = one(database, "SELECT reference, name, born, team, pathways, opened FROM cases")
    assert case == [("P1", "Doe, Ada", "2012-05-04", "North", '["child_in_need"]', "2025-02-01")]
    assert one(database, 'SELECT "case", worker, role, starts, ends FROM allocation') == [
        ("P1", "W10", "allocated_worker", "2025-02-03", None)
    ]


def test_a_second_run_changes_nothing(write: Write, take: Take) -> None:
    tables = base(
        ssd_cla_visits=[{"clav_cla_visit_id": "V1", "clav_person_id": "P1", "clav_cla_visit_date": "2025-06-01"}]
    )
    take(write(tables))
    again = take(write(tables))
    assert again.empty
    assert again.unchanged == {"team": 1, "worker": 2, "case": 1, "allocation": 1, "event": 2, "council-date": 0}


@pytest.mark.parametrize("name", ["SSD_CLA_Visits", "dbo.ssd_cla_visits_20260331", "whatever"])
def test_a_table_is_known_by_its_headings_whatever_the_file_is_called(
    write: Write, take: Take, events: Events, name: str
) -> None:
    row = {
        "CLAV_CLA_VISIT_ID": "V1",
        "CLAV_PERSON_ID": "P1",
        "clav_cla_visit_date": "2025-06-01",
        "clav_cla_visit_seen": "Y",
    }
    take(write(base(**{name: [row]})))
    assert ("lac_visit", "2025-06-01") in events("P1")


def test_a_change_of_worker_ends_the_one_before(write: Write, take: Take, database: Database) -> None:
    take(write(base()))
    rows = [held("03/02/2025", "01/06/2025"), held("01/06/2025", "", "11", invo_worker_change_reason="TSPROC")]
    diff = take(write(base(ssd_involvements=rows)))
    assert (diff.closed["allocation"], diff.new["allocation"]) == (1, 1)
    assert one(database, "SELECT worker, starts, ends, reason FROM allocation ORDER BY starts") == [
        ("W10", "2025-02-03", "2025-06-01", None),
        ("W11", "2025-06-01", None, "TSPROC"),
    ]


def test_two_allocated_workers_at_once_are_put_one_after_the_other(
    write: Write, take: Take, database: Database
) -> None:
    diff = take(write(base(ssd_involvements=[held("03/02/2025"), held("01/06/2025", "", "11")])))
    assert one(database, "SELECT worker, ends FROM allocation ORDER BY starts") == [
        ("W10", "2025-06-01"),
        ("W11", None),
    ]
    assert ["overlaps" in p.message for p in diff.problems] == [True]
    assert diff.rejected == 0


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (held("03/03/2025", "", "99"), "worker"),
        (held("05/03/2025", "04/03/2025", "11"), "invo_involvement_end_date"),
        (held("21/11/2026", "", "11"), "invo_involvement_start_date"),
        (held("03/03/2025", "", "11", invo_professional_role_id="Wizard"), "invo_professional_role_id"),
        (held("03/03/2025", "", "11", invo_person_id=""), "invo_person_id"),
    ],
)
def test_an_involvement_that_cannot_stand_is_set_aside(
    write: Write, take: Take, row: dict[str, str], column: str
) -> None:
    diff = take(write(base(ssd_involvements=[held("03/02/2025"), row])))
    assert [(p.file, p.row, p.column) for p in diff.problems] == [("ssd_involvements.csv", 3, column)]
    assert diff.rejected == 1


def test_those_who_hold_no_caseload_are_left_out_and_counted(write: Write, take: Take) -> None:
    rows = [held("03/02/2025"), held("03/02/2025", "", "11", invo_professional_role_id="IRO")]
    diff = take(write(base(ssd_involvements=rows)))
    assert (diff.new["allocation"], diff.problems) == (1, [])
    assert any("hold no caseload" in note for note in diff.notes)


@pytest.mark.parametrize("fte", ["0", "9", "lots"])
def test_an_impossible_fte_is_reported_and_left_out(write: Write, take: Take, database: Database, fte: str) -> None:
    diff = take(write(base(ssd_professionals=[{**WORKER, "prof_full_time_equivalency": fte}])))
    assert [p.column for p in diff.problems] == ["prof_full_time_equivalency"]
    assert one(database, "SELECT fte FROM worker") == [(100,)]


def test_child_protection_comes_with_conferences_visits_and_the_councils_own_dates(
    write: Write, take: Take, events: Events, database: Database
) -> None:
    tables = base(
        ssd_s47_enquiry=[
            {
                "s47e_s47_enquiry_id": "S1",
                "s47e_person_id": "P1",
                "s47e_s47_start_date": "2025-02-03",
                "s47e_s47_end_date": "2025-02-14",
            }
        ],
        ssd_initial_cp_conference=[
            {
                "icpc_icpc_id": "C1",
                "icpc_person_id": "P1",
                "icpc_icpc_target_date": "2025-02-24",
                "icpc_icpc_date": "2025-02-25",
                "icpc_icpc_outcome_cp_flag": "Y",
            }
        ],
        ssd_cp_plans=[{"cppl_cp_plan_id": "L1", "cppl_person_id": "P1", "cppl_cp_plan_start_date": "2025-02-25"}],
        ssd_cp_visits=[
            {
                "cppv_cp_visit_id": "V1",
                "cppv_person_id": "P1",
                "cppv_cp_visit_date": "2025-03-04",
                "cppv_cp_visit_seen": "N",
            }
        ],
        ssd_cp_reviews=[
            {
                "cppr_cp_review_id": "W1",
                "cppr_person_id": "P1",
                "cppr_cp_review_due": "2025-05-25",
                "cppr_cp_review_date": "2025-05-20",
            },
            {
                "cppr_cp_review_id": "W2",
                "cppr_person_id": "P1",
                "cppr_cp_review_due": "2026-12-01",
                "cppr_cp_review_date": "",
            },
        ],
    )
    take(write(tables))
    assert [kind for kind, _ in events("P1")] == [
        "referral_received",
        "s47_started",
        "s47_ended",
        "icpc_held",
        "cp_plan_started",
        "cp_visit",
        "rcpc_held",
    ]
    assert one(database, "SELECT kind, due, held FROM council_date ORDER BY due") == [
        ("icpc_held", "2025-02-24", "2025-02-25"),
        ("rcpc_held", "2025-05-25", "2025-05-20"),
        ("rcpc_held", "2026-12-01", None),
    ]
    assert one(database, "SELECT details FROM event WHERE kind = 'cp_visit'") == [('{"seen": false}',)]
    assert one(database, "SELECT pathways FROM cases") == [('["child_protection"]',)]


LOOKED_AFTER: dict[str, Rows] = {
    "ssd_cla_episodes": [
        {
            "clae_cla_episode_id": "E1",
            "clae_person_id": "P1",
            "clae_cla_id": "A1",
            "clae_cla_episode_start_date": "2025-04-01",
            "clae_cla_episode_start_reason": "S",
            "clae_cla_episode_ceased_date": "2025-05-01",
            "clae_cla_episode_ceased_reason": "X1",
        },
        {
            "clae_cla_episode_id": "E2",
            "clae_person_id": "P1",
            "clae_cla_id": "A1",
            "clae_cla_episode_start_date": "2025-05-01",
            "clae_cla_episode_start_reason": "P",
        },
    ],
    "ssd_cla_placement": [
        {
            "clap_cla_placement_id": "Q2",
            "clap_cla_id": "A1",
            "clap_cla_placement_start_date": "2025-05-01",
            "clap_cla_placement_type": "P1",
        },
        {
            "clap_cla_placement_id": "Q1",
            "clap_cla_id": "A1",
            "clap_cla_placement_start_date": "2025-04-01",
            "clap_cla_placement_end_date": "2025-05-01",
            "clap_cla_placement_type": "U6 - other foster care",
        },
    ],
    "ssd_cla_reviews": [
        {
            "clar_cla_review_id": "V1",
            "clar_cla_id": "A1",
            "clar_cla_review_due_date": "2025-04-29",
            "clar_cla_review_date": "2025-04-28",
        },
        {
            "clar_cla_review_id": "V2",
            "clar_cla_id": "A1",
            "clar_cla_review_due_date": "2025-07-28",
            "clar_cla_review_date": "2025-07-20",
            "clar_cla_review_cancelled": "Y",
        },
        {
            "clar_cla_review_id": "V3",
            "clar_cla_id": "A9",
            "clar_cla_review_due_date": "",
            "clar_cla_review_date": "2025-07-20",
        },
    ],
    "ssd_legal_status": [
        {
            "lega_legal_status_id": "G1",
            "lega_person_id": "P1",
            "lega_legal_status": "C2",
            "lega_legal_status_start_date": "2025-04-10",
        }
    ],
}


def test_a_looked_after_child_comes_with_placements_orders_and_reviews(
    write: Write, take: Take, events: Events, database: Database
) -> None:
    diff = take(write(base(**LOOKED_AFTER)))
    assert events("P1") == [
        ("referral_received", "2025-02-01"),
        ("became_looked_after", "2025-04-01"),
        ("placement_started", "2025-04-01"),
        ("legal_status_changed", "2025-04-10"),
        ("care_order_made", "2025-04-10"),
        ("lac_review_held", "2025-04-28"),
        ("placement_ended", "2025-05-01"),
        ("placement_started", "2025-05-01"),
    ]
    assert one(database, "SELECT due, held FROM council_date ORDER BY due") == [
        ("2025-04-29", "2025-04-28"),
        ("2025-07-28", None),
    ]
    assert [(p.row, p.column) for p in diff.problems] == [(4, "clar_cla_id")]
    assert one(database, "SELECT pathways FROM cases")[0][0].startswith('["looked_after"')


def test_a_corrected_day_is_a_change_and_no_second_review(write: Write, take: Take, events: Events) -> None:
    take(write(base(**LOOKED_AFTER)))
    fixed = [{**LOOKED_AFTER["ssd_cla_reviews"][0], "clar_cla_review_date": "2025-04-25"}]
    diff = take(write(base(**{**LOOKED_AFTER, "ssd_cla_reviews": fixed})))
    assert diff.changed["event"] == 1
    assert [day for kind, day in events("P1") if kind == "lac_review_held"] == ["2025-04-25"]


def test_care_leavers_have_a_personal_adviser_and_the_councils_review_date(
    write: Write, take: Take, events: Events, database: Database
) -> None:
    leaver = {
        "clea_table_id": "X",
        "clea_person_id": "P2",
        "clea_care_leaver_eligibility": "Former relevant",
        "clea_care_leaver_latest_contact": "2026-10-01",
        "clea_pathway_plan_review_date": "2026-12-15",
        "clea_care_leaver_personal_advisor": "Begum, Nasreen",
    }
    person = {**PERSON, "pers_person_id": "P2", "pers_dob": "2007-03-01"}
    tables = base(ssd_person=[PERSON, person], ssd_care_leavers=[leaver])
    take(write(tables))
    assert events("P2") == [("became_care_leaver", "2025-03-01"), ("pa_contact", "2026-10-01")]
    assert one(database, "SELECT kind, due FROM council_date") == [("pathway_review_held", "2026-12-15")]
    assert one(database, "SELECT worker, role FROM allocation WHERE \"case\" = 'P2'") == [("W11", "personal_adviser")]
    assert take(write(tables)).empty


def test_missing_tables_and_unknown_columns_are_reported_and_do_no_harm(write: Write, take: Take) -> None:
    diff = take(
        write({"ssd_cin_episodes": [{**REFERRAL, "cine_shoe_size": "7"}], "lunch": [{"soup": "leek", "day": "Mon"}]})
    )
    assert diff.new["case"] == 1
    assert "ssd_person" in diff.missing_tables
    assert diff.unknown_columns == {"ssd_cin_episodes.csv": ["cine_shoe_size"]}
    assert any("lunch.csv" in note for note in diff.notes)


def test_a_closed_referral_closes_the_case_and_ends_who_held_it(write: Write, take: Take, database: Database) -> None:
    take(write(base()))
    closed = {**REFERRAL, "cine_close_date": "01/06/2025", "cine_close_reason": "RC7"}
    diff = take(write(base(ssd_cin_episodes=[closed])))
    assert (diff.closed["case"], diff.closed["allocation"]) == (1, 1)
    assert one(database, "SELECT closed, close_reason FROM cases") == [("2025-06-01", "Services ceased")]
    assert one(database, "SELECT ends FROM allocation") == [("2025-06-01",)]


def test_a_case_that_a_newer_extract_leaves_out_is_reported_and_never_closed(
    write: Write, take: Take, database: Database
) -> None:
    second = {**REFERRAL, "cine_referral_id": "R2", "cine_person_id": "P2"}
    take(write(base(ssd_cin_episodes=[REFERRAL, second])))
    diff = take(write(base()))
    assert diff.missing == ["P2"]
    assert one(database, "SELECT count(*) FROM cases WHERE closed IS NULL") == [(2,)]


def test_what_an_extract_says_nothing_of_stays(write: Write, take: Take, database: Database) -> None:
    """The name and the day the case opened are otherwise; hours, areas and the like are nobody's but the team's."""
    take(write(base()))
    change(database, "worker", "W10", hours=22_20, areas=["Leeds North"], supervises_most=4)
    change(database, "team", "North", full_time_hours=37_00, red_weeks=6)
    change(database, "case", "P1", area="Leeds North", must_have=["court work"], prefers=["woman worker"])
    say_otherwise = {**WORKER, "prof_professional_name": "Okafor-Lee, Chidi"}
    take(write(base(ssd_professionals=[say_otherwise, OTHER], ssd_person=[{**PERSON, "pers_dob": "2012-05-05"}])))
    query = "SELECT name, fte, hours, areas, supervises_most FROM worker WHERE staff_id = 'W10'"
    assert one(database, query) == [("Okafor-Lee, Chidi", None, 22_20, '["Leeds North"]', 4)]
    assert one(database, "SELECT full_time_hours, red_weeks FROM team") == [(37_00, 6)]
    query = "SELECT born, area, must_have, prefers FROM cases"
    assert one(database, query) == [("2012-05-05", "Leeds North", '["court work"]', '["woman worker"]')]


def test_another_fte_takes_the_place_of_hours(write: Write, take: Take, database: Database) -> None:
    take(write(base()))
    change(database, "worker", "W10", hours=30_00)
    take(write(base(ssd_professionals=[{**WORKER, "prof_full_time_equivalency": "0.5"}, OTHER])))
    assert one(database, "SELECT fte, hours FROM worker WHERE staff_id = 'W10'") == [(50, None)]
