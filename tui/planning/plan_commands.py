"""plan: work out who takes which case when somebody leaves, is away or joins; keep it, compare it, carry it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.core.errors import BadInput
from domain.core.text import plural
from tui.commandline import printing
from tui.commandline.context import DONE, PROBLEMS, Context, as_text
from tui.commandline.parser import number
from tui.commandline.progress import Ticker
from tui.planning import plan_printing
from tui.planning.plan_options import (
    declare_asking,
    named_by_option,
    pair_asked,
    refuse_mixed,
    scenario_asked,
    starters_named,
)

if TYPE_CHECKING:
    from domain.planning.proposals import Proposal
    from storage.planning.plan import Draft
    from tui.commandline.parser import Commands


def declare(commands: Commands) -> None:
    """Declare the command."""
    plan = commands.add("plan", run_plan, json=True)
    declare_asking(plan)
    do = plan.add_argument_group("what to do with the plan")
    do.add_argument("--save", metavar="NAME", help="keep it under a name")
    do.add_argument("--apply", action="store_true", help="carry it out (one undo takes it back)")
    do.add_argument("--only", metavar="CASE", action="append", help="with --apply or --apply-saved: these cases alone")
    do.add_argument("--note", metavar="TEXT", default="", help="kept with the plan and each allocation")
    do.add_argument("--why-not", metavar="CASE:WORKER", help="say why the case does not go to that worker")
    do.add_argument("--calendar", action="store_true", help="who has each case that moves, from change to change")
    do.add_argument("--curve", action="store_true", help="what more or fewer moves would give")
    do.add_argument("--solver", action="store_true", help="let the optional solver close the gap to the best plan")
    do.add_argument(
        "--seed",
        metavar="N",
        type=number,
        default=1,
        help="start the search with this number; the same number gives the same plan",
    )
    do.add_argument(
        "--starter-is",
        metavar="NEW-1=W",
        action="append",
        help="with --apply or --apply-saved: who a starter has become",
    )
    kept = plan.add_argument_group("plans kept")
    kept.add_argument("--list", action="store_true", help="list the saved plans")
    kept.add_argument("--show", metavar="NAME", help="show a saved plan")
    kept.add_argument("--compare", metavar=("NAME", "OTHER"), nargs=2, help="set two saved plans beside each other")
    kept.add_argument("--apply-saved", metavar="NAME", help="carry a saved plan out")
    kept.add_argument("--delete", metavar="NAME", help="delete a saved plan; what was applied stays")


def run_plan(context: Context) -> int:
    """Work out a plan, or do something with a saved one."""
    mode = refuse_mixed(context.options)
    if context.options.only and not (context.options.apply or mode == "apply_saved"):
        raise BadInput(
            "--only says which moves are applied.", field="--only", hint="Add --apply, or --apply-saved NAME."
        )
    run = {"list": _list, "show": _show, "compare": _compare, "apply_saved": _apply_saved, "delete": _delete}
    try:
        return run[mode](context) if mode else _new(context)
    except BadInput as error:
        raise named_by_option(error) from None


def _new(context: Context) -> int:
    from storage.planning.solving import work_out

    given, ticker = context.options, Ticker("Plans worked out")
    scenario = scenario_asked(context)
    draft = work_out(context.database, scenario, context.today, seed=given.seed, solver=given.solver, tell=ticker)
    ticker.stop()
    if given.why_not:
        return _why_not(context, draft)
    proposal = draft.proposal()
    done = _keep(context, proposal)
    plan_printing.put_plan(context, proposal, curve=given.curve, calendar=given.calendar)
    if done:
        printing.say(done)
    return PROBLEMS if proposal.blocked else DONE


def _keep(context: Context, proposal: Proposal) -> str:
    """Save or apply the plan as asked, and return what was done."""
    given = context.options
    if given.apply:
        from storage.planning.saved_plans import free_name

        return _carry_out(context, proposal, free_name(context.reader, proposal.scenario.team, context.today))
    if not given.save:
        return ""
    from storage.planning.acts import save

    name = as_text(given.save)
    with context.database.unit(context.actor, context.today) as unit:
        save(unit, name, proposal, note=given.note)
    return f"Saved as {name!r}. See: almoner plan --show {name!r}"


def _carry_out(context: Context, proposal: Proposal, name: str) -> str:
    from storage.planning.acts import apply

    given = context.options
    only = [context.the_case(case) for case in given.only] if given.only else None
    with context.database.unit(context.actor, context.today) as unit:
        done = apply(unit, proposal, name=name, cases=only, note=given.note, starters=starters_named(context, proposal))
    return f"Applied {plural(len(done.moves), 'move')} under the plan {name!r}. To undo: almoner undo"


def _why_not(context: Context, draft: Draft) -> int:
    from tui.planning.plan_text import why_not

    case, worker = pair_asked(context, "--why-not", context.options.why_not)
    found = draft.why_not(case, worker)
    if context.form == "json":
        printing.put_json(plan_printing.why_not_record(found))
    else:
        printing.put(why_not(found, plan_printing.who(context, draft.proposal())))
    return DONE


# plans kept --------------------------------------------------------------------------------------------------------


def _list(context: Context) -> int:
    from storage.planning.saved_plans import saved_plans

    plan_printing.put_list(context, saved_plans(context.reader))
    return DONE


def _show(context: Context) -> int:
    from storage.planning.saved_plans import saved

    kept = saved(context.reader, as_text(context.options.show))
    plan_printing.put_plan(
        context, kept.proposal, curve=context.options.curve, calendar=context.options.calendar, kept=kept
    )
    return PROBLEMS if kept.proposal.blocked else DONE


def _compare(context: Context) -> int:
    from storage.planning.saved_plans import compare, saved

    names = [as_text(name) for name in context.options.compare]
    one, other = (saved(context.reader, name).proposal for name in names)
    plan_printing.put_comparison(context, names, compare(one, other), (one, other))
    return DONE


def _apply_saved(context: Context) -> int:
    from storage.planning.saved_plans import saved

    name = as_text(context.options.apply_saved)
    kept = saved(context.reader, name)
    done = _carry_out(context, kept.proposal, name)
    if context.form == "json":
        plan_printing.put_plan(context, saved(context.reader, name).proposal, curve=False)
        printing.say(done)
    else:
        printing.put(done)
    return PROBLEMS if kept.proposal.blocked else DONE


def _delete(context: Context) -> int:
    from storage.planning.acts import drop

    name = as_text(context.options.delete)
    with context.database.unit(context.actor, context.today) as unit:
        drop(unit, name)
    printing.say(f"Deleted the plan {name!r}.")
    return DONE
