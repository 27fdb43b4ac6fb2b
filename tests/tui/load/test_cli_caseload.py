"""caseload and ramp: what the screens show of load and capacity, in print."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from storage.cases.steps import give
from storage.records.database import Database
from tests.conftest import TODAY
from tests.tui.shell import Shell
from tests.units import amend, record

HEAVY = {"complexity": "3", "risk": "3", "travel": "3"}


@pytest.fixture
def almoner(team: Database, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Okafor at 9 of 8 points for five weeks."""
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "team", "North", {"full_time_points": 8_00}, since=date(2025, 1, 1))
        amend(unit, "case", "C-1001", {"closed": "2026-04-01", "close_reason": "Home"})
        record(unit, "case", {"reference": "C-9", "team": "North", "pathway": "looked_after", "opened": "2026-01-05"})
        record(unit, "weighting", {"case": "C-9", "scheme": "three-factor", "on": "2026-01-06", "answers": HEAVY})
        give(unit, "C-9", "W2", date(2026, 11, 16) - timedelta(weeks=4))
        unit.finish("Too much")
    return Shell(capsys, team.path)


def of(almoner: Shell, worker: str) -> dict[str, object]:
    (record,) = almoner("caseload", "--worker", worker, "--json").json
    assert isinstance(record, dict)
    return record


def test_a_streak_and_its_concern_are_in_print(almoner: Shell) -> None:
    okafor = of(almoner, "W2")
    assert (okafor["utilisation"], okafor["band"], okafor["state"], okafor["streak_weeks"]) == (
        112.5, "over", "streak", 5,
    )  # fmt: skip
    assert okafor["weeks"] == [0] * 8 + [112.5] * 5
    assert okafor["concern"] == {
        "state": "unanswered", "raised_on": "2026-11-09", "weeks": 5,
        "answered_on": None, "answered_by": None, "review_on": None,
    }  # fmt: skip
    assert "▲ over 5 weeks, no answer" in almoner("caseload", "--team", "North").out


def test_recording_the_answer_ends_it(almoner: Shell, tmp_path: Path) -> None:
    answer = (
        '[[concern]]\nworker = "W2"\nraised_on = 2026-11-09\nwhy = "Above the red line"\n'
        'answered_on = 2026-11-18\nanswered_by = "Hughes, Ann"\nplan = "One case moves"\nreview_on = 2026-12-02\n'
    )
    assert almoner.record("concern", answer, tmp_path).code == 0
    concern = of(almoner, "W2")["concern"]
    assert isinstance(concern, dict)
    assert (concern["state"], concern["review_on"]) == ("answered", "2026-12-02")
    assert "no answer" not in almoner("caseload").out
    assert "Review of a workload concern" in almoner("due", "--worker", "W2").out


def test_hours_extras_and_unplanned_hours_are_kept_apart(almoner: Shell, tmp_path: Path) -> None:
    """Begum at 0.6 of 37 h: 22.2 h, a tenth less 19.98 h; 4.44 h unplanned in four weeks are 5 % of 88.8 h."""
    documents = {
        "reduction": 'worker = "W3"\npercent = 10\nreason = "Student"\nkind = "practice_educator"\n'
        "starts = 2026-09-01\nends = 2026-11-27\n",
        "extra": 'worker = "W3"\ntitle = "Lead"\npoints = 1.5\nstarts = 2026-09-01\n',
        "unplanned": 'worker = "W3"\non = 2026-11-16\nhours = 4.44\nwhat = "Emergency"\n',
    }
    for kind, text in documents.items():
        assert almoner.record(kind, f"[[{kind}]]\n{text}", tmp_path).code == 0
    begum = of(almoner, "W3")
    assert (begum["contract_hours"], begum["today_hours"], begum["unplanned_hours"]) == (22.2, 19.98, 4.44)
    assert (begum["extra"], begum["points"], begum["capacity"], begum["stable"]) == (1.5, 1.5, 4.32, 0)
    assert begum["capacity_lines"] == [
        {"label": "Full-time load", "points": 8, "hours": 37},
        {"label": "Works 0.6 of full time", "points": -3.2, "hours": -14.8},
        {"label": "Student, 10 %", "points": -0.48, "hours": -2.22},
    ]
    (less,) = begum["reductions"]  # type: ignore[misc]
    assert (less["kind"], less["ends"], less["lapses"]) == ("practice_educator", "2026-11-27", True)  # type: ignore[has-type]
    out = almoner("caseload", "--worker", "W3").out
    for words in ("Load beside cases: Lead, 1.5", "today 19.98 h", "4.44 h (5 % of contract)", "Ends soon: 10 % less"):
        assert words in out, words


