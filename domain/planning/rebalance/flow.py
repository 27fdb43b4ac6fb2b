"""The most points that fit under a threshold when items may be split: a maximum flow from groups of items into room.

Items with the same chances are one group. Carriers are bits, so that one step of the breadth-first search looks at
every carrier a group may reach at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


class Flow:
    """Points routed from groups into the room of carriers; it only ever grows, unless an item changes its group."""

    __slots__ = ("groups", "into", "left", "masks", "room")

    def __init__(self, room: Sequence[int]) -> None:
        self.masks: list[int] = []  # who may take the points of a group
        self.groups: dict[int, int] = {}  # the number of the group with these chances
        self.left: list[int] = []  # points of a group that are not routed
        self.into: list[dict[int, int]] = [{} for _ in room]  # points routed to a carrier, by group
        self.room = list(room)

    def copy(self) -> Flow:
        """Return the same flow, to go on with apart."""
        twin = Flow(())
        twin.masks, twin.groups = list(self.masks), dict(self.groups)
        twin.left, twin.into, twin.room = list(self.left), [dict(points) for points in self.into], list(self.room)
        return twin

    def add(self, mask: int, points: int) -> None:
        """Bring points that are to be routed."""
        group = self.groups.get(mask)
        if group is None:
            group = self.groups[mask] = len(self.masks)
            self.masks.append(mask)
            self.left.append(0)
        self.left[group] += points

    def take(self, mask: int, points: int) -> None:
        """Take points away again, those first that are not routed."""
        group = self.groups[mask]
        gone = min(points, self.left[group])
        self.left[group] -= gone
        points -= gone
        for carrier in ones(mask) if points else ():
            gone = min(points, self.into[carrier].get(group, 0))
            if gone:
                self._unroute(carrier, group, gone)
                self.room[carrier] += gone
                points -= gone

    def widen(self, more: Iterable[int]) -> None:
        """Give each carrier more room."""
        self.room = [had + new for had, new in zip(self.room, more, strict=True)]

    def push(self) -> int:
        """Route as much as can be routed and return what could not."""
        if any(self.left):
            self._fill()
        while any(self.left):
            ends, via, back = self._reach()
            if not ends:
                break
            for carrier in ends:
                self._send(carrier, via, back)
        return sum(self.left)

    def _fill(self) -> None:
        """Route what goes straight into open room, the groups with the fewest chances first."""
        masks, left, room, into = self.masks, self.left, self.room, self.into
        open_ = sum(1 << carrier for carrier, space in enumerate(room) if space > 0)
        for group in sorted((g for g, points in enumerate(left) if points), key=lambda g: masks[g].bit_count()):
            need, open_here = left[group], masks[group] & open_
            while need and open_here:
                carrier = (open_here & -open_here).bit_length() - 1
                open_here &= open_here - 1
                pushed = min(need, room[carrier])
                into[carrier][group] = into[carrier].get(group, 0) + pushed
                room[carrier] -= pushed
                need -= pushed
                if not room[carrier]:
                    open_ ^= 1 << carrier
            left[group] = need

    def _reach(self) -> tuple[list[int], dict[int, int], dict[int, int]]:
        """Return the carriers with room that unrouted points reach, with the way there.

        The way is told backwards: ``via`` the group a carrier was reached from, ``back`` the carrier that group's
        points would be taken from (-1 where they are unrouted).
        """
        masks, room, into = self.masks, self.room, self.into
        queue = [group for group, points in enumerate(self.left) if points]
        back = dict.fromkeys(queue, -1)
        via: dict[int, int] = {}
        ends: list[int] = []
        unseen = (1 << len(room)) - 1
        for group in queue:
            new = masks[group] & unseen
            unseen ^= new
            while new:
                carrier = (new & -new).bit_length() - 1
                new &= new - 1
                via[carrier] = group
                if room[carrier]:
                    ends.append(carrier)
                    continue
                for other in into[carrier]:
                    if other not in back:
                        back[other] = carrier
                        queue.append(other)
        return ends, via, back

    def _send(self, end: int, via: dict[int, int], back: dict[int, int]) -> None:
        """Route along one way as much as it still bears."""
        amount, group = self.room[end], via[end]
        while (through := back[group]) >= 0:
            amount = min(amount, self.into[through].get(group, 0))
            group = via[through]
        amount = min(amount, self.left[group])
        if not amount:
            return
        self.left[group] -= amount
        self.room[end] -= amount
        carrier = end
        while True:
            group = via[carrier]
            self.into[carrier][group] = self.into[carrier].get(group, 0) + amount
            carrier = back[group]
            if carrier < 0:
                return
            self._unroute(carrier, group, amount)

    def _unroute(self, carrier: int, group: int, amount: int) -> None:
        points = self.into[carrier]
        points[group] -= amount
        if not points[group]:
            del points[group]


def ones(mask: int) -> Iterator[int]:
    """Yield the numbers whose bits are set."""
    while mask:
        yield (mask & -mask).bit_length() - 1
        mask &= mask - 1
