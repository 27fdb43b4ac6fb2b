"""What is asked once something was left out so often in a row, and answers that say which one in a row they are."""

from __future__ import annotations

from datetime import date

import pytest

from tests.domain.rules.rulekit import SHIPPED, book, case, day, found, rule

PLAN = ("cp_plan_started", "2026-03-02")
WITHOUT, WITH = {"bedroom_seen": False}, {"bedroom_seen": True}


@pytest.mark.parametrize(
    ("visits", "held"),
    [
        ([("2026-03-09", WITHOUT)], [None]),
        ([("2026-03-09", WITHOUT), ("2026-03-10", WITH)], [day("2026-03-10")]),
        ([("2026-03-09", WITHOUT), ("2026-03-09", WITH)], []),
        ([("2026-03-08", WITH), ("2026-03-09", WITHOUT)], [None]),
    ],
)
def test_a_bedroom_not_seen_is_to_be_seen_on_a_later_day(
    visits: list[tuple[str, dict[str, bool]]], held: list[date | None]
) -> None:
    child = case(PLAN, *(("cp_visit", on, details) for on, details in visits))
    seen = [o for o in found(SHIPPED.rulebook, child).obligations if o.series == "cp_bedroom_seen"]
    assert [o.held_on for o in seen] == held


@pytest.mark.parametrize(("said", "following"), [({}, 1), ({"number": 1}, 1), ({"number": 3}, 4)])
def test_a_first_answer_may_say_which_one_in_the_row_it_was(said: dict[str, int], following: int) -> None:
    rules = book(rule(kind="staged", begins=True, starts=["referral_received"], first={"days": 10}, then={"days": 20}))
    (one,) = found(rules, case(("case_note", "2026-03-02", said))).obligations
    assert (one.cycle, one.legal_due) == (following, day("2026-03-22"))
