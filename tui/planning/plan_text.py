"""A plan in words: why each case moves, how sure the plan is, and what it cannot do. Shared by screens and commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.core.enums import Role
from domain.core.text import initials, plural
from domain.planning.proposals import Agreed, Balance, Cause, Move, Proposal
from domain.planning.rebalance import COST_UNIT
from storage.database.connection import Connection
from storage.people.staff import names_in
from tui.core.look import hundredths, percent

if TYPE_CHECKING:
    from domain.planning.scenarios import Scenario
    from storage.planning.plan import WhyNotThem

Who = Callable[[str | None], str]

MOST_NAMED = 3  # cases in a sentence about several
FULL = 1000  # tenths of a percent of capacity
CLOSE = 1.0  # up to this gap in percent it is said how near the best a plan is; beyond it, that it is not proven


def reason(move: Move, who: Who, today: date) -> str:
    """Return why a case passes, what that does, and who came second."""
    parts = [_cause(move, who, today), _pinned(move, who), *_effect(move, who), _runner_up(move, who)]
    parts += [f"caution: {words}" for words in move.cautions]
    return "; ".join(part for part in parts if part)


def _cause(move: Move, who: Who, today: date) -> str:
    holder, day = who(move.from_), move.goes or move.starts
    match move.cause:
        case Cause.UNALLOCATED:
            return "nobody holds it"
        case Cause.ARRIVES:
            return f"comes from {holder}" if move.from_ else "a new case"
        case Cause.LEAVES:
            return f"{holder} {'left' if day < today else 'leaves'} on {show_day(day, today)}"
        case Cause.AWAY:
            return f"{holder} is away from {show_day(day, today)}{_until(move, today)}"
        case Cause.SIBLINGS:
            return "joins " + _and(move.together)
        case Cause.POLICY:
            return f"{holder} may not hold it: {'; '.join(move.against)}"
        case Cause.PINNED:
            return f"pinned to {who(move.to)}"
        case Cause.BALANCE:
            return ""


def _pinned(move: Move, who: Who) -> str:
    return f"pinned to {who(move.to)}" if move.pinned and move.cause is not Cause.PINNED else ""


def _until(move: Move, today: date) -> str:
    if move.role is not Role.COVER:
        return ": for good"
    return f": cover until {show_day(move.ends, today)}" if move.ends else ": cover"


def _effect(move: Move, who: Who) -> Iterator[str]:
    if move.cause in (Cause.BALANCE, Cause.POLICY, Cause.PINNED) and move.from_before is not None:
        yield f"takes {who(move.from_)} from {percent(move.from_before)} to {percent(move.from_after)}"
    if move.together and move.cause is not Cause.SIBLINGS:
        yield f"with {_and(move.together)} of the same family"
    yield f"{who(move.to)} goes from {_before(move)} to {percent(move.to_after)}"


def _before(move: Move) -> str:
    return percent(move.to_before) if move.to_before is not None else "nothing"


def _runner_up(move: Move, who: Who) -> str:
    if move.pinned or (move.runner_up is None and move.role is Role.COVER and move.ends):
        return ""
    if move.runner_up is None:
        return "nobody else may hold it"
    more = points_of_cost(move.costs_more or 0)
    return f"runner-up {who(move.runner_up)}, " + (f"costs {more} more" if more != "0" else "as good")


def _and(names: Iterable[str]) -> str:
    return " and ".join(names)


def points_of_cost(cost: int) -> str:
    """Return a cost in points, with at most one decimal."""
    return f"{cost / COST_UNIT:,.1f}".removesuffix(".0")


def certificate(plan: Proposal) -> str:
    """Return how sure the plan is: "cost 3,235; cannot be below 3,235: proven best"."""
    cost, bound = points_of_cost(plan.cost), points_of_cost(plan.bound)
    if plan.proven:
        return f"cost {cost}, proven: no plan with these moves shares the load more evenly"
    if plan.gap_percent is None:
        return f"cost {cost}; the bound is {bound}: not proven"
    if plan.gap_percent <= CLOSE:
        return f"cost {cost}; at most {_gap(plan.gap_percent)} % from best"
    return f"cost {cost}; cannot be below {bound}; not proven: gap {_gap(plan.gap_percent)} %"


def how_sure(proven: bool, gap: float | None) -> str:
    """Return how sure a plan is in two words."""
    if proven:
        return "proven best"
    return "not proven" if gap is None else f"gap {_gap(gap)} %"


def doubts(plan: Proposal) -> list[str]:
    """Return everything that is said of how good a plan is and what it cannot do, a line each."""
    return [line for line in (highest(plan), certificate(plan), shortfall(plan), *target(plan)) if line]


def highest(plan: Proposal) -> str:
    """Return how high the highest load is, and below what no plan with these moves brings it; empty if all is well."""
    if plan.least is None or plan.highest is None or plan.highest <= FULL:
        return ""
    return (
        f"the highest load is {percent(plan.highest)}; no plan with these moves brings it below {percent(plan.least)}"
    )


def gone(one: Balance) -> str:
    """Return how it is said that somebody is gone or new; empty for who was there and stays."""
    if one.left:
        return f"left on {show_day(one.left)}"
    if one.gone:
        return f"gone from {show_day(one.gone)}"
    return f"new from {show_day(one.starts)}" if one.starts else ""


def naming(conn: Connection, plan: Proposal, *, no_names: bool) -> Who:
    """Return how workers are called: by surname where only one has it, by initials while names stay hidden."""
    names = names_in(conn, plan.scenario.teams, plan.day)
    names |= {one.worker: one.name for one in plan.people}
    short = {key: initials(name) if no_names else name.partition(",")[0] for key, name in names.items()}
    often = Counter(short.values())

    def called(worker: str | None) -> str:
        if worker is None:
            return "nobody"
        said = short.get(worker, "")
        if not said:
            return worker
        return said if often[said] == 1 else f"{said} ({worker})"

    return called


def _gap(gap: float) -> str:
    """Round a gap up, so that "at most" stays true."""
    tenths = -int(-gap * 10 // 1)
    return f"{max(tenths, 1) / 10:g}"


def shortfall(plan: Proposal) -> str:
    """Return the points that no allocation can keep within 100 %, also in full-time workers; empty for none."""
    if plan.shortfall <= 0:
        return ""
    fte = f", {hundredths(plan.shortfall_fte)} full-time workers short" if plan.shortfall_fte is not None else ""
    return f"{hundredths(plan.shortfall)} points are over 100 % however the cases lie{fte}"


def target(plan: Proposal) -> list[str]:
    """Return whether everyone came within the target, and how few moves could ever be enough."""
    if plan.target is None:
        return []
    line = f"{plan.target} %"
    if plan.reached:
        said = [f"everyone within {line}"]
    else:
        said = [f"not everyone within {line}: the highest is {percent(plan.highest)}"]
    if plan.fewest is None:
        return [*said, f"proven: no plan can bring everyone under {line}, whatever moves"]
    if plan.fewest > 0:
        fewer = f"fewer than {plan.fewest:,} moves" if plan.fewest > 1 else "no move at all"
        said.append(f"no plan with {fewer} can bring everyone under {line}")
    return said


def summary(plan: Proposal) -> str:
    """Return how many change worker, are covered or are placed, and what becomes of the highest load."""
    before = max((one.before for one in plan.people if one.before is not None), default=None)
    lasting = {move.case for move in plan.moves if move.role is Role.ALLOCATED}
    covered = {move.case for move in plan.moves if move.role is Role.COVER}
    further = len({move.case for move in plan.moves if move.cause in (Cause.BALANCE, Cause.PINNED)})
    besides = f" ({further} only for balance)" if further and further != plan.children else ""
    families = f" in {plural(_families(plan), 'family', 'families')}" if _families(plan) != plan.children else ""
    said = (
        [f"{plural(plan.children, 'change')} of worker{families}{besides}"] if plan.children or not plan.moves else []
    )
    said += [f"{len(lasting) - plan.children} placed"] if len(lasting) > plan.children else []
    said += [f"{len(covered)} covered"] if covered else []
    return f"{', '.join(said)}; the highest load {percent(before)} → {percent(plan.highest)}"


def _families(plan: Proposal) -> int:
    """Return how many families it is that change worker, a child without siblings among them counted as one."""
    changing = {move.case: move.together for move in plan.moves if move.from_ and move.role is Role.ALLOCATED}
    return len({min([case, *(one for one in others if one in changing)]) for case, others in changing.items()})


def no_longer_accepted(before: Collection[Agreed], now: Collection[Agreed]) -> str:
    """Return that moves which were accepted are not any more, as the plan changed them; empty where all still are."""
    gone = sorted({one.case for one in before} - {one.case for one in now})
    if not gone:
        return ""
    named = ", ".join(gone[:MOST_NAMED]) + (f" and {len(gone) - MOST_NAMED} more" if len(gone) > MOST_NAMED else "")
    return f"Not accepted any more, as the plan changed: {named}."


def about(scenario: Scenario, who: Who, today: date) -> str:
    """Return a scenario in a few words."""
    parts = [f"{who(one.worker)} leaves {show_day(one.on, today)}" for one in scenario.leavers]
    parts += [f"{who(one.worker)} away from {show_day(one.starts, today)} ({one.way})" for one in scenario.absences]
    parts += [f"{one.grade.replace('-', ' ')} starts {show_day(one.on, today)}" for one in scenario.starters]
    parts += [f"merges with {team}" for team in scenario.merges]
    parts += [f"{plural(len(found), 'case')} {words}" for found, words in (
        (scenario.arrivals, "to come"), (scenario.incoming, "taken over"), (scenario.outgoing, "handed over"),
    ) if found]  # fmt: skip
    parts += [f"everyone within {scenario.target} %"] if scenario.target is not None else []
    parts += [f"at most {plural(scenario.most_moves, 'change')} of worker"] if scenario.most_moves is not None else []
    parts += ["shared out evenly"] if scenario.even else []
    parts += [f"{one.case} pinned to {who(one.worker)}" for one in scenario.pins]
    parts += [f"{one.case} kept from {who(one.worker)}" for one in scenario.forbids]
    return "; ".join(parts) or "share the cases out more evenly"


def instead(found: WhyNotThem, who: Who) -> str:
    """Return why a case is not with somebody, in a line of a list."""
    name = who(found.worker)
    if found.reasons:
        return f"✗ {name}: {'; '.join(found.reasons)}"
    if found.costs is None or found.costs <= 0:
        return f"{name}: as good"
    return f"{name}: costs {points_of_cost(found.costs)} more"


def why_not(found: WhyNotThem, who: Who) -> str:
    """Return why a case is not with somebody."""
    name = who(found.worker)
    if found.chosen:
        return f"The plan gives {found.case} to {name}."
    if found.reasons:
        return f"{found.case} cannot go to {name}: {'; '.join(found.reasons)}."
    if found.costs is None:
        return f"{found.case} cannot go to {name}."
    if found.costs <= 0:
        return f"{found.case} could as well go to {name}: that costs nothing more."
    return f"With {found.case} at {name} the best plan costs {points_of_cost(found.costs)} points more."