def test_no_capacity_and_none_set_are_told_apart(almoner: Shell, tmp_path: Path) -> None:
    almoner.record(
        "reduction",
        '[[reduction]]\nworker = "W2"\npercent = 100\nreason = "Ill"\nkind = "sickness"\nstarts = 2026-11-01\n',
        tmp_path,
    )
    okafor = of(almoner, "W2")
    assert (okafor["state"], okafor["capacity"], okafor["utilisation"], okafor["away"]) == (
        "no_capacity", 0, None, True,
    )  # fmt: skip
    assert "no capacity today" in almoner("caseload").out
    almoner.record("team", '[[team]]\nname = "West"\n', tmp_path)
    almoner.record(
        "worker", '[[worker]]\nstaff_id = "W8"\nname = "B"\nteam = "West"\ngrade = "children-sw"\n', tmp_path
    )
    assert of(almoner, "W8")["state"] == "not_set"


def test_a_ramp_is_one_step_that_undo_takes_back(almoner: Shell) -> None:
    answer = almoner("ramp", "newly-qualified-devon", "--worker", "W2", "--from", "2026-09-01", "--json").json
    (step,) = answer["reductions"]
    assert (step["percent"], step["starts"], step["ends"]) == (40, "2026-09-01", "2027-08-31")
    assert of(almoner, "W2")["capacity"] == 4.8
    assert almoner("undo").code == 0
    assert of(almoner, "W2")["capacity"] == 8


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("no-such", "--worker", "W2"), "newly-qualified-devon"),
        (("phased-return-weeks", "--worker", "W2", "--from", "2025-01-06"), "would be over"),
        (("phased-return-weeks", "--worker", "W77"), "W77"),
    ],
)
def test_a_ramp_that_cannot_be_is_refused_in_words(almoner: Shell, words: tuple[str, ...], said: str) -> None:
    answer = almoner("ramp", *words)
    assert answer.code == 2
    assert said in answer.err
    assert not almoner("list", "reduction", "--json").json


def test_reasons_and_ramps_are_listed(almoner: Shell) -> None:
    reasons = {one["id"]: one for one in almoner("list", "reduction-reason", "--json").json}
    assert (reasons["union"]["most_percent"], reasons["annual_leave"]["counts"]) == (50, False)
    assert "trainee-probation" in almoner("list", "ramp").out


def test_a_reason_that_no_pack_knows_is_refused(almoner: Shell, tmp_path: Path) -> None:
    document = '[[reduction]]\nworker = "W2"\npercent = 6\nreason = "Lead"\nkind = "lead_role"\nstarts = 2026-11-01\n'
    answer = almoner.record("reduction", document, tmp_path)
    assert answer.code == 2
    assert "5 %" in answer.err


def test_no_names_hides_who_answered(almoner: Shell, tmp_path: Path) -> None:
    almoner.record(
        "concern",
        '[[concern]]\nworker = "W2"\nraised_on = 2026-11-09\nwhy = "Red"\nanswered_on = 2026-11-18\n'
        'answered_by = "Hughes, Ann"\nplan = "Move"\n',
        tmp_path,
    )
    assert "Hughes, Ann" in almoner("caseload", "--json").out
    assert "Ann" not in almoner("--no-names", "caseload", "--json").out


