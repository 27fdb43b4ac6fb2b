"""The working days of a nation as readers have them: from what is written down, without the packs' own files."""

from __future__ import annotations

from datetime import date

from domain.core.enums import Nation
from domain.core.workdays import Workdays
from storage.rules.kept_packs import Packs


def working_days(packs: Packs, nation: Nation | str) -> Workdays:
    """Return when people work in a nation: bank holidays and the council's closure days left out.

    School terms are not in it. Reading the packs' files instead takes a second that a screen has not got.
    """
    return Workdays(Nation(nation), bank_holidays(packs, nation), _closures(packs, nation))


def bank_holidays(packs: Packs, nation: Nation | str) -> frozenset[date]:
    """Return a nation's bank holidays: as written down for readers, or worked out where nobody has yet."""
    kept = packs.get("bank_holidays", nation).get("days")
    if kept is not None:
        return frozenset(map(date.fromisoformat, kept))
    from storage.rules.pack_set import calendar

    return calendar(nation).holidays


def _closures(packs: Packs, nation: Nation | str) -> frozenset[date]:
    given = (pack["closures"] for pack in packs.all("terms").values() if pack["nation"] == nation)
    return frozenset(date.fromisoformat(day) for days in given for day in days)
