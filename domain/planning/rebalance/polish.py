"""Among sharings that cost the same: first fewer moves, then more of what is preferred (continuity, travel)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from domain.planning.rebalance.search import Sharing

PASSES = 6
Change = tuple[tuple[int, int], ...]  # items and where each goes


def polish(sharing: Sharing, items: Iterable[int], stop: Callable[[], bool]) -> None:
    """Send items home, or to somebody preferred, where that costs nothing: alone, in exchange or passing one on."""
    chosen = [item for item in sorted(items) if _may_be_better(sharing, item)]
    for _ in range(PASSES):
        better = [item for item in chosen if not stop() and _bettered(sharing, item)]
        if not better:
            return


def _may_be_better(sharing: Sharing, item: int) -> bool:
    if sharing.place[item] < 0 or len(sharing.chances[item]) < 2:
        return False
    return 0 <= sharing.home[item] != sharing.place[item] or bool(sharing.model.soft[item])


def _bettered(sharing: Sharing, item: int) -> bool:
    """Make the first change that costs no more and is better, if there is one."""
    was = _rank(sharing)
    for target in _wished(sharing, item):
        for change in _ways(sharing, item, target):
            mark = len(sharing.log)
            for one, where in change:
                sharing.put(one, where)
            if _rank(sharing) < was and sharing.away <= was[1]:  # a limit of moves holds here too
                return True
            sharing.undo(mark)
    return False


def _rank(sharing: Sharing) -> tuple[int, int, int]:
    """Return what a better sharing has less of: cost, then moves, then the bonus missed."""
    return sharing.cost, sharing.away, -sharing.worth


def _wished(sharing: Sharing, item: int) -> list[int]:
    """Return where an item had better be: home, then wherever its bonus is greater, the greatest first."""
    here, home, bonus = sharing.place[item], sharing.home[item], sharing.model.soft[item]
    now = bonus.get(here, 0)
    more = [who for who in sharing.chances[item] if who not in (here, home) and bonus.get(who, 0) > now]
    more.sort(key=lambda who: (-bonus.get(who, 0), who))
    return [home, *more] if 0 <= home != here else more


def _ways(sharing: Sharing, item: int, target: int) -> Iterator[Change]:
    """Yield the ways to bring an item to a carrier: alone, against one of theirs, or one of theirs going elsewhere."""
    here = sharing.place[item]
    yield ((item, target),)
    others = sorted(sharing.members[target])
    for other in others:
        if here in sharing.chances[other]:
            yield (item, target), (other, here)
    if sharing.model.soft[item]:
        for other in others:
            for third in sorted(sharing.chances[other] - {here, target}):
                yield (item, target), (other, third)
