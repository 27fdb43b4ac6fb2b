"""forecast, load weeks, load changes, load spread: the figures behind the pictures of load."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.core.hundredths import from_tenths, half_up, whole_percent
from domain.core.text import plural
from domain.load.capacity import BAND_GLYPHS
from tui.commandline import printing
from tui.commandline.context import DONE, Context, as_text, parse_option_day

if TYPE_CHECKING:
    from datetime import date

    from domain.load.back_test import Check
    from domain.load.forecast import Forecast
    from storage.load.history.load_changes import LoadChange, Spread
    from storage.load.history.load_weeks import HeatCell, HeatMap
    from tui.commandline.parser import Commands, Parser

LONGEST = 12
NOTHING = "There is nobody to show. See: almoner record worker --template"
_WEEK_KEYS = (
    "team", "worker", "name", "week", "layer", "cases", "points", "capacity", "utilisation", "band", "away",
    "booked", "expected", "low", "high", "presence",
)  # fmt: skip
_CHANGE_KEYS = (
    "team", "worker", "name", "since", "before", "new", "taken_over", "closed", "passed_on", "reweighted", "other",
    "moved", "after", "capacity_before", "capacity_after", "utilisation_before", "utilisation_after",
)  # fmt: skip
_HUNDREDTHS = frozenset(
    (
        "points", "capacity", "booked", "expected", "low", "high", "before", "new", "taken_over", "closed", "passed_on",
        "reweighted", "other", "moved", "after", "capacity_before", "capacity_after",
    )
)  # fmt: skip
_TENTHS = frozenset(("utilisation", "utilisation_before", "utilisation_after"))
_SPREAD_KEYS = ("team", "worker", "name", "cases", "points", "points_a_case", "utilisation", "band", "shape")


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    ahead = _whose(commands.add("forecast", run_forecast, json=True, csv=True))
    ahead.add_argument("--weeks", metavar="N", help=f"how many weeks ahead, 1 to {LONGEST} (left out: {LONGEST})")
    load = commands.group("load")
    weeks = load.add("weeks", run_weeks, "load week by week: eight back, twelve ahead", json=True, csv=True)
    _whose(weeks)
    weeks.add_argument("--from", dest="first", metavar="DATE", help="from the week of that day (left out: eight back)")
    weeks.add_argument("--to", dest="last", metavar="DATE", help="to the week of that day (left out: twelve ahead)")
    changes = _whose(load.add("changes", run_changes, "what changed each load, and by how much", json=True, csv=True))
    changes.add_argument("--since", metavar="DATE", help="since that day (left out: four weeks ago)")
    _whose(load.add("spread", run_spread, "how many cases beside how much they weigh", json=True, csv=True))


def _whose(parser: Parser) -> Parser:
    parser.add_argument("--team", metavar="NAME", help="of one team (left out: every team)")
    parser.add_argument("--worker", metavar="STAFF_ID", help="of one worker")
    return parser


def _teams(context: Context) -> tuple[list[str], str | None]:
    """Return the teams asked for, and the one worker, if one is."""
    from storage.people.staff import team_of
    from storage.people.teams import team_names

    given = context.options
    if given.team and given.worker:
        raise BadInput("--team and --worker cannot stand together.", field="--worker", hint="Leave out one of them.")
    if given.worker:
        worker = context.the_worker(given.worker)
        return [team_of(context.reader, worker, context.today)], worker
    if given.team:
        return [context.the_team(given.team)], None
    return team_names(context.reader), None


# week by week ------------------------------------------------------------------------------------------------------


def run_forecast(context: Context) -> int:
    """Print what is likely to be carried in the weeks to come, and how good such forecasts were."""
    weeks = _number(context.options.weeks)
    found = list(_maps(context, 0, weeks))
    if context.form == "json":
        printing.put_json_list(_forecast_record(context, *one) for one in found)
    elif context.form == "csv":
        printing.put_rows("csv", _ahead(_week_records(context, found)), _WEEK_KEYS)
    elif not _print_maps(context, found, ahead=True):
        printing.say(NOTHING)
    return DONE


def run_weeks(context: Context) -> int:
    """Print load week by week: what was, what is booked, and what is likely where that is worth saying."""
    from storage.load.history.load_weeks import AHEAD, BACK

    given = context.options
    period = _period(context) if given.first or given.last else None
    found = list(_maps(context, BACK, AHEAD)) if period is None else list(_between(context, period))
    if context.form != "table":
        printing.put_rows(context.form, _week_records(context, found), _WEEK_KEYS)
    elif not _print_maps(context, found, ahead=False):
        printing.say(NOTHING)
    _say_over(context, found)
    return DONE


def _period(context: Context) -> list[date]:
    """Return the days that stand for the weeks asked for; raises BadInput where they are none, or too many."""
    from storage.load.day_loads import WEEK
    from storage.load.history.load_weeks import AHEAD, BACK, LONGEST_PERIOD, week_days

    given, today = context.options, context.today
    first = parse_option_day(given.first, "--from") if given.first else today - BACK * WEEK
    last = parse_option_day(given.last, "--to") if given.last else max(today, first) + AHEAD * WEEK
    if last < first:
        raise BadInput("--to: the last day lies before the first.", field="--to")
    days = week_days(first, last, today)
    if len(days) > LONGEST_PERIOD:
        raise BadInput(f"--from: at most {LONGEST_PERIOD} weeks are shown at once.", field="--from")
    return days


def _between(context: Context, days: Sequence[date]) -> Iterator[tuple[HeatMap, None]]:
    """Yield the map of each team for a period; what is only likely is told of the next twelve weeks alone."""
    from storage.load.history.load_weeks import map_of
    from tui.commandline.progress import Ticker

    teams, worker = _teams(context)
    ticker = Ticker("Reading teams")
    for number, team in enumerate(teams, 1):
        shown = _of_worker(map_of(context.reader, team, context.today, days), worker)
        if shown.rows:
            yield shown, None
        ticker(number, len(teams))
    ticker.stop()


def _of_worker(shown: HeatMap, worker: str | None) -> HeatMap:
    if worker is None:
        return shown
    return shown._replace(rows=[row for row in shown.rows if row.staff_id == worker])


def _say_over(context: Context, found: Iterable[tuple[HeatMap, Any]]) -> None:
    """Say how many worker-weeks were over the red line, in the weeks shown and in twelve months."""
    from storage.load.history.load_weeks import over_in_year, worker_weeks

    _, worker = _teams(context)
    for shown, _ in found:
        over, all_weeks = worker_weeks(shown, context.today)
        year = over_in_year(context.reader, shown.team, context.today, worker)
        words = f"{over} of {plural(all_weeks, 'worker-week')} so far over the line"
        printing.say(f"{shown.team}: {words}; in twelve months {year[0]} of {year[1]}.")


def _number(text: str | None) -> int:
    if text is None:
        return LONGEST
    words = as_text(text)
    if not (words.isascii() and words.isdigit() and 1 <= int(words[:4]) <= LONGEST):
        hint = "Further ahead than twelve weeks it would be guessing."
        raise BadInput(f"--weeks: {words!r} is not a number from 1 to {LONGEST}.", field="--weeks", hint=hint)
    return int(words)


def _maps(context: Context, back: int, ahead: int) -> Iterator[tuple[HeatMap, Forecast]]:
    from storage.load.forecast import basis
    from storage.load.history.load_weeks import heat_map, with_forecast
    from tui.commandline.progress import Ticker

    teams, worker = _teams(context)
    ticker = Ticker("Forecasting teams")
    for number, team in enumerate(teams, 1):
        found = basis(context.reader, team, context.today, ahead).work_out()
        shown = with_forecast(heat_map(context.reader, team, context.today, back, ahead), found)
        shown = _of_worker(shown, worker)
        if shown.rows:
            yield shown, found
        ticker(number, len(teams))
    ticker.stop()


def _week_records(context: Context, found: Iterable[tuple[HeatMap, Any]]) -> Iterator[dict[str, Any]]:
    for shown, _ in found:
        for row in shown.rows:
            for cell in row.cells:
                yield {"team": shown.team, **_who(context, row.staff_id, row.name), **_cell(cell)}


def _ahead(records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (record for record in records if record["layer"] in ("booked", "assumed"))


def _who(context: Context, staff_id: str, name: str) -> dict[str, Any]:
    """Return whose figures these are; the whole team's have no worker."""
    return {"worker": staff_id or None, "name": context.staff_name(name) if staff_id else name}


