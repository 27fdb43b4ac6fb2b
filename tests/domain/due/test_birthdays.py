"""What falls due at an age: only for whom it still holds on that day."""

from __future__ import annotations

import pytest

from tests.domain.rules.rulekit import book, case, day, found, rule

AT_SIXTEEN = rule(
    kind="age", birthday=16, starts=["became_looked_after"], stops=["ceased_looked_after"], interval={"days": 28}
)
BECAME = ("became_looked_after", "2020-01-06")


@pytest.mark.parametrize(("left", "times"), [("2026-03-01", 0), ("2026-03-02", 0), ("2026-03-03", 1)])
def test_whoever_left_by_the_birthday_never_had_it_due(left: str, times: int) -> None:
    child = case(BECAME, ("ceased_looked_after", left), born=day("2010-03-02"))
    result = found(book(AT_SIXTEEN), child)
    assert result.obligations == ()
    assert [o.anchor_on for o in result.lapsed] == [day("2026-03-02")] * times


def test_whoever_stays_has_it_due_counted_from_the_birthday_or_from_a_later_start() -> None:
    for became, expected in (("2020-01-06", "2026-03-30"), ("2026-03-02", "2026-03-30"), ("2026-03-09", "2026-04-06")):
        child = case(("became_looked_after", became), born=day("2010-03-02"))
        assert [o.legal_due for o in found(book(AT_SIXTEEN), child).obligations] == [day(expected)]
