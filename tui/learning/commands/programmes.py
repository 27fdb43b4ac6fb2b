"""programme show, days, checklist, document: how far learners are, what is missing, the papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.core.dates import show_day
from domain.core.errors import BadInput, NotFound
from domain.core.text import plural, whole_number
from tui.commandline import printing
from tui.commandline.context import DONE, Context, as_text, parse_option_day
from tui.learning.commands.registration_year import year_day

if TYPE_CHECKING:
    from storage.learning.learner_page import Learner
    from tui.commandline.parser import Commands

_STAGES = ("stage", "title", "due", "done_on", "state", "note")
_CHECKS = ("piece", "title", "need", "have", "due", "state", "says")
_HOURS = ("due", "whole", "given", "owed", "educator", "on_site", "others")
_DAYS = ("on", "kind", "part", "counts", "so_far", "hours")


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    programme = commands.group("programme")
    show = programme.add("show", run_show, "how far it is, stages, checklist, supervision", json=True)
    days = programme.add("days", run_days, "the placement days recorded, and when it ends", json=True, csv=True)
    checks = programme.add("checklist", run_checklist, "what is there and what is missing", json=True, csv=True)
    for one in (show, days, checks):
        one.add_argument("id", metavar="ID", help="the programme's number; see: almoner report learning")
    close = programme.add("close-stage", run_close_stage, "close a stage whose day has passed, with a reason")
    close.add_argument("id", metavar="ID", help="the programme's number; see: almoner report learning")
    close.add_argument("stage", metavar="STAGE", help="the stage, as `programme show` names it")
    close.add_argument("--why", metavar="TEXT", required=True, help="why it is not to be reached any more")
    close.add_argument("--on", metavar="DATE", help="the day (left out: today)")
    what = "save a paper as Word and CSV: register, log, support, cpd, application"
    paper = programme.add("document", run_document, what, json=True)
    paper.add_argument("paper", metavar="PAPER", help="register, log or support of a programme; cpd or application")
    paper.add_argument("about", metavar="ID|WORKER", help="the programme's number, or for cpd and application a worker")
    paper.add_argument("--output", metavar="FOLDER", help="the folder to write into; left out: this one")
    paper.add_argument("--year", metavar="YEAR", help="of cpd: the registration year, as 2025-26; left out: this one")
    paper.may_overwrite()


# one of them -----------------------------------------------------------------------------------------------------


def _found(context: Context) -> Learner:
    from storage.learning.learner_page import learner

    return learner(context.reader, _number(context.options.id), context.today)


def _number(given: str) -> int:
    word = as_text(given)
    number = whole_number(word)
    if number is None:
        hint = "See: almoner report learning"
        raise NotFound(f"There is no programme {word!r}: give its number.", field="programme", hint=hint)
    return number


def run_show(context: Context) -> int:
    """Print one programme with all that its page shows."""
    found = _found(context)
    kept = found.kept
    record: dict[str, Any] = {
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
        "supervision": {name: getattr(found.hours, name) for name in _HOURS} if found.hours else None,
        "protected_minutes": found.protected,
        "unrecorded": list(found.unrecorded),
        "agreed": {"days": _days_of(kept.first_target), "ends": kept.first_ends},
        "extensions": [
            {"on": one.on, "days": one.days / 100, "ends": one.ends, "by": context.staff_name(one.by), "why": one.why}
            for one in kept.extensions
        ],
        "warnings": list(found.warnings),
        "phases": [{"every": p.every.words, "starts": p.starts, "until": p.until} for p in found.phases],
        "stages": _stages(found),
        "checklist": _checks(found),
    }
    if context.form == "json":
        printing.put_json(record)
        return DONE
    lists = ("stages", "checklist", "phases")
    printing.outline({name: value for name, value in record.items() if name not in lists}, context.today)
    for rows, columns in ((record["stages"], _STAGES), (record["checklist"], _CHECKS)):
        printing.put()
        printing.put_rows("table", rows, columns, today=context.today)
    return DONE


def _days_of(target: int | None) -> float | None:
    return target / 100 if target else None


def _stages(found: Learner) -> list[dict[str, Any]]:
    lines = (*found.stages, *found.concerns)
    return [{"stage": line.id, **{name: getattr(line, name) for name in _STAGES[1:]}} for line in lines]


def _checks(found: Learner) -> list[dict[str, Any]]:
    return [{"piece": check.id, **{name: getattr(check, name) for name in _CHECKS[1:]}} for check in found.checks]


def run_close_stage(context: Context) -> int:
    """Close a stage whose day has passed."""
    from storage.learning.acts import close_stage

    given = context.options
    on = parse_option_day(given.on, "--on") if given.on else None
    with context.database.unit(context.actor, context.today) as unit:
        kept = close_stage(unit, _number(given.id), as_text(given.stage), as_text(given.why), on).record
    printing.say(f"Stage {kept.stage} of programme {kept.programme} is closed. Taken back by: almoner undo")
    return DONE


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
        days = {"done": placement.done / 100, "target": placement.target / 100, "missed": placement.missed / 100}
        ends = {"midway": placement.midway, "ends": placement.ends, "unrecorded": list(found.unrecorded)}
        printing.put_json({"programme": found.kept.id, **days, **ends, "days": rows})
        return DONE
    printing.put_rows(context.form, rows, _DAYS, today=context.today)
    last = show_day(placement.ends) if placement.ends else "no end known"
    open_days = f", {plural(len(found.unrecorded), 'past day')} not recorded" if found.unrecorded else ""
    done = f"{placement.done / 100:g} of {placement.target / 100:g} days{open_days}"
    printing.say(f"{done}; ends {last} as it looks now.")
    return DONE


# papers ----------------------------------------------------------------------------------------------------------


def run_document(context: Context) -> int:
    """Save a paper and say where."""
    from storage.files.outgoing import Outgoing
    from storage.files.paths import typed
    from storage.learning.papers.paper import OF_PROGRAMME, TITLES
    from storage.learning.papers.papers import paper, write_paper

    what = as_text(context.options.paper).casefold()
    if what not in TITLES:
        raise BadInput(f"{what!r} is not a paper.", field="PAPER", hint="Known: " + ", ".join(TITLES) + ".")
    given = context.options.about
    about: str | int = _number(given) if what in OF_PROGRAMME else context.the_worker(given)
    year = context.options.year
    made = paper(context.reader, what, about, context.today, year_day(year) if year else None)
    output = context.options.output
    folder = typed("." if output is None else output, "--output", "Add --output FOLDER.")
    paths = write_paper(made, folder, Outgoing(context.database.path, overwrite=context.options.overwrite))
    if context.form == "json":
        printing.put_json({"paper": what, "files": [str(path) for path in paths]})
        return DONE
    for path in paths:
        printing.put(str(path))
    return DONE
