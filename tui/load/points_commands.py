"""points, calibrate: how cases were weighed, what is to be weighed again, and a full-time load that fits the team."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from domain.core.dates import MONTHS
from domain.core.enums import PATHWAY_TITLES, WEIGH_REASON_TITLES, Pathway, WeighReason
from domain.core.errors import BadInput
from domain.core.hundredths import from_hundredths, percent_words
from domain.core.text import plural
from tui.commandline import printing
from tui.commandline.context import DONE, Context, as_text

if TYPE_CHECKING:
    from domain.load.scoring import ScoreLine
    from storage.load.calibration import Calibration, Recalibrated
    from storage.load.history.points_history import Inflation, Weighed
    from storage.load.to_weigh import DormantCase, WeighDue
    from tui.commandline.parser import Commands

MONTHS_SHOWN = 12
MOST_MONTHS = 120
_WEIGHED = (
    "on", "by", "scheme", "version", "points", "why", "uplift", "uplift_reason", "agreed_worker", "agreed_supervisor",
    "under", "points_under", "misfit", "answers",
)  # fmt: skip
_DUE = ("case", "name", "pathway", "worker", "points", "weighed_on", "why", "since", "what", "reasons")
_DORMANT = ("case", "name", "pathway", "worker", "last_on", "since", "points", "counts")
_CALIBRATED = (
    "worker", "name", "cases", "points", "capacity", "utilisation", "capacity_after", "utilisation_after", "band_after",
    "counts", "unweighed",
)  # fmt: skip

_HUNDREDTHS = frozenset(
    ("points", "points_under", "uplift", "mean", "capacity", "capacity_after", "full_time_points", "proposed")
)
_TENTHS = frozenset(("utilisation", "utilisation_after"))


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    points = commands.add("points", run_points, json=True, csv=True)
    points.add_argument("case", metavar="CASE", nargs="?", help="every weighing of one case, newest first")
    points.add_argument("--under", metavar="VERSION", help="with a case: under that version of the scheme")
    points.add_argument("--team", metavar="NAME", help="mean points by pathway and month, of one team")
    points.add_argument("--months", metavar="N", help=f"how many months back; left out: {MONTHS_SHOWN}")
    points.add_argument("--due", action="store_true", help="cases to be weighed, and why")
    points.add_argument("--dormant", action="store_true", help="cases on which nothing has been recorded for long")
    fit = commands.add("calibrate", run_calibrate, json=True, csv=True)
    fit.add_argument("--team", metavar="NAME", help="the team")
    fit.add_argument("--percent", metavar="N", help="where today's middle worker is to stand; left out: 100")
    fit.add_argument("--apply", action="store_true", help="set the team's full-time points to the proposal")


# points ----------------------------------------------------------------------------------------------------------


def run_points(context: Context) -> int:
    """Print the history of one case, the mean points of a team, what is to be weighed, or what is dormant."""
    given = context.options
    if given.case:
        return _history(context, context.the_case(given.case))
    if given.under:
        raise BadInput("--under: name the case whose history it is.", field="--under", hint="almoner points CASE")
    team = context.the_team(given.team) if given.team else None
    if given.due:
        return _due(context, team)
    return _dormant(context, team) if given.dormant else _inflation(context, team)


def _history(context: Context, case: str) -> int:
    from storage.load.history.points_history import case_history

    under = as_text(context.options.under) if context.options.under else None
    weighings = case_history(context.reader, case, under)
    if context.form == "csv":
        printing.put_rows("csv", (_weighed(context, one) for one in weighings), _WEIGHED)
    elif context.form == "json":
        printing.put_json({"case": case, "weighings": [_weighed_whole(context, one) for one in weighings]})
    elif not weighings:
        printing.say(f"Nobody has weighed {case} yet; its points are assumed from its pathways.")
    else:
        _tell_history(context, weighings)
    return DONE


def _weighed(context: Context, one: Weighed) -> dict[str, Any]:
    return _fields(one, *_WEIGHED) | {
        "by": context.staff_name(one.by),
        "uplift_reason": None if context.no_names else one.uplift_reason or None,
        "misfit": one.misfit or None,
    }


def _fields(thing: object, *names: str) -> dict[str, Any]:
    return printing.fields(thing, names, hundredths=_HUNDREDTHS, tenths=_TENTHS)


def _weighed_whole(context: Context, one: Weighed) -> dict[str, Any]:
    return {"id": one.id, **_weighed(context, one), "lines": _lines(one.lines), "lines_under": _lines(one.lines_under)}


def _lines(lines: Sequence[ScoreLine]) -> list[dict[str, Any]]:
    return [_fields(line, "factor", "value", "points") for line in lines]


def _tell_history(context: Context, weighings: list[Weighed]) -> None:
    under = weighings[0].under
    columns = ("On", "By", "Occasion", "Version", "Points", f"Under {under}", "Agreed", "Made up of")
    printing.table(columns, (_history_row(context, one) for one in weighings), context.today)
    fault = next((one.misfit for one in weighings if one.misfit), "")
    if fault:
        printing.say(f"Where nothing stands under {under}: {fault}.")


def _history_row(context: Context, one: Weighed) -> tuple[Any, ...]:
    agreed = [who for who, day in (("worker", one.agreed_worker), ("supervisor", one.agreed_supervisor)) if day]
    made = ", ".join(f"{x.title} {x.points / 100:g} ({x.answer})" for x in one.lines)
    reason = f": {one.uplift_reason}" if one.uplift and not context.no_names else ""
    return (
        one.on,
        context.staff_name(one.by),
        WEIGH_REASON_TITLES[WeighReason(one.why)],
        one.version,
        f"{one.points / 100:g}",
        None if one.points_under is None else f"{one.points_under / 100:g}",
        ", ".join(agreed) or "not yet",
        made + reason,
    )


# of a team -------------------------------------------------------------------------------------------------------


def _inflation(context: Context, team: str | None) -> int:
    from storage.load.history.points_history import inflation

    months = _whole("--months", context.options.months, MONTHS_SHOWN, MOST_MONTHS)
    lines = inflation(context.reader, team, context.today, months)
    if context.form == "table":
        _tell_inflation(lines)
    elif context.form == "json":
        printing.put_json({"team": team, "pathways": [_inflated(line) for line in lines]})
    else:
        printing.put_rows("csv", _months(lines), ("pathway", "month", "cases", "mean"))
    return DONE


def _inflated(line: Inflation) -> dict[str, Any]:
    months = [{"month": f"{one.month:%Y-%m}", **_fields(one, "cases", "mean")} for one in line.months]
    return {"pathway": line.pathway or "all", "months": months, "change": from_hundredths(line.change)}


def _months(lines: list[Inflation]) -> Iterator[dict[str, Any]]:
    for line in lines:
        yield from ({"pathway": line.pathway or "all", **month} for month in _inflated(line)["months"])


def _tell_inflation(lines: list[Inflation]) -> None:
    if not lines:
        printing.say("Nothing has been weighed yet. See: almoner points --due")
        return
    heads = [f"{MONTHS[month.month.month - 1][:3]} {month.month:%y}" for month in lines[0].months]
    printing.table(("Pathway", *heads, "Change", "Cases now"), map(_inflation_row, lines))
    printing.put("Mean points of weighed cases at each month's end, under the scheme as it is now; the last is today.")


def _inflation_row(line: Inflation) -> tuple[Any, ...]:
    means = [None if month.mean is None else f"{month.mean / 100:.1f}" for month in line.months]
    change = None if line.change is None else f"{line.change / 100:+.1f}"
    return (pathway_title(line.pathway), *means, change, line.months[-1].cases)


def pathway_title(pathway: str) -> str:
    """Return a pathway's title; of none, that of all together."""
    return PATHWAY_TITLES[Pathway(pathway)] if pathway else "All together"


