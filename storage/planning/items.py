"""What a plan may move: cases with their siblings as one, who may hold each, and the words of what rules others out.

Siblings stay with one worker. Where they are split between several already, none moves to yet another; where one of
them lies with nobody, it joins the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from domain.core.enums import Role
from domain.load import capacity
from domain.planning.rebalance import Item
from domain.planning.scenarios import Scenario, Way
from storage.planning.load import OpenCase, areas_of, known_by, siblings_of
from storage.planning.policy import Policies

if TYPE_CHECKING:
    from datetime import date

    from storage.database.connection import Connection
    from storage.planning.people import Person

# What speaks for a worker among plans that are otherwise as good, in points' hundredths: ours, only to break ties.
KNOWS_THEM, NEAR, WISHED = 50, 25, 25

Pair = tuple[str, str]


class Pool(NamedTuple):
    """What may move. ``ruled_out`` holds by item and worker the words of the hard rules against it.

    ``policy`` has those against the present holder, by item. ``may`` are those whom no hard rule keeps from an item;
    ``rather_not`` the pairs against which a caution speaks.
    """

    items: tuple[Item, ...]
    ruled_out: Mapping[Pair, tuple[str, ...]]
    policy: Mapping[str, tuple[str, ...]]
    policies: Policies
    places: Mapping[str, int]
    may: Mapping[str, frozenset[str]]
    rather_not: frozenset[Pair]

    def item_of(self, case: str) -> Item | None:
        """Return the item that a case is part of."""
        at = self.places.get(case)
        return None if at is None else self.items[at]

    def may_cover(self, item: Item, there: Collection[str], holder: str | None) -> frozenset[str]:
        """Return who of those there may cover an item: whoever has it already, or whom no caution is against, first."""
        may = self.may[item.id] & frozenset(there)
        better = frozenset(who for who in may if who == holder or (item.id, who) not in self.rather_not)
        return better or may


class _Group(NamedTuple):
    """Cases that move as one, and the only workers they may go to where siblings are elsewhere already."""

    cases: tuple[OpenCase, ...]
    holder: str | None
    only: frozenset[str] | None = None
    because: str = ""


def items_of(
    conn: Connection,
    scenario: Scenario,
    people: Mapping[str, Person],
    cases: Mapping[str, OpenCase],
    policies: Policies,
    shares: Mapping[str, int],
    days: tuple[date, date],
) -> Pool:
    """Return what the plan may move, from the cases it is about and the people who may hold them."""
    return _Pooling(conn, scenario, people, cases, policies, shares, days).pool()


class _Pooling:
    """A pool being filled."""

    def __init__(
        self,
        conn: Connection,
        scenario: Scenario,
        people: Mapping[str, Person],
        cases: Mapping[str, OpenCase],
        policies: Policies,
        shares: Mapping[str, int],
        days: tuple[date, date],
    ) -> None:
        self.conn, self.scenario, self.people, self.policies, self.shares = conn, scenario, people, policies, shares
        self.days = days
        self.pinned = {(pair.case, pair.worker) for pair in scenario.pins}
        self.takers = [one for one in people.values() if not one.gone and not one.stays_out]
        self.staying = {one.id for one in self.takers}
        left = set(scenario.outgoing)
        self.cases = [one for one in cases.values() if one.case not in left and self._moves(one)]
        self.known = known_by(conn, scenario.teams, days[1])
        self.areas = areas_of(conn, scenario.teams, days[1])
        self.ruled_out: dict[Pair, tuple[str, ...]] = {}
        self.may: dict[str, frozenset[str]] = {}
        self.rather_not: set[Pair] = set()
        self.policy: dict[str, tuple[str, ...]] = {}

    def _moves(self, one: OpenCase) -> bool:
        """Whether a case may move: not while its holder takes no part in the plan."""
        holder = self.people.get(one.holder or "")
        return holder is None or not holder.stays_out

    def pool(self) -> Pool:
        """Fill it."""
        items = tuple(self._item(group) for group in self._groups())
        places = {case: at for at, item in enumerate(items) for case in item.cases}
        return Pool(
            items, self.ruled_out, self.policy, self.policies, places, self.may, frozenset(self.rather_not)
        )  # fmt: skip

    # siblings ----------------------------------------------------------------------------------------------------

    def _groups(self) -> list[_Group]:
        alone = [_Group((one,), one.holder) for one in self.cases if not one.siblings]
        families: dict[str, list[OpenCase]] = defaultdict(list)
        for one in self.cases:
            if one.siblings:
                families[one.siblings].append(one)
        here = {one.case for one in self.cases}
        elsewhere: dict[str, list[OpenCase]] = defaultdict(list)
        for one in siblings_of(self.conn, families, *self.days):
            if one.case not in here and one.holder and one.case not in self.scenario.outgoing:
                elsewhere[one.siblings].append(one)
        together = [group for name, found in families.items() for group in self._family(found, elsewhere[name])]
        return sorted([*alone, *together], key=lambda group: group.cases[0].case)

    def _family(self, found: Sequence[OpenCase], elsewhere: Sequence[OpenCase]) -> Iterable[_Group]:
        held: dict[str, list[OpenCase]] = defaultdict(list)
        for one in found:
            held[one.holder if one.holder in self.staying else ""].append(one)
        joining = held.pop("", [])
        if not elsewhere and len(held) <= 1:
            return self._united(next(iter(held), None), held, joining)
        return self._split(held, joining, elsewhere)

    def _united(
        self, holder: str | None, held: Mapping[str, list[OpenCase]], joining: list[OpenCase]
    ) -> Iterable[_Group]:
        """Yield siblings as one; those who join somebody that may not hold them stay apart, and may be stuck."""
        if holder is None:
            yield _Group(tuple(joining), next((one.holder for one in joining if one.holder), None))
            return
        barred = [one for one in joining if self.policies.hard(one.case, holder)]
        yield _Group((*held[holder], *(one for one in joining if one not in barred)), holder)
        if barred:
            yield self._restricted(barred, frozenset({holder}), [(one.case, holder) for one in held[holder]])

    def _split(
        self, held: Mapping[str, list[OpenCase]], joining: list[OpenCase], elsewhere: Sequence[OpenCase]
    ) -> Iterable[_Group]:
        """Yield siblings that several hold already: each part stays, or goes to another of the holders."""
        with_whom = [(one.case, one.holder or "") for cases in (*held.values(), elsewhere) for one in cases]
        only = frozenset(held)
        for holder, cases in held.items():
            yield self._restricted(cases, only, [pair for pair in with_whom if pair[1] != holder], holder)
        if joining:
            yield self._restricted(joining, only, with_whom)

    def _restricted(
        self, cases: Sequence[OpenCase], only: frozenset[str], with_whom: Iterable[Pair], holder: str | None = None
    ) -> _Group:
        rule = self.policies.together(one.case for one in cases)
        if not rule:
            return _Group(tuple(cases), holder or next((one.holder for one in cases if one.holder), None))
        listed = ", ".join(f"{case} is with {who}" for case, who in with_whom)
        because = f"{rule} ({listed})"
        return _Group(tuple(cases), holder or next((one.holder for one in cases if one.holder), None), only, because)

    # items -------------------------------------------------------------------------------------------------------

    def _item(self, group: _Group) -> Item:
        names = tuple(one.case for one in group.cases)
        name = names[0]
        eligible, rather_not = set(), {}
        for person in self.takers:
            if against := self._against(group, person):
                self.ruled_out[name, person.id] = against
            else:
                eligible.add(person.id)
                if avoided := self._avoided(group, person):
                    rather_not[person.id] = avoided
        self.may[name] = frozenset(eligible)
        self.rather_not |= {(name, who) for who in rather_not}
        if eligible - rather_not.keys():
            eligible -= rather_not.keys()
            self.ruled_out |= {(name, who): words for who, words in rather_not.items()}
        bonus = {who: self._bonus(group, who) for who in eligible}
        holder = group.holder if group.holder in self.people else None
        if holder in self.staying and holder not in eligible:
            self.policy[name] = self.ruled_out[name, holder]
        share = self.shares[Role.COVER if self._only_covered(holder) else Role.ALLOCATED]
        points = sum(capacity.share(one.points, share) for one in group.cases)
        worth = {who: points for who, points in bonus.items() if points}
        changes = sum(one.holder == holder for one in group.cases) or None
        return Item(name, names, points, holder, frozenset(eligible), worth, changes)

    def _only_covered(self, holder: str | None) -> bool:
        """Whether a holder is away on the day of the plan, and somebody covers: that weighs as cover does."""
        absence = self.scenario.absence(holder or "")
        gone = holder is not None and self.people[holder].gone is not None
        return gone and absence is not None and absence.way is Way.COVER

    def _against(self, group: _Group, person: Person) -> tuple[str, ...]:
        """Return the words of every hard rule against somebody; whoever holds a case with approval may keep it."""
        found: list[str] = []
        for one in group.cases:
            if not (one.holder == person.id and one.approved):
                found += self.policies.hard(one.case, person.id)
        if group.only is not None and person.id not in group.only:
            found.append(group.because)
        return tuple(dict.fromkeys(found))

    def _avoided(self, group: _Group, person: Person) -> tuple[str, ...]:
        """Return the words of cautions; none for who holds it now, or is pinned to it by somebody who knows better."""
        held_or_pinned = {(one.case, one.holder) for one in group.cases} | self.pinned
        found = [
            f"{words} (a caution; a pin overrules it)"
            for one in group.cases
            if (one.case, person.id) not in held_or_pinned
            for words in self.policies.avoided(one.case, person.id)
        ]
        return tuple(dict.fromkeys(found))

    def _bonus(self, group: _Group, worker: str) -> int:
        knows = any(worker in self.known.get(one.case, ()) for one in group.cases)
        near = any(one.area and one.area.casefold() in self.areas.get(worker, ()) for one in group.cases)
        wished = any(self.policies.wished(one.case, worker) for one in group.cases)
        return KNOWS_THEM * knows + NEAR * near + WISHED * wished


def words_by_rule(ruled_out: Mapping[Pair, tuple[str, ...]], item: str, people: Collection[str]) -> tuple[str, ...]:
    """Return why nobody may hold an item: each rule's words once, with the workers it rules out."""
    found: dict[str, list[str]] = defaultdict(list)
    for worker in people:
        for words in ruled_out.get((item, worker), ()):
            found[words].append(worker)
    return tuple(f"{words}: {', '.join(workers)}" for words, workers in found.items())
