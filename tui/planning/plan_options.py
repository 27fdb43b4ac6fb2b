"""What `almoner plan` is asked: options into a scenario, every fault named by its option."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from domain.core.errors import BadInput
from domain.core.hundredths import parse_hundredths
from storage.people.staff import colleague, team_of
from storage.people.teams import team_names
from storage.planning.saved_plans import saved
from tui.commandline import printing
from tui.commandline.context import Context, as_text, parse_option_day

if TYPE_CHECKING:
    from domain.planning.proposals import Proposal
    from domain.planning.scenarios import Arrival, Scenario
    from tui.commandline.parser import Parser

MOST_SHOWN = 20
MODES = ("list", "show", "compare", "apply_saved", "delete")
ASKING = (
    "team", "leaver", "absent", "starter", "merge", "arrive", "take", "hand_over", "target", "moves", "even", "on",
    "pin", "forbid", "again",
)  # fmt: skip
# Which option a part of a scenario came from, so that a fault names what was typed.
_OPTIONS = {
    "team": "--team", "leavers": "--leaver", "absences": "--absent", "starters": "--starter", "merges": "--merge",
    "arrivals": "--arrive", "incoming": "--take", "outgoing": "--hand-over", "target": "--target",
    "most_moves": "--moves", "on": "--on", "pins": "--pin", "forbids": "--forbid",
}  # fmt: skip


def declare_asking(plan: Parser) -> None:
    """Declare the options that say what is planned for."""
    ask = plan.add_argument_group("the situation")
    ask.add_argument("--team", metavar="NAME", help="the team; left out: that of the worker named, or the only one")
    ask.add_argument("--leaver", metavar="W[:DATE]", action="append", help="a worker who leaves")
    ask.add_argument(
        "--absent", metavar="W:FROM[:TO[:cover|transfer]]", action="append", help="a worker away; without TO open-ended"
    )
    ask.add_argument(
        "--starter", metavar="GRADE:FTE:DATE[:RAMP]", action="append", help="somebody who joins; see: list grade"
    )
    ask.add_argument("--merge", metavar="TEAM", action="append", help="a team that merges into it")
    ask.add_argument("--arrive", metavar="FILE", help="new cases, as CSV or TOML (id, pathway, points or answers)")
    ask.add_argument("--take", metavar="CASE", action="append", help="a case that another team hands over")
    ask.add_argument("--hand-over", metavar="CASE", action="append", help="a case that another team takes")
    ask.add_argument("--target", metavar="PERCENT", help="bring everyone to that load or below, in percent of capacity")
    ask.add_argument("--moves", metavar="N", help="at most so many people change worker besides those who must")
    ask.add_argument("--even", action="store_true", help="share out more evenly though nobody is over the line")
    ask.add_argument("--on", metavar="DATE", help="plan for that day (left out: once everything has begun)")
    ask.add_argument("--pin", metavar="CASE:WORKER", action="append", help="that worker holds the case")
    ask.add_argument("--forbid", metavar="CASE:WORKER", action="append", help="that worker does not")
    ask.add_argument("--again", metavar="NAME", help="begin with the situation of a saved plan")


def refuse_mixed(given: Namespace) -> str:
    """Return which of the modes was asked for ("" for a new plan); raises BadInput where two are."""
    modes = [name for name in MODES if getattr(given, name) not in (None, False)]
    asked = [name for name in (*ASKING, "save", "apply", "why_not", "solver") if getattr(given, name)]
    if len(modes) > 1 or (modes and asked):
        one, other = [*modes, *asked][:2]
        raise BadInput(f"{_option(other)} cannot stand beside {_option(one)}.", field=_option(other))
    if given.save and given.apply:
        raise BadInput(
            "--save keeps a plan and --apply carries one out.",
            field="--apply",
            hint="Save it first, then: almoner plan --apply-saved NAME",
        )
    return modes[0] if modes else ""


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def scenario_asked(context: Context) -> Scenario:
    """Return the scenario that the options describe; raises BadInput naming the option at fault."""
    from pydantic import ValidationError

    from domain.core.refusals.field_faults import faults
    from domain.planning.scenarios import Scenario

    parts = {**_begun(context), **_parts(context)}
    parts["team"] = _team(context, parts)
    try:
        return Scenario.model_validate(parts)
    except ValidationError as error:
        first = faults(error)[0]
        option = _OPTIONS.get(first.field.partition(".")[0], "plan")
        raise BadInput(f"{option}: {first.words.rsplit(': ', 1)[-1]}.", field=option) from None


def named_by_option(error: BadInput) -> BadInput:
    """Return an error about a part of a scenario as one about the option it was typed with."""
    option = _OPTIONS.get(error.field)
    if option is None:
        return error
    return type(error)(f"{option}: {error.message}", field=option, hint=error.hint)


def _begun(context: Context) -> dict[str, Any]:
    if not context.options.again:
        return {}

    old = saved(context.reader, as_text(context.options.again)).proposal.scenario
    return {name: getattr(old, name) for name in type(old).model_fields if getattr(old, name) not in (None, ())}


def _parts(context: Context) -> dict[str, Any]:
    given = context.options
    found: dict[str, Any] = {
        "leavers": [_leaver(context, text) for text in given.leaver or ()],
        "absences": [_absence(context, text) for text in given.absent or ()],
        "starters": [_starter(text, number) for number, text in enumerate(given.starter or (), 1)],
        "merges": [context.the_team(name) for name in given.merge or ()],
        "arrivals": _arrivals(given.arrive) if given.arrive else (),
        "incoming": [context.the_case(name) for name in given.take or ()],
        "outgoing": [context.the_case(name) for name in given.hand_over or ()],
        "pins": [_pair(context, "--pin", text) for text in given.pin or ()],
        "forbids": [_pair(context, "--forbid", text) for text in given.forbid or ()],
        "target": _number("--target", given.target, "%"),
        "most_moves": _number("--moves", given.moves),
        "even": given.even or None,
        "on": parse_option_day(given.on, "--on") if given.on else None,
    }
    return {name: value for name, value in found.items() if value not in (None, [], ())}


def _split(option: str, text: str, least: int, most: int, shape: str) -> Sequence[str]:
    parts = [as_text(part) for part in text.split(":")]
    if not least <= len(parts) <= most or not all(parts[:least]):
        raise BadInput(f"{option}: {as_text(text)!r} is not written as {shape}.", field=option)
    return parts


def _leaver(context: Context, text: str) -> dict[str, Any]:
    parts = _split("--leaver", text, 1, 2, "WORKER or WORKER:2026-12-18")
    worker = context.the_worker(parts[0])
    if len(parts) == 2:
        return {"worker": worker, "on": parse_option_day(parts[1], "--leaver")}
    known = colleague(context.reader, worker, context.today)
    leaves = known.leaves if known and known.leaves else context.today
    return {"worker": worker, "on": max(leaves, context.today)}


def _absence(context: Context, text: str) -> dict[str, Any]:
    parts = [*_split("--absent", text, 2, 4, "WORKER:FROM:TO or WORKER:FROM:TO:cover"), "", ""][:4]
    found: dict[str, Any] = {
        "worker": context.the_worker(parts[0]),
        "starts": parse_option_day(parts[1], "--absent"),
        "ends": parse_option_day(parts[2], "--absent") if parts[2] else None,
    }
    if parts[3]:
        if parts[3] not in ("cover", "transfer"):
            raise BadInput(f"--absent: {parts[3]!r} is neither cover nor transfer.", field="--absent")
        found["way"] = parts[3]
    return found


def _starter(text: str, number: int) -> dict[str, Any]:
    parts = _split("--starter", text, 3, 4, "GRADE:FTE:DATE, as in asye:1.0:2027-01-04")
    found: dict[str, Any] = {
        "id": f"new-{number}",
        "grade": parts[0],
        "fte": _fte(parts[1]),
        "on": parse_option_day(parts[2], "--starter"),
    }
    return {**found, "ramp": parts[3]} if len(parts) == 4 and parts[3] else found


def _fte(text: str) -> int:
    try:
        found = parse_hundredths(text)
    except ValueError:
        raise BadInput(
            f"--starter: {text!r} is not a share of full time.", field="--starter", hint="0.6 is three days a week."
        ) from None
    if not 0 < found <= 150:
        raise BadInput(f"--starter: {text} of full time is out of range.", field="--starter", hint="1.0 is full time.")
    return found


def _pair(context: Context, option: str, text: str) -> dict[str, str]:
    case, colon, worker = as_text(text).rpartition(":")
    if not (case and colon and worker):
        raise BadInput(f"{option}: {as_text(text)!r} is not written as CASE:WORKER.", field=option)
    return {"case": case, "worker": worker if worker.startswith("new-") else context.the_worker(worker)}


def starters_named(context: Context, plan: Proposal) -> dict[str, str]:
    """Return who each starter has become, by --starter-is; raises BadInput for one the plan does not know."""
    found = {}
    for text in context.options.starter_is or ():
        starter, equals, worker = as_text(text).partition("=")
        if not (starter and equals and worker):
            raise BadInput(f"--starter-is: {as_text(text)!r} is not written as new-1=WORKER.", field="--starter-is")
        if starter not in (one.id for one in plan.scenario.starters):
            raise BadInput(f"--starter-is: the plan has no starter {starter!r}.", field="--starter-is")
        found[starter] = context.the_worker(worker)
    return found


def pair_asked(context: Context, option: str, text: str) -> tuple[str, str]:
    """Return the case and worker that an option names."""
    found = _pair(context, option, text)
    return found["case"], found["worker"]


def _number(option: str, text: str | None, unit: str = "") -> int | None:
    if text is None:
        return None
    plain = as_text(text).removesuffix(unit or " ").strip()
    if not plain.isascii() or not plain.isdigit() or len(plain) > 9:
        raise BadInput(f"{option}: {as_text(text)!r} is not a whole number.", field=option)
    return int(plain)


def _arrivals(path: str) -> tuple[Arrival, ...]:
    """Return the cases that a file lists; its faults are said row by row, then refused."""
    from domain.planning.arrivals import MOST_BYTES, read_arrivals
    from storage.files.paths import contents, typed

    file = typed(path, "--arrive")
    raw = contents(file, "--arrive", MOST_BYTES)
    cases, problems = read_arrivals(raw, file.name)
    if problems:
        for problem in problems[1:MOST_SHOWN]:
            printing.say(str(problem))
        more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
        raise BadInput(f"--arrive: {problems[0]}{more}.", field="--arrive", hint="Nothing was planned.")
    return cases


def _team(context: Context, parts: dict[str, Any]) -> str:
    """Return the team that is meant: as given, or that of whoever leaves or is away, or the only one there is."""
    if context.options.team:
        return context.the_team(context.options.team)
    if "team" in parts:
        return str(parts["team"])
    for one in (*parts.get("leavers", ()), *parts.get("absences", ())):
        worker = one["worker"] if isinstance(one, dict) else one.worker
        return team_of(context.reader, worker, context.today)
    names = team_names(context.reader)
    if len(names) == 1:
        return names[0]
    hint = "Teams: " + "; ".join(names[:8]) + "." if names else "There is none yet. See: almoner record team --template"
    raise BadInput("Say which team is planned for.", field="--team", hint=hint)