def _due(context: Context, team: str | None) -> int:
    from storage.load.to_weigh import REASONS, weigh_due

    found = weigh_due(context.reader, team, context.today)
    if context.form != "table":
        printing.put_rows(context.form, (_due_record(context, one) for one in found), _DUE)
        return DONE
    columns = ("Case", "Why", "Since", "Last weighed", "Points", "Worker")
    rows = (
        (one.case, _why(one, REASONS), one.reasons[0].since, one.weighed_on, f"{one.points / 100:g}",
         context.staff_name(one.worker_name, one.worker) or "nobody")
        for one in found
    )  # fmt: skip
    count = printing.table(columns, rows, context.today)
    printing.say(f"{plural(count, 'case')} to be weighed." if count else "Every case has been weighed since.")
    return DONE


def _why(one: WeighDue, titles: dict[str, str]) -> str:
    first = one.reasons[0]
    return f"{titles[first.why]}: {first.what}" if first.what else titles[first.why]


def _due_record(context: Context, one: WeighDue) -> dict[str, Any]:
    first = one.reasons[0]
    return {
        **_fields(one, *_DUE[:6]),
        "name": context.person_name(one.name),
        **_fields(first, "why", "since"),
        "what": first.what or None,
        "reasons": [reason.why for reason in one.reasons],
    }