def _cell(cell: HeatCell) -> dict[str, Any]:
    found = printing.fields(cell, _WEEK_KEYS[4:], hundredths=_HUNDREDTHS, tenths=_TENTHS)
    return {"week": cell.day, **found, "band": cell.band or None}


def _forecast_record(context: Context, shown: HeatMap, found: Forecast) -> dict[str, Any]:
    from domain.load.back_test import BAND
    from tui.load.forecast_text import sentences

    by_row = [(row, [_cell(cell) for cell in row.cells]) for row in shown.rows]
    return {
        "team": shown.team,
        "today": context.today,
        "shown": {"worker": found.shown("worker"), "team": found.shown("team")},
        "band_percent": BAND,
        "checks": [_check(check) for check in found.checks],
        "ends": [printing.fields(chance, ("type", "basis", "closures")) for chance in found.chances],
        "new_work": {
            **printing.fields(found.arrivals, ("weeks", "weekly")),
            "types": [
                printing.fields(kind, ("type", "weekly", "points"), hundredths=_HUNDREDTHS)
                for kind in found.arrivals.kinds
            ],
        },
        "said": list(sentences(found)),
        "workers": [{**_who(context, row.staff_id, row.name), "weeks": list(_ahead(cells))} for row, cells in by_row],
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "whose": check.whose,
        "weeks": check.weeks,
        "error": check.ours / 100,
        "no_change_error": check.still / 100,
        "tried": check.tried,
        "mondays": check.mondays,
        "band_held_percent": check.coverage,
        "band_counted": check.counted,
        "better": check.better,
    }


