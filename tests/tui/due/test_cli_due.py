"""due, why, caseload and allocate: the main questions of a Monday, answered in print."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.shell import Shell

# C-1001 became looked after on Mon 16 March 2026. Twenty working days on, past Good Friday (3 April) and Easter
# Monday (6 April), is Wed 15 April.
FIRST_REVIEW = "2026-04-15"
KEYS = {
    "id", "subject", "pathway", "rule", "title", "tier", "anchor", "legal_due", "plan_by", "status", "days_late",
    "worker", "team", "citation", "verified",
}  # fmt: skip


def held(almoner: Shell, folder: Path, on: str, kind: str = "lac_review_held") -> None:
    document = f'[[event]]\ncase = "C-1001"\nkind = "{kind}"\non = {on}\n'
    assert almoner.record("event", document, folder).code == 0


def review(almoner: Shell) -> dict[str, object]:
    found = almoner("due", "--case", "C-1001", "--kind", "lac_review", "--json").json
    assert len(found) == 1
    return dict(found[0])


def test_due_says_what_is_due_of_whom_and_by_which_rule(almoner: Shell) -> None:
    line = review(almoner)
    assert set(line) >= KEYS
    assert line["subject"] == {"kind": "case", "reference": "C-1001"}
    assert line["anchor"] == {"event": "became_looked_after", "date": "2026-03-16"}
    assert (line["rule"], line["legal_due"], line["status"]) == ("lac_review_1", FIRST_REVIEW, "overdue")
    assert line["days_late"] == 219
    assert (line["worker"], line["team"], line["tier"], line["verified"]) == ("W2", "North", "regulation", True)


def test_the_next_review_counts_from_the_day_held(almoner: Shell, tmp_path: Path) -> None:
    held(almoner, tmp_path, "2026-04-14")
    assert review(almoner)["legal_due"] == "2026-07-14"
    held(almoner, tmp_path, "2026-07-10")
    assert review(almoner)["legal_due"] == "2027-01-10"
    assert review(almoner)["plan_by"] == "2027-01-08"


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (("--overdue", "--kind", "lac_review"), 1),
        (("--worker", "W2", "--kind", "lac_review"), 1),
        (("--worker", "W3", "--kind", "lac_review"), 0),
        (("--team", "north", "--kind", "lac_review_1"), 1),
        (("--within", "0", "--kind", "lac_review"), 1),
        (("--kind", "core_group"), 0),
    ],
    ids=str,
)
def test_due_is_narrowed_by_options(almoner: Shell, words: tuple[str, ...], count: int) -> None:
    assert len(almoner("due", *words, "--json").json) == count


def test_due_is_soonest_first(almoner: Shell) -> None:
    dates = [line["legal_due"] for line in almoner("due", "--json").json]
    assert dates == sorted(dates)
    assert len(dates) > 2


def test_the_table_says_lateness_in_words(almoner: Shell) -> None:
    shown = almoner("due", "--case", "C-1001").out
    assert "● late" in shown
    assert "219 days late" in shown


def test_csv_of_what_is_due_has_a_column_a_key(almoner: Shell) -> None:
    heading, *rows = almoner("due", "--csv").out.splitlines()
    assert "subject.reference" in heading.split(",")
    assert len(rows) == len(almoner("due", "--json").json)


def test_nothing_due_is_said_and_is_no_error(almoner: Shell) -> None:
    answer = almoner("due", "--kind", "core_group")
    assert (answer.code, answer.out) == (0, "")
    assert "Nothing is due" in answer.err
    assert almoner("due", "--kind", "core_group", "--json").json == []


# why -------------------------------------------------------------------------------------------------------------


def test_why_shows_the_working_and_the_citation(almoner: Shell) -> None:
    why = almoner("why", "C-1001", "lac_review", "--json").json
    assert set(why) >= KEYS | {"trace", "citations"}
    assert why["legal_due"] == FIRST_REVIEW
    assert all(set(step) == {"step", "detail", "date"} for step in why["trace"])
    assert "2026-03-16" in [step["date"] for step in why["trace"]]
    assert all(set(c) == {"text", "source", "checked", "confidence"} for c in why["citations"])
    assert "regulation 33" in why["citations"][0]["text"]


def test_why_takes_the_id_that_due_prints(almoner: Shell) -> None:
    number = str(review(almoner)["id"])
    assert almoner("why", number, "--json").json["id"] == number
    assert almoner("why", number).out.startswith("First looked-after review: C-1001\ndue Wed 15 Apr 2026")


def test_why_explains_a_cycle_that_was_held(almoner: Shell, tmp_path: Path) -> None:
    held(almoner, tmp_path, "2026-04-14")
    why = almoner("why", "C-1001", "lac_review_1", "--json").json
    assert (why["legal_due"], why["held_on"], why["status"]) == (FIRST_REVIEW, "2026-04-14", "held")


def test_why_explains_a_workers_supervision(almoner: Shell) -> None:
    why = almoner("why", "W2", "supervision", "--json").json
    assert why["subject"] == {"kind": "worker", "reference": "W2"}
    assert why["legal_due"] == "2024-02-08"


# caseload and allocate -------------------------------------------------------------------------------------------


def test_caseload_gives_load_capacity_and_utilisation(almoner: Shell) -> None:
    lines = {line["worker"]: line for line in almoner("caseload", "--json").json}
    okafor = lines["W2"]
    assert set(okafor) == {
        "worker", "name", "grade", "team", "fte", "cases", "points", "capacity", "utilisation", "band", "reductions",
        "state", "streak_weeks", "stable", "extra", "contract_hours", "today_hours", "unplanned_hours", "away", "weeks",
        "concern", "families", "agency", "unweighed",
    }  # fmt: skip
    assert (okafor["cases"], okafor["capacity"], okafor["fte"]) == (1, 100, 1)
    assert okafor["utilisation"] == okafor["points"]
    assert lines["W3"]["capacity"] == 60


def test_one_workers_caseload_comes_line_by_line(almoner: Shell, tmp_path: Path) -> None:
    weighing = (
        '[[weighting]]\ncase = "C-1001"\nscheme = "three-factor"\non = 2026-11-02\n'
        'answers = { complexity = "2", risk = "3", travel = "1" }\n'
    )
    almoner.record("weighting", weighing, tmp_path)
    (record,) = almoner("caseload", "--worker", "W2", "--json").json
    (line,) = record["lines"]
    assert (line["case"], line["role"], line["points"]) == ("C-1001", "allocated_worker", 6)
    assert [(f["factor"], f["value"], f["points"]) for f in line["factors"]] == [
        ("complexity", "2", 2), ("risk", "3", 3), ("travel", "1", 1),
    ]  # fmt: skip


def test_a_case_nobody_weighed_says_so(almoner: Shell) -> None:
    (record,) = almoner("caseload", "--worker", "W2", "--json").json
    (line,) = record["lines"]
    assert line["assumed"]
    assert line["points"] == sum(f["points"] for f in line["factors"]) == record["points"]
    assert "assumed" in almoner("caseload", "--worker", "W2").out


def test_allocating_moves_the_case_and_keeps_the_reason(almoner: Shell) -> None:
    answer = almoner("allocate", "C-1001", "--to", "Begum", "--on", "2/11/2026", "--reason", "moved to Leeds")
    assert answer.code == 0
    first, second = almoner("list", "allocation", "--case", "C-1001", "--json").json
    assert (first["worker"], first["ends"]) == ("W2", "2026-11-02")
    assert (second["worker"], second["reason"]) == ("W3", "OTHERS")
    assert second["note"] == "moved to Leeds"


def test_a_reason_may_be_a_code_or_its_words(almoner: Shell) -> None:
    almoner("allocate", "C-1001", "--to", "W3", "--reason", "tsproc")
    almoner("allocate", "C-1001", "--to", "W1", "--reason", "the child asked", "--on", "2026-11-20")
    reasons = [a["reason"] for a in almoner("list", "allocation", "--case", "C-1001", "--json").json]
    assert reasons[1:] == ["TSPROC", "CHCHAN"]


def test_a_change_of_worker_needs_a_reason(almoner: Shell) -> None:
    answer = almoner("allocate", "C-1001", "--to", "W3")
    assert answer.code == 2
    assert "why" in answer.err


def test_a_second_role_leaves_the_allocated_worker(almoner: Shell) -> None:
    assert almoner("allocate", "C-1001", "--to", "W3", "--role", "co-worker", "--json").json["role"] == "co_worker"
    assert len(almoner("list", "allocation", "--case", "C-1001", "--open", "--json").json) == 2


# rules -----------------------------------------------------------------------------------------------------------


def test_rules_carry_their_sources(almoner: Shell) -> None:
    rules = almoner("rules", "list", "--json").json
    keys = {"id", "pack", "title", "tier", "applies_to", "citations", "verified", "active", "valid_from", "valid_to"}
    assert all(set(rule) >= keys for rule in rules)
    assert all(set(c) >= {"text", "source", "checked", "confidence"} for rule in rules for c in rule["citations"])
    assert "lac_review_1" in {rule["id"] for rule in rules}


def test_shipped_packs_are_sound_and_a_broken_one_is_shown(almoner: Shell, tmp_path: Path) -> None:
    assert almoner("rules", "check", "--json").json["problems"] == []
    folder = tmp_path / "packs"
    folder.mkdir()
    (folder / "ours.toml").write_text("kind = 'rules'\nid = 'ours'\n[[rules]]\nid = 3\n")
    answer = almoner("rules", "check", str(folder), "--json")
    assert answer.code == 1
    assert set(answer.json["problems"][0]) == {"file", "rule", "key", "message"}
    assert answer.json["problems"][0]["file"] == "ours.toml"


def test_the_vocabulary_of_events_says_what_each_starts_and_answers(almoner: Shell) -> None:
    kinds = {kind["kind"]: kind for kind in almoner("list", "event-kind", "--json").json}
    assert "lac_review_1" in kinds["became_looked_after"]["starts"]
    assert "lac_review_1" in kinds["lac_review_held"]["answers"]
    assert set(kinds["lac_visit"]) >= {"kind", "title", "pathways", "starts", "answers"}


@pytest.mark.parametrize(
    ("days", "said"),
    [("99999999", "write 36,500 days or less"), ("9" * 30, "write 36,500 days or less"), ("x", "not a number of days")],
)
def test_how_many_days_ahead_can_be_asked_for(almoner: Shell, days: str, said: str) -> None:
    refused = almoner("due", "--within", days)
    assert refused.code == 2
    assert said in refused.err


def test_of_whoever_leaves_what_is_due_by_then_stays_and_the_rest_says_why_it_is_closed(
    almoner: Shell, tmp_path: Path
) -> None:
    session = '[[session]]\nworker = "W3"\nsupervisor = "W1"\non = 2026-10-30\nheld_on = 2026-10-30\nstate = "held"\n'
    assert almoner.record("session", session, tmp_path).code == 0
    assert almoner("amend", "worker", "W3", "leaves=2026-11-30").code == 0

    def supervision() -> list[str]:
        found = almoner("due", "--worker", "W3", "--json").json
        return [one["legal_due"] for one in found if one["series"] == "supervision"]

    assert supervision() == ["2026-11-30"]
    assert "W3 leaves on Mon 30 Nov: what would be due of their own after that day is closed." in (
        almoner("due", "--worker", "W3").err
    )
    assert almoner("amend", "worker", "W3", "leaves=2026-11-29").code == 0
    assert supervision() == []
    why = almoner("why", "W3", "supervision", "--json").json
    assert (why["legal_due"], why["status"], why["days_late"]) == ("2026-11-30", "closed", 0)
    assert ("Closed", "last day Sun 29 Nov 2026") in [(one["step"], one["detail"]) for one in why["trace"]]
    assert "last day Sun 29 Nov 2026" in almoner("why", "W3", "supervision").out
    assert almoner("undo").code == 0
    assert supervision() == ["2026-11-30"]
    assert "leaves on" not in almoner("due", "--worker", "W2").err