def _dormant(context: Context, team: str | None) -> int:
    from storage.load.to_weigh import dormant

    found = dormant(context.reader, team, context.today)
    if context.form != "table":
        printing.put_rows(context.form, (_dormant_record(context, one) for one in found), _DORMANT)
        return DONE
    columns = ("Case", "Last recorded", "Dormant since", "Points", "Counts", "Worker")
    rows = (
        (one.case, one.last_on, one.since, f"{one.points / 100:g}", f"{one.counts / 100:g}",
         context.staff_name(one.worker_name, one.worker) or "nobody")
        for one in found
    )  # fmt: skip
    count = printing.table(columns, rows, context.today)
    printing.say(f"{plural(count, 'dormant case')}." if count else "No case counts as dormant.")
    return DONE


def _dormant_record(context: Context, one: DormantCase) -> dict[str, Any]:
    found = printing.fields(one, _DORMANT, hundredths=("points", "counts"))
    return found | {"name": context.person_name(one.name)}


# calibrate -------------------------------------------------------------------------------------------------------


def run_calibrate(context: Context) -> int:
    """Propose the full-time points that put today's middle worker at a percentage; set them when asked to."""
    from storage.load import acts
    from storage.load.calibration import calibrate

    given = context.options
    if not given.team:
        raise BadInput("Say which team.", field="--team", hint="almoner calibrate --team NAME")
    team = context.the_team(given.team)
    percent = _whole("--percent", given.percent, 100, 200)
    found = calibrate(context.reader, team, context.today, percent)
    if given.apply:
        with context.database.unit(context.actor, context.today) as unit:
            acts.calibrate(unit, team, found.proposed)
    _tell_calibration(context, found)
    return DONE


def _tell_calibration(context: Context, found: Calibration) -> None:
    rows = [_calibrated(context, one) for one in found.workers]
    if context.form == "json":
        head = {"team": found.team, "percent": found.percent, "applied": bool(context.options.apply)}
        printing.put_json({**head, **_fields(found, "full_time_points", "proposed", "unweighed"), "workers": rows})
        return
    if context.form == "csv":
        printing.put_rows("csv", rows, _CALIBRATED)
        return
    columns = ("Worker", "Name", "Cases", "Unweighed", "Points", "Used now", "Used then", "", "In the median")
    printing.table(columns, map(_calibration_row, rows))
    done = "is now" if context.options.apply else "would be"
    before = "not set" if found.full_time_points is None else f"{found.full_time_points / 100:g}"
    if found.unweighed:
        printing.put(
            f"{plural(found.unweighed, 'case')} never weighed: points are assumed for them, so weigh them first. "
            "See: almoner points --due"
        )
    printing.put(f"Full-time load: {before}; it {done} {found.proposed / 100:g} points for {found.percent} %.")
    if not context.options.apply:
        printing.say("A proposal: nothing was changed. Add --apply to set it.")


def _calibrated(context: Context, one: Recalibrated) -> dict[str, Any]:
    return _fields(one, *_CALIBRATED) | {"name": context.staff_name(one.name), "band_after": one.band_after or None}


def _calibration_row(record: dict[str, Any]) -> tuple[Any, ...]:
    used = [None if record[n] is None else percent_words(record[n]) for n in ("utilisation", "utilisation_after")]
    return (
        record["worker"], record["name"], record["cases"], record["unweighed"] or "", f"{record['points']:g}", *used,
        record["band_after"], "yes" if record["counts"] else "no",
    )  # fmt: skip


def _whole(option: str, text: str | None, otherwise: int, most: int) -> int:
    if text is None:
        return otherwise
    try:
        number = int(text)
    except ValueError:
        number = 0
    if not 1 <= number <= most:
        raise BadInput(f"{option}: a whole number from 1 to {most} is needed.", field=option)
    return number
