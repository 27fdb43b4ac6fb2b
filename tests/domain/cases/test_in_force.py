"""What is in force on a day: from its first day to its last, both counted, unless it was ended before."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.cases.in_force import in_force
from domain.cases.subject import Happening
from storage.rules import pack_set

SPECS = {name: one.as_item() for name, one in pack_set.load().in_force.items()}
GRANTED = Happening("dols_authorised", date(2026, 11, 3), {"ends": "2026-11-25"})


def days(spec: str, *events: Happening, around: tuple[date, ...]) -> list[bool]:
    return [in_force(SPECS[spec], events, day) is not None for day in around]


def test_an_authorisation_is_in_force_from_its_first_day_to_its_last() -> None:
    around = (date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 25), date(2026, 11, 26))
    assert days("dols-standard", GRANTED, around=around) == [False, True, True, False]


def test_one_without_an_end_lasts_as_long_as_the_law_lets_it() -> None:
    begun = Happening("dols_authorised", date(2026, 1, 31))
    around = (date(2027, 1, 30), date(2027, 1, 31))
    assert days("dols-standard", begun, around=around) == [True, False]
    longer = Happening("dols_authorised", date(2026, 1, 31), {"ends": "2028-01-30"})
    assert days("dols-standard", longer, around=around) == [True, False]


def test_an_urgent_authorisation_lasts_seven_days_and_seven_more_when_extended() -> None:
    urgent = Happening("dols_urgent_given", date(2026, 11, 2))
    around = (date(2026, 11, 8), date(2026, 11, 9))
    assert days("dols-urgent", urgent, around=around) == [True, False]
    further = Happening("dols_urgent_extended", date(2026, 11, 9))
    assert days("dols-urgent", urgent, further, around=(date(2026, 11, 15), date(2026, 11, 16))) == [True, False]


@pytest.mark.parametrize("end", ["dols_authorised", "dols_not_authorised", "dols_request_withdrawn", "dols_ended"])
def test_what_ends_an_urgent_authorisation_ends_it_that_day(end: str) -> None:
    urgent = Happening("dols_urgent_given", date(2026, 11, 2))
    around = (date(2026, 11, 3), date(2026, 11, 4))
    assert days("dols-urgent", urgent, Happening(end, date(2026, 11, 4)), around=around) == [True, False]


def test_a_further_request_that_is_refused_leaves_the_running_authorisation() -> None:
    refused = Happening("dols_not_authorised", date(2026, 11, 20))
    assert days("dols-standard", GRANTED, refused, around=(date(2026, 11, 20),)) == [True]


def test_what_ends_and_begins_on_one_day_is_in_force_whichever_was_recorded_first() -> None:
    on = date(2026, 11, 10)
    ended, begun = Happening("cop_dol_order_ended", on), Happening("cop_dol_order_made", on)
    first = Happening("cop_dol_order_made", date(2026, 1, 1))
    for order in ((first, ended, begun), (begun, ended, first)):
        assert days("cop-dol-order", *order, around=(on,)) == [True]


def test_an_end_that_cannot_be_read_counts_as_none() -> None:
    odd = Happening("dols_authorised", date(2026, 11, 3), {"ends": "next year"})
    found = in_force(SPECS["dols-standard"], [odd], date(2026, 11, 20))
    assert found is not None
    assert found.until == date(2027, 11, 2)


def test_the_words_say_since_when_and_until_when() -> None:
    found = in_force(SPECS["dols-standard"], [GRANTED], date(2026, 11, 20))
    assert found is not None
    assert found.words == "Standard DoLS authorisation, from Tue 3 Nov 2026 until Wed 25 Nov 2026"


def test_a_detail_narrows_what_begins_it() -> None:
    spec: dict[str, Any] = {**SPECS["cop-dol-order"], "detail": "interim", "is": False}
    events = [Happening("cop_dol_order_made", date(2026, 1, 1), {"interim": True})]
    assert in_force(spec, events, date(2026, 11, 20)) is None
    assert in_force({**spec, "is": True}, events, date(2026, 11, 20)) is not None
