"""programme show, days, checklist, document; report learning: how far learners are, what is missing, the papers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.dates import show_day
from domain.errors import BadInput, NotFound
from domain.text import clean_line, plural
from tui import printing
from tui.commandline.context import DONE, Context, as_text

if TYPE_CHECKING:
    from storage.learnerboard import LearnerRow
    from storage.learnerfile import Learner
    from tui.cli import Commands

_BOARD = ("id", "worker", "name", "title", "done", "whole", "unit", "state", "next", "due", "ends", "warning")
_STAGES = ("stage", "title", "due", "done_on", "state", "note")
_CHECKS = ("piece", "title", "need", "have", "due", "state", "says")
_DAYS = ("on", "kind", "part", "counts", "so_far", "hours")


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    programme = commands.group("programme")
    show = programme.add("show", run_show, "how far it is, stages, checklist, supervision", json=True)
    days = programme.add("days", run_days, "the placement days recorded, and when it ends", json=True, csv=True)
    checks = programme.add("checklist", run_checklist, "what is there and what is missing", json=True, csv=True)
    for one in (show, days, checks):
        one.add_argument("id", metavar="ID", help="the programme's number; see: almoner report learning")
    what = "save a paper as Word and CSV: register, log, support, cpd, application"
    paper = programme.add("document", run_document, what, json=True)
    paper.add_argument("paper", metavar="PAPER", help="register, log or support of a programme; cpd or application")
    paper.add_argument("about", metavar="ID|WORKER", help="the programme's number, or for cpd and application a worker")
    paper.add_argument("--output", metavar="FOLDER", help="the folder to write into; left out: this one")


def declare_report(reports: Commands) -> None:
    """Declare the report on everybody who learns."""
    board = reports.add("learning", run_board, "everybody in a programme, late ones first", json=True, csv=True)
    board.add_argument("--team", metavar="NAME", help="of one team")


# everybody -------------------------------------------------------------------------------------------------------


def run_board(context: Context) -> int:
    """Print the board of learners."""
    from storage.learnerboard import board

    team = context.the_team(context.options.team) if context.options.team else None
    rows = board(context.reader, team, context.today)
    count = printing.put_rows(context.form, (_learner(context, row) for row in rows), _BOARD, today=context.today)
    if context.form == "table":
        late = sum(row.state == "late" for row in rows)
        printing.say(f"{plural(count, 'learner')}, {late} late." if count else "Nobody is in a programme.")
    return DONE


def _learner(context: Context, row: LearnerRow) -> dict[str, Any]:
    line = row.line
    return {
        "id": line.id,
        "worker": line.worker,
        "name": context.staff_name(line.name),
        "team": line.team,
        "kind": line.kind,
        "title": line.title,
        "starts": line.starts,
        "ends": line.ends,
        "done": line.done / 100,
        "whole": line.whole / 100 if line.whole else None,
        "unit": line.unit or None,
        "state": row.state,
        "late": line.late,
        "next": line.next.title if line.next else None,
        "due": row.due,
        "educator": line.educator,
        "on_site": line.on_site,
        "warning": line.warning,
    }


# one of them -----------------------------------------------------------------------------------------------------


def _found(context: Context) -> Learner:
    from storage.programmes import learner

    return learner(context.reader, _number(context.options.id), context.today)


def _number(given: str) -> int:
    word = as_text(given)
    if not word.isdecimal() or len(word) > 12:
        hint = "See: almoner report learning"
        raise NotFound(f"There is no programme {word!r}: give its number.", field="programme", hint=hint)
    return int(word)


def run_show(context: Context) -> int:
    """Print one programme with all that its page shows."""
    found = _found(context)
    kept = found.kept
    record = {
        "id": kept.id,
        "worker": kept.worker,
        "name": context.staff_name(kept.name),
        "title": kept.title,
        "starts": kept.starts,
        "ends": found.line.ends,
        "done": found.line.done / 100,
        "whole": found.line.whole / 100 if found.line.whole else None,
        "unit": found.line.unit,
        "educator": kept.educator,
        "on_site": kept.on_site,
        "entitlement": found.entitlement,
        "supervision": _hours(found),
        "protected_minutes": found.protected,
        "unrecorded": list(found.unrecorded),
        "warnings": list(found.warnings),
        "phases": [{"every": p.every.words, "starts": p.starts, "until": p.until} for p in found.phases],
        "stages": _stages(found),
        "checklist": _checks(found),
    }
    if context.form == "json":
        printing.put_json(record)
        return DONE
    lists = ("stages", "checklist", "phases")
    shown = {"stages": _stages(found), "checklist": _checks(found)}
    printing.outline({name: value for name, value in record.items() if name not in lists}, context.today)
    for name, columns in (("stages", _STAGES), ("checklist", _CHECKS)):
        printing.put()
        printing.put_rows("table", shown[name], columns, today=context.today)
    return DONE


def _hours(found: Learner) -> dict[str, Any] | None:
    if found.hours is None:
        return None
    hours = found.hours
    return {
        "due": hours.due,
        "whole": hours.whole,
        "given": hours.given,
        "owed": hours.owed,
        "educator": hours.educator,
        "on_site": hours.on_site,
        "others": hours.others,
    }


def _stages(found: Learner) -> list[dict[str, Any]]:
    return [
        {"stage": s.id, "title": s.title, "due": s.due, "done_on": s.done_on, "state": s.state, "note": s.note}
        for s in (*found.stages, *found.concerns)
    ]


def _checks(found: Learner) -> list[dict[str, Any]]:
    return [
        {
            "piece": c.id,
            "title": c.title,
            "need": c.need,
            "have": c.have,
            "due": c.due,
            "state": c.state,
            "says": c.says,
        }
        for c in found.checks
    ]


def run_checklist(context: Context) -> int:
    """Print what is there and what is missing."""
    found = _found(context)
    printing.put_rows(context.form, _checks(found), _CHECKS, today=context.today)
    if context.form == "table":
        missing = len(found.missing)
        printing.say(f"{plural(missing, 'thing')} missing." if missing else "Nothing is missing.")
    return DONE


def run_days(context: Context) -> int:
    """Print the register of a placement."""
    found = _found(context)
    placement = found.kept.placement
    if placement is None:
        raise BadInput(f"Programme {found.kept.id} is not counted in placement days.", field="programme")
    so_far, rows = 0, []
    for line in found.kept.days:
        so_far += line.counts
        hours = None if line.hours is None else line.hours / 100
        rows.append({"on": line.on, "kind": line.kind, "part": line.part / 100, "counts": line.counts / 100,
                     "so_far": so_far / 100, "hours": hours})  # fmt: skip
    if context.form == "json":
        done = {"done": placement.done / 100, "target": placement.target / 100, "missed": placement.missed / 100}
        ends = {"midway": placement.midway, "ends": placement.ends, "unrecorded": list(found.unrecorded)}
        printing.put_json({"programme": found.kept.id, **done, **ends, "days": rows})
        return DONE
    printing.put_rows(context.form, rows, _DAYS, today=context.today)
    last = show_day(placement.ends) if placement.ends else "no end known"
    printing.say(f"{placement.done / 100:g} of {placement.target / 100:g} days; ends {last} as it looks now.")
    return DONE


# papers ----------------------------------------------------------------------------------------------------------


def run_document(context: Context) -> int:
    """Save a paper and say where."""
    from storage.exports.learningdocs import OF_PROGRAMME, TITLES, paper, write_paper

    what = as_text(context.options.paper).casefold()
    if what not in TITLES:
        raise BadInput(f"{what!r} is no paper.", field="PAPER", hint="Known: " + ", ".join(TITLES) + ".")
    given = context.options.about
    about: str | int = _number(given) if what in OF_PROGRAMME else context.the_worker(given)
    made = paper(context.reader, what, about, context.today)
    paths = write_paper(made, _folder(context.options.output))
    if context.form == "json":
        printing.put_json({"paper": what, "files": [str(path) for path in paths]})
        return DONE
    for path in paths:
        printing.put(str(path))
    return DONE


def _folder(given: str | None) -> Path:
    if given is not None and (not given or "\0" in given):
        raise BadInput("Say where to write.", field="--output", hint="Add --output FOLDER.")
    try:
        return Path(given or ".").expanduser()
    except RuntimeError:
        raise BadInput(f"--output: {clean_line(given or '')[:200]} cannot be found.", field="--output") from None
