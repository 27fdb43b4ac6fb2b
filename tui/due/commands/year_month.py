"""due --year, due --month: the year of a case, and the month of a team, as plain tables."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.core.dates import DAYS, EARLIEST, LATEST, distance, show_day, show_month
from domain.core.errors import BadInput
from domain.core.text import plural
from tui.commandline import printing
from tui.commandline.context import DONE, Context, as_text

if TYPE_CHECKING:
    from storage.due.due_month import MonthDay
    from storage.due.year_ahead import PlannedLine

IF_HELD = "if held on time"
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_YEAR_COLUMNS = ("State", "Due", "", "What", "Plan by", "Id")
_YEAR_KEYS = ("id", "rule", "series", "cycle", "title", "legal_due", "plan_by", "status", "if_held_on_time", "verified")
_MONTH_KEYS = ("date", "things", "working", "holiday", "pile_up")


def run(context: Context) -> int:
    """Print the year of a case or the month of a team."""
    given = context.options
    _refuse_others(given)
    return _year(context) if given.year else _month(context)


def _refuse_others(given: Any) -> None:
    """Refuse options that mean nothing beside --year or --month, rather than leave them out silently."""
    if not given.year and given.month is None:
        raise BadInput("--most needs --month.", field="--most", hint="almoner due --month 2026-12 --most 2")
    option = "--year" if given.year else "--month"
    others = {
        "--within": given.within is not None, "--overdue": given.overdue, "--all": given.all, "--kind": given.kind,
        "--worker": given.worker, "--team": given.team and given.year, "--case": given.case and not given.year,
        "--month": given.year and given.month is not None, "--most": given.year and given.most is not None,
    }  # fmt: skip
    if wrong := next((name for name, there in others.items() if there), None):
        raise BadInput(f"{wrong} cannot stand beside {option}.", field=wrong, hint=f"Leave out {wrong} or {option}.")


# the year of a case ----------------------------------------------------------------------------------------------


def _year(context: Context) -> int:
    from storage.due.year_ahead import case_year

    if not context.options.case:
        raise BadInput("--year needs a case.", field="--case", hint="almoner due --case C-1001 --year")
    reference = context.the_case(context.options.case)
    lines = case_year(context.database, reference, context.today)
    if context.form != "table":
        printing.put_rows(context.form, [_year_record(line, context) for line in lines], _YEAR_KEYS)
    elif printing.table(_YEAR_COLUMNS, (_year_row(line, context.today) for line in lines)):
        if any(line.if_held for line in lines):
            printing.say(f"◇ {IF_HELD}: it comes then if each one before it is held on its due date.")
    else:
        printing.say(f"Nothing falls due on {reference} in the next twelve months.")
    return DONE


def _year_record(line: PlannedLine, context: Context) -> dict[str, Any]:
    return {
        "id": line.id,
        "rule": line.rule,
        "series": line.series,
        "cycle": line.cycle,
        "title": line.title,
        "legal_due": line.legal_due,
        "plan_by": line.plan_by,
        "status": line.status(context.today),
        "if_held_on_time": line.if_held,
        "verified": line.verified,
    }


def _year_row(line: PlannedLine, today: date) -> tuple[Any, ...]:
    from tui.due.commands.due_text import GLYPHS, NOT_SET

    state = f"◇ {IF_HELD}" if line.if_held else GLYPHS[line.status(today)]
    return (
        state + ("" if line.verified else " ?"),
        show_day(line.legal_due) if line.legal_due else None,
        distance(line.legal_due, today) if line.legal_due else NOT_SET,
        line.title,
        show_day(line.plan_by) if line.plan_by and line.plan_by != line.legal_due else None,
        line.id,
    )


# the month of a team ---------------------------------------------------------------------------------------------


def _month(context: Context) -> int:
    from storage.due.due_month import due_month

    team = context.the_team(context.options.team) if context.options.team else None
    first, most = _first(context.options.month), _most(context.options.most)
    found = due_month(context.reader, context.today, first, team, per_worker=most)
    if context.form != "table":
        printing.put_rows(context.form, [_day_record(day) for day in found.days], _MONTH_KEYS)
        return DONE
    printing.put(f"{show_month(found.first)}: {team or 'every team'}, {plural(found.total, 'thing')} to be done")
    printing.put()
    printing.table(("Day", "Things", ""), ((_day(day.on), day.things, _mark(day, context.today)) for day in found.days))
    printing.say(f"▲ more than {found.limit} on one day: {found.reckoning}.")
    return DONE


def _most(given: str | None) -> int:
    """Return how many things a day each worker can be asked to do: as given, or as set in the application."""
    from storage.files.paths import settings_path
    from storage.files.settings import HIGHEST_A_DAY, a_day, load

    if given is None:
        return load(settings_path()).most_a_day
    if (most := a_day(as_text(given))) is None:
        raise BadInput(f"--most: {as_text(given)!r} is no number from 1 to {HIGHEST_A_DAY}.", field="--most")
    return most


def _first(text: str) -> date:
    found = _MONTH.fullmatch(as_text(text))
    year, month = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (EARLIEST.year <= year < LATEST.year and month in range(1, 13)):
        hint = "Write --month 2026-12."
        raise BadInput(f"--month: {as_text(text)!r} is not a month.", field="--month", hint=hint)
    return date(year, month, 1)


def _day_record(day: MonthDay) -> dict[str, Any]:
    return {
        "date": day.on,
        "things": day.things,
        "working": day.working,
        "holiday": day.holiday,
        "pile_up": day.pile_up,
    }


def _day(on: date) -> str:
    return f"{DAYS[on.weekday()]} {on.day}"


def _mark(day: MonthDay, today: date) -> str:
    marks = [
        "▲ pile-up" if day.pile_up else "",
        "bank holiday" if day.holiday else "weekend" if not day.working else "",
        "today" if day.on == today else "",
    ]
    return ", ".join(mark for mark in marks if mark)