def test_hours_are_given_and_printed_beside_percent(almoner: Shell, tmp_path: Path) -> None:
    """8 points x 30 / 37 = 6.486; 1.8 h less leave 28.2 of 37 h, 6.097 points."""
    assert almoner("amend", "worker", "W2", "hours=30").code == 0
    given = 'worker = "W2"\nhours = 1.8\nreason = "Educator"\nkind = "practice_educator"\nstarts = 2026-11-01\n'
    assert almoner.record("reduction", f"[[reduction]]\n{given}", tmp_path).code == 0
    okafor = of(almoner, "W2")
    assert (okafor["fte"], okafor["contract_hours"], okafor["today_hours"], okafor["capacity"]) == (
        0.81, 30, 28.2, 6.1,
    )  # fmt: skip
    (less,) = okafor["reductions"]  # type: ignore[misc]
    assert (less["percent"], less["hours"], less["in_hours"]) == (6, 1.8, True)  # type: ignore[has-type]
    out = almoner("caseload", "--worker", "W2").out
    assert "Educator 1.8 h a week (6 %)" in out
    assert "Capacity: Educator, 1.8 h a week (6 %), -0.39" in out


def test_a_percentage_says_its_hours(almoner: Shell, tmp_path: Path) -> None:
    given = 'worker = "W2"\npercent = 5\nreason = "Lead"\nkind = "lead_role"\nstarts = 2026-11-01\n'
    assert almoner.record("reduction", f"[[reduction]]\n{given}", tmp_path).code == 0
    (less,) = of(almoner, "W2")["reductions"]  # type: ignore[misc]
    assert (less["percent"], less["hours"], less["in_hours"]) == (5, 1.85, False)  # type: ignore[has-type]
    assert "Lead 5 %" in almoner("caseload").out


def test_hours_from_a_day_go_both_ways_through_documents(almoner: Shell, tmp_path: Path) -> None:
    done = almoner("amend", "worker", "W2", "hours=30", "--from", "2026-12-07", "--json").json
    assert done["changed"] == {
        "fte": {"before": 1, "after": 0.81},
        "hours": {"before": None, "after": 30},
    }  # fmt: skip
    days = ("2026-12-06", "2026-12-07")
    found = [almoner("caseload", "--worker", "W2", "--on", day, "--json").json[0]["contract_hours"] for day in days]
    assert found == [37, 30]
    almoner("amend", "worker", "W2", "hours=30")
    document = almoner("show", "worker", "W2", "--toml").out
    assert "hours = 30" in document
    assert "fte" not in document
    document = document.replace('"W2"', '"W22"').replace("Okafor", "Okafor-Lee")
    assert almoner.record("worker", document, tmp_path).code == 0
    assert of(almoner, "W22")["contract_hours"] == 30


def test_families_and_the_agencys_share_are_in_every_form(almoner: Shell, tmp_path: Path) -> None:
    siblings = [
        f'[[case]]\nreference = "C-{n}"\nteam = "North"\npathway = "looked_after"\nopened = 2026-10-01\n'
        f'sibling_group = "S-1"\n[[allocation]]\ncase = "C-{n}"\nworker = "{worker}"\nstarts = 2026-10-05\n'
        for n, worker in ((21, "W2"), (22, "W2"), (23, "W3"))
    ]
    assert almoner.record("case", "\n".join(siblings), tmp_path).code == 0
    assert almoner("amend", "worker", "W2", "agency=true").code == 0
    found = {one["worker"]: one for one in almoner("caseload", "--json").json}
    assert [(found[who]["cases"], found[who]["families"], found[who]["agency"]) for who in ("W2", "W3")] == [
        (3, 2, True),
        (1, 1, False),
    ]
    assert "families,agency" in almoner("caseload", "--csv").out.splitlines()[0]
    out = almoner("caseload", "--team", "North").out
    assert "In sum: 3 workers, 2.6 FTE, 4 cases (3 unweighed), 2 families." in out
    assert "Agency: 1 of 3 workers, 1 of 2.6 FTE, 3 of 4 cases." in out
    assert almoner("caseload", "--on", "2026-10-04", "--json").json[-1]["families"] <= 1
    assert "Agency: nobody." in almoner("caseload", "--on", "2026-11-01").out