def _print_maps(context: Context, found: Sequence[tuple[HeatMap, Forecast | None]], *, ahead: bool) -> int:
    for number, (shown, forecast) in enumerate(found):
        if number:
            printing.put()
        _print_map(context, shown, forecast, ahead=ahead)
    return len(found)


def _print_map(context: Context, shown: HeatMap, found: Forecast | None, *, ahead: bool) -> None:
    from tui.load.forecast_text import UNMEASURED, lying, sentences, verdict

    printing.put(f"{shown.team}: load in percent of capacity, week by week")
    for row in shown.rows:
        if row.staff_id:
            printing.put(f"  {row.staff_id}  {context.staff_name(row.name)}")
    printing.put()
    heads = ("Week", "", *(row.staff_id or row.name for row in shown.rows))
    printing.table(heads, _rows_by_week(shown, ahead=ahead))
    printing.put()
    printing.put(
        "▲ over   △ near   ▽ room   · away or on duty   › not yet here   × gone   "
        "~ forecast, 80 of 100 between the two in brackets"
    )
    if not shown.measured:
        printing.put(UNMEASURED)
        return
    likely = () if found is None else (verdict(found, "worker"), *sentences(found))
    for said in filter(None, (lying(*shown.lying), *likely)):
        printing.put(said)


def _rows_by_week(shown: HeatMap, *, ahead: bool) -> Iterator[tuple[Any, ...]]:
    wide = len(shown.rows) == 1
    for at, day in enumerate(shown.days):
        cells = [row.cells[at] for row in shown.rows]
        layer = max((cell.layer for cell in cells), key=["past", "today", "booked", "assumed"].index)
        if not ahead or layer in ("booked", "assumed"):
            yield (show_day(day), layer, *(_drawn(cell, wide=wide) for cell in cells))


def _drawn(cell: HeatCell, *, wide: bool) -> str:
    """Return a week in a few characters: the percentage, the band's glyph, a dot when away, a tilde when forecast."""
    if cell.utilisation is None:
        return {"not_yet": "› ", "gone": "× "}.get(cell.presence, "· " if cell.away else "– ")
    figure = f"{'~' if cell.layer == 'assumed' else ''}{whole_percent(cell.utilisation)}"
    band = f" ({_of(cell.low, cell)}–{_of(cell.high, cell)})" if wide and cell.low is not None else ""
    return f"{figure}{band} {BAND_GLYPHS.get(cell.band, '') or ' '}{'·' if cell.away else ''}".rstrip(" ") or figure


def _of(points: int | None, cell: HeatCell) -> int:
    return half_up((points or 0) * 100, cell.capacity) if cell.capacity else 0


