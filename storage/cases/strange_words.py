"""Words on cases that no rule can read: factors nobody declared, needs nobody brings, sibling groups spelled otherwise.

They are taken as they are, since a person may know better; whoever wrote one is told at once, and `doctor` lists them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from domain.allocation.known_words import Words, fold, not_known, or_near
from domain.core.text import shown
from storage.database.connection import Connection
from storage.rules.kept_packs import Packs


class Marked(Protocol):
    """A case, as far as its words go."""

    @property
    def reference(self) -> str: ...
    @property
    def factors(self) -> tuple[str, ...]: ...
    @property
    def must_have(self) -> tuple[str, ...]: ...
    @property
    def prefers(self) -> tuple[str, ...]: ...
    @property
    def sibling_group(self) -> str: ...


class Strange(NamedTuple):
    """A word of a case that no rule can read, in which field it stands, and in words what is to be said of it."""

    case: str
    field: str
    word: str
    words: str


class _Case(NamedTuple):
    reference: str
    factors: tuple[str, ...]
    must_have: tuple[str, ...]
    prefers: tuple[str, ...]
    sibling_group: str


_CASES = "SELECT reference, factors, must_have, prefers, sibling_group FROM cases WHERE"
_OPEN = f"{_CASES} closed IS NULL ORDER BY reference"
_ONE = f"{_CASES} reference = :reference"
_FIELDS = ("factors", "must_have", "prefers", "sibling_group")


class Spoken:
    """The words that rules can read: those packs declare, what workers bring, and the sibling groups there are."""

    def __init__(self, conn: Connection) -> None:
        packs = Packs(conn)
        self.factors = Words(packs.all("factor").values())
        self._specialisms = Words(packs.all("specialism").values())
        brought = conn.each(_Brings, "SELECT specialisms FROM worker WHERE specialisms <> '[]'")
        self._brought = {fold(word): word for one in brought for word in one.specialisms}
        self._groups: dict[str, Counter[str]] = defaultdict(Counter)
        for group in conn.values("SELECT sibling_group FROM cases WHERE sibling_group <> '' ORDER BY reference"):
            self._groups[_squashed(group)][group] += 1

    def also(self, case: Marked) -> None:
        """Know the sibling group of a case that is only just being recorded."""
        if case.sibling_group:
            self._groups[_squashed(case.sibling_group)][case.sibling_group] += 1

    def strange(self, case: Marked, only: Iterable[str] = _FIELDS) -> Iterator[Strange]:
        """Yield what no rule can read of a case, of the fields ``only``."""
        for field in only:
            if field == "sibling_group":
                yield from self._alone(case)
            elif field == "factors":
                yield from unknown_factors(self.factors, case.reference, case.factors)
            else:
                yield from self._unmet(case.reference, field, getattr(case, field))

    def _unmet(self, reference: str, field: str, wanted: Iterable[str]) -> Iterator[Strange]:
        for word in wanted:
            if fold(word) not in self._brought and self._specialisms.id_of(word) is None:
                near = or_near(self._specialisms.near(word, self._brought.values()))
                told = f"{field.replace('_', ' ')} “{shown(word)}” is what no worker brings{near}"
                yield Strange(reference, field, word, told)

    def _alone(self, case: Marked) -> Iterator[Strange]:
        """Yield a sibling group that is most often spelled otherwise."""
        group = case.sibling_group
        times = Counter(self._groups.get(_squashed(group), {}) if group else {})
        others = [(count, name) for name, count in times.items() if name != group]
        if others and max(others)[0] >= times[group]:
            told = (
                f"sibling group “{shown(group)}” is written otherwise on others; did you mean {shown(max(others)[1])}?"
            )
            yield Strange(case.reference, "sibling_group", group, told)


class _Brings(NamedTuple):
    specialisms: tuple[str, ...]


def _squashed(group: str) -> str:
    return fold(group).replace(" ", "")


def unknown_factors(known: Words, reference: str, factors: Iterable[str]) -> Iterator[Strange]:
    """Yield the factors of a case that no pack declares."""
    for word in factors:
        if known.id_of(word) is None:
            yield Strange(reference, "factors", word, not_known(word, known.near(word)))


def on_open_cases(conn: Connection) -> list[Strange]:
    """Return the words on open cases that no rule can read, by case."""
    spoken = Spoken(conn)
    return [one for case in conn.each(_Case, _OPEN) for one in spoken.strange(case)]


def one_case(conn: Connection, reference: str) -> list[Strange]:
    """Return the words on one case that no rule can read."""
    case = conn.one(_Case, _ONE, reference=reference)
    return [] if case is None else list(Spoken(conn).strange(case))
