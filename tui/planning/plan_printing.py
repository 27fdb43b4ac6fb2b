"""Plans as plain tables and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from domain.core.dates import show_day
from domain.core.text import plural
from domain.planning.rebalance import COST_UNIT
from domain.planning.scenarios import Scenario
from tui.commandline import printing
from tui.commandline.context import Context
from tui.core.look import hundredths, percent, state
from tui.planning import plan_text, weeks_text

if TYPE_CHECKING:
    from domain.planning.proposals import Balance, Move, Proposal, Span
    from storage.planning.plan import WhyNotThem
    from storage.planning.saved_plans import Comparison, Saved, SavedLine

_MOVES = ("Case", "From", "To", "When", "Points", "Why")
_PEOPLE = ("Worker", "Cases", "", "Points", "", "Load", "", "")
_LIST = ("Name", "Team", "Made", "Applied", "Moves", "Highest", "How sure", "What for")


def who(context: Context, plan: Proposal) -> plan_text.Who:
    """Return how the workers of a plan are called."""
    return plan_text.naming(context.reader, plan, no_names=context.no_names)


# one plan --------------------------------------------------------------------------------------------------------


def put_plan(
    context: Context, plan: Proposal, *, curve: bool, calendar: bool = False, kept: Saved | None = None
) -> None:
    """Print a plan."""
    if context.form == "json":
        more = {} if kept is None else {"name": kept.name, "applied_on": kept.applied_on, "note": kept.note}
        printing.put_json({**more, **record(context, plan)})
        return
    named = who(context, plan)
    printing.put(
        f"{plan.scenario.team}, for {show_day(plan.day)}: {plan_text.about(plan.scenario, named, context.today)}"
    )
    if kept is not None:
        applied = f", applied {show_day(kept.applied_on)}" if kept.applied_on else ", not applied"
        printing.put(f"Plan {kept.name}, made {show_day(kept.made_on)}{applied}")
    printing.put(plan_text.summary(plan))
    printing.put()
    if not printing.table(_MOVES, (_move_row(context, move, named) for move in plan.moves)):
        printing.put("Nothing moves.")
    _put_stuck(plan, named)
    printing.put()
    printing.table(_PEOPLE, (_person_row(one, named) for one in plan.people))
    _put_spans(context, plan, named)
    if calendar:
        _put_calendar(context, plan, named)
    if curve:
        _put_curve(plan)
    printing.put()
    for line in (*weeks_text.over_time(plan, named, context.today), *plan_text.doubts(plan)):
        printing.put(line)
    for note in plan.notes:
        printing.put(f"Note: {note}")


def _move_row(context: Context, move: Move, named: plan_text.Who) -> tuple[Any, ...]:
    return (
        move.case,
        named(move.from_) if move.from_ else "–",
        named(move.to),
        show_day(move.starts, context.today),
        hundredths(move.points),
        plan_text.reason(move, named, context.today),
    )


def _person_row(one: Balance, named: plan_text.Who) -> tuple[Any, ...]:
    found = state(one.band_after)
    marked = plan_text.gone(one) or f"{found.glyph} {found.word}".strip()
    return (
        named(one.worker), str(one.cases_before), f"→ {one.cases_after}", hundredths(one.points_before),
        f"→ {hundredths(one.points_after)}", percent(one.before), f"→ {percent(one.after)}", marked,
    )  # fmt: skip


def _put_stuck(plan: Proposal, named: plan_text.Who) -> None:
    if plan.blocked:
        printing.put()
        printing.put(f"Nobody may take {plural(len(plan.blocked), 'case')}:")
    for stuck in plan.blocked:
        held = f", with {named(stuck.holder)}" if stuck.holder else ""
        printing.put(f"  {stuck.case}{held}: {'; '.join(stuck.reasons)}")


def _put_spans(context: Context, plan: Proposal, named: plan_text.Who) -> None:
    """Print everybody's load from change to change, where there is more than one day to tell of."""
    if len(plan.spans) < 2:
        return
    printing.put()
    headings = ("Load from", *(weeks_text.heading(span, context.today) for span in plan.spans))
    printing.table(headings, (_span_row(plan, one, named) for one in plan.people))


def _put_calendar(context: Context, plan: Proposal, named: plan_text.Who) -> None:
    """Print who has each case that moves, from change to change."""
    printing.put()
    headings = ("Case", *(weeks_text.heading(span, context.today) for span in plan.spans))
    cases = dict.fromkeys(move.case for move in plan.moves)
    printing.table(headings, ((case, *weeks_text.held_by(plan, case, named)) for case in cases))


def _span_row(plan: Proposal, one: Balance, named: plan_text.Who) -> tuple[Any, ...]:
    loads = [next((load for load in span.people if load.worker == one.worker), None) for span in plan.spans]
    return (
        named(one.worker),
        *(weeks_text.share(load.used, load.band, there=load.there) if load else "not here" for load in loads),
    )


def _put_curve(plan: Proposal) -> None:
    printing.put()
    rows = ((p.moves, percent(p.highest), plan_text.points_of_cost(p.cost)) for p in plan.curve)
    printing.table(("Further moves", "Highest load", "Cost"), rows)