# what changed ------------------------------------------------------------------------------------------------------


def run_changes(context: Context) -> int:
    """Print how each load came to differ from what it was."""
    from storage.load.history.load_changes import load_changes

    since = parse_option_day(context.options.since, "--since") if context.options.since else None
    if since is not None and since >= context.today:
        raise BadInput("--since: the day must lie before today.", field="--since")
    teams, worker = _teams(context)
    found = [
        (team, change)
        for team in teams
        for change in load_changes(context.reader, team, context.today, since)
        if worker is None or change.worker == worker
    ]
    if context.form != "table":
        printing.put_rows(context.form, (_change_record(context, *one) for one in found), _CHANGE_KEYS)
    elif not _print_changes(context, found):
        printing.say(NOTHING)
    return DONE


def _print_changes(context: Context, found: Sequence[tuple[str, LoadChange]]) -> int:
    from storage.load.history.load_changes import PART_TITLES

    if found:
        printing.put(f"Points from {show_day(found[0][1].since)} to {show_day(context.today)}")
    heads = ("Worker", "Name", "Then", *PART_TITLES.values(), "Now", "Capacity", "Used")
    return printing.table(heads, (_change_row(context, change) for _, change in found))


def _change_record(context: Context, team: str, change: LoadChange) -> dict[str, Any]:
    found = printing.fields(change, _CHANGE_KEYS[3:], hundredths=_HUNDREDTHS, tenths=_TENTHS)
    return {"team": team, **_who(context, change.worker, change.name), **found}


def _change_row(context: Context, change: LoadChange) -> tuple[Any, ...]:
    who = _who(context, change.worker, change.name)
    signed = [f"{points / 100:+g}" if points else "0" for _, points in change.parts]
    return (
        who["worker"],
        who["name"],
        f"{change.before / 100:g}",
        *signed,
        f"{change.after / 100:g}",
        _arrow("", *(None if can is None else half_up(can, 100) for can in _capacities(change))),
        _arrow(" %", *(None if used is None else whole_percent(used) for used in _used(change))),
    )


def _used(change: LoadChange) -> tuple[int | None, int | None]:
    return change.utilisation_before, change.utilisation_after


def _capacities(change: LoadChange) -> tuple[int | None, int | None]:
    return change.capacity_before, change.capacity_after


def _arrow(unit: str, *values: int | None) -> str:
    said = ["–" if value is None else f"{value}{unit}" for value in values]
    return said[0] if said[0] == said[1] else " → ".join(said)


# count beside weight -----------------------------------------------------------------------------------------------


def run_spread(context: Context) -> int:
    """Print how many cases everyone holds beside how much they weigh."""
    from storage.load.history.load_changes import spread
    from storage.load.worker_load import team_board

    teams, worker = _teams(context)
    found = [
        (team, line)
        for team in teams
        for line in spread(team_board(context.reader, team, context.today))
        if worker is None or line.worker == worker
    ]
    if context.form != "table":
        printing.put_rows(context.form, (_spread_record(context, *one) for one in found), _SPREAD_KEYS)
    elif printing.table(
        ("Worker", "Name", "Cases", "Points", "A case", "Used", "", ""), (_spread_row(context, one) for _, one in found)
    ):
        printing.say("Few and heavy, many and light: a tenth off the team's medians at least. Our own measure, local.")
    else:
        printing.say("Nobody holds a case.")
    return DONE


def _spread_record(context: Context, team: str, line: Spread) -> dict[str, Any]:
    return {
        "team": team,
        **_who(context, line.worker, line.name),
        "cases": line.cases,
        "points": line.points / 100,
        "points_a_case": line.mean / 100,
        "utilisation": from_tenths(line.utilisation),
        "band": line.band or None,
        "shape": line.shape or None,
    }


def _spread_row(context: Context, line: Spread) -> tuple[Any, ...]:
    used = "–" if line.utilisation is None else f"{whole_percent(line.utilisation)} %"
    band = f"{BAND_GLYPHS.get(line.band, '')} {line.band}".strip() or "not set"
    name = context.staff_name(line.name)
    return line.worker, name, line.cases, f"{line.points / 100:g}", f"{line.mean / 100:.2f}", used, band, line.shape