def record(context: Context, plan: Proposal) -> dict[str, Any]:
    """Return a plan as JSON: points, percentages and costs as people write them."""
    named = who(context, plan)
    return {
        "team": plan.scenario.team,
        "scenario": plan.scenario.model_dump(mode="json", exclude_defaults=True),
        "day": plan.day,
        "made_on": plan.made_on,
        "seed": plan.seed,
        "scheme": plan.scheme,
        "scheme_version": plan.scheme_version,
        "moves": [_move_record(move, named, context) for move in plan.moves],
        "before": [_side(one, "before") for one in plan.people],
        "after": [_side(one, "after") for one in plan.people],
        "cost": plan.cost / COST_UNIT,
        "bound": plan.bound / COST_UNIT,
        "gap_percent": None if plan.gap_percent is None else round(plan.gap_percent, 3),
        "proven": plan.proven,
        "certificate": plan_text.certificate(plan),
        "shortfall_points": plan.shortfall / 100,
        "shortfall_fte": None if plan.shortfall_fte is None else plan.shortfall_fte / 100,
        "blocked": [
            {"case": one.case, "worker": one.holder, "reason": "; ".join(one.reasons), "reasons": one.reasons}
            for one in plan.blocked
        ],
        "curve": [
            {"moves": p.moves, "highest": _tenths(p.highest), "cost": p.cost / COST_UNIT, "held_moves": p.total}
            for p in plan.curve
        ],
        "further_moves": plan.further,
        "target": plan.target,
        "reached": plan.reached,
        "fewest_moves": plan.fewest,
        "highest": _tenths(plan.highest),
        "highest_at_least": _tenths(plan.least),
        "children": plan.children,
        "spans": [_span_record(span) for span in plan.spans],
        "notes": plan.notes,
    }  # fmt: skip


def _span_record(span: Span) -> dict[str, Any]:
    return {
        "from": span.starts,
        "to": span.ends,
        "people": [
            {
                "worker": one.worker, "there": one.there, "cases": one.cases, "covers": one.covers,
                "points": one.points / 100, "capacity": None if one.capacity is None else one.capacity / 100,
                "utilisation": _tenths(one.used),
            }
            for one in span.people
        ],
        "nobody": span.nobody,
        "uncovered": [one.model_dump() for one in span.uncovered],
    }  # fmt: skip


def _tenths(value: int | None) -> float | None:
    return None if value is None else value / 10


def _side(one: Balance, when: str) -> dict[str, Any]:
    """Return how a worker stands "before" or "after"."""
    capacity = getattr(one, f"capacity_{when}")
    return {
        "worker": one.worker,
        "utilisation": _tenths(getattr(one, when)),
        "points": getattr(one, f"points_{when}") / 100,
        "capacity": None if capacity is None else capacity / 100,
        "cases": getattr(one, f"cases_{when}"),
        "gone": one.gone,
        "left": one.left,
    }


def _move_record(move: Move, named: plan_text.Who, context: Context) -> dict[str, Any]:
    return {
        "case": move.case,
        "from": move.from_,
        "to": move.to,
        "reason": plan_text.reason(move, named, context.today),
        "cause": move.cause.value,
        "code": move.reason.value if move.reason else None,
        "role": move.role.value,
        "starts": move.starts,
        "ends": move.ends,
        "points": move.points / 100,
        "from_before": _tenths(move.from_before),
        "from_after": _tenths(move.from_after),
        "to_before": _tenths(move.to_before),
        "to_after": _tenths(move.to_after),
        "runner_up": move.runner_up,
        "runner_up_costs": None if move.costs_more is None else move.costs_more / COST_UNIT,
        "together": move.together,
        "cautions": move.cautions,
    }


def why_not_record(found: WhyNotThem) -> dict[str, Any]:
    """Return why not as JSON."""
    costs = None if found.costs is None else found.costs / COST_UNIT
    return {
        "case": found.case, "worker": found.worker, "chosen": found.chosen, "may": not found.reasons,
        "reasons": found.reasons, "costs": costs,
    }  # fmt: skip


# several ---------------------------------------------------------------------------------------------------------


def put_list(context: Context, lines: Sequence[SavedLine]) -> None:
    """Print the saved plans."""
    if context.form == "json":
        printing.put_json([_line_record(line) for line in lines])
    elif not printing.table(_LIST, (_line_row(context, line) for line in lines), context.today):
        printing.say("No plan is saved yet. See: almoner plan --save NAME")


def _line_record(line: SavedLine) -> dict[str, Any]:
    return {
        **line._asdict(),
        "highest": _tenths(line.highest),
        "cost": line.cost / COST_UNIT,
        "gap_percent": None if line.gap_percent is None else round(line.gap_percent, 3),
    }


def _line_row(context: Context, line: SavedLine) -> tuple[Any, ...]:
    about = plan_text.about(Scenario.model_validate(line.scenario), lambda w: w or "", context.today)
    sure = plan_text.how_sure(line.proven, line.gap_percent)
    return line.name, line.team, line.made_on, line.applied_on, line.moves, percent(line.highest), sure, about


def put_comparison(context: Context, names: Sequence[str], found: Comparison, plans: tuple[Proposal, Proposal]) -> None:
    """Print two plans beside each other."""
    if context.form == "json":
        printing.put_json({
            "plans": names,
            **{part: [side._asdict() for side in getattr(found, part)] for part in ("figures", "cases", "people")},
        })  # fmt: skip
        return
    called = [who(context, plan) for plan in plans]
    printing.table(("", *names), [(s.key, _figure(s.key, s.one), _figure(s.key, s.other)) for s in found.figures])
    printing.put()
    people = [(called[0](s.key), percent(s.one), percent(s.other)) for s in found.people]
    printing.table(("Worker", *names), people)
    printing.put()
    cases = [
        (s.key, *(name(to) if to else "stays" for name, to in zip(called, (s.one, s.other), strict=True)))
        for s in found.cases
    ]
    if not printing.table(("Case", *names), cases):
        printing.put("Both give the same cases to the same people.")


def _figure(key: str, value: Any) -> str:
    if key == "highest":
        return percent(value)
    if key in ("cost", "bound"):
        return plan_text.points_of_cost(value)
    return hundredths(value) if key == "shortfall" else str(value)
