"""Forms of programmes: begin one, record what was reached or shown, close days, save a paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.errors import BadInput
from storage import views
from tui import programmedeeds
from tui.dialogs.asking import ask, choose
from tui.dialogs.choose import Choice
from tui.dialogs.form import CHOICE, DAY, LINE, MANY, NOTE, Field
from tui.dialogs.learning_form import ANY, domains_of

if TYPE_CHECKING:
    import sqlite3

    from storage.learnerfile import Learner
    from storage.programmes import LearnerLine
    from tui.screens.base import Page

EVIDENCE, CLOSED = "evidence", "closed"
HALVES = {"1": 100, "½": 50, "0.5": 50, "0": 0, "-": 0}
PATTERN = "Monday to Friday, as in 1 1 1 ½ 0"


# beginning -------------------------------------------------------------------------------------------------------


async def begin_programme(page: Page, team: str | None) -> str | None:
    """Ask for a programme, and begin it."""
    kinds, workers = await page.office.desk.read(lambda conn: _offered(conn, team))
    chosen = await choose(page, "Which programme?", kinds, "No pack describes a programme.")
    if chosen is None:
        return None
    sort, _, kind = chosen.partition(":")
    deed = await ask(
        page,
        f"Begin: {next(one.words for one in kinds if one.key == chosen)}",
        _beginning(sort, [Choice(key, page.look.worker(name), key) for key, name in workers]),
        lambda unit, values: programmedeeds.begin_programme(unit, {"kind": kind, **_taken(values)}),
    )
    return deed.said if deed else None


def _offered(conn: sqlite3.Connection, team: str | None) -> tuple[list[Choice], list[tuple[str, str]]]:
    packs = views.Packs(conn)
    kinds = [
        Choice(
            f"{one.get('sort', 'progression')}:{key}",
            str(one["title"]),
            "example" if one.get("basis") == "local" else "",
        )
        for of in ("programme", "progression")
        for key, one in packs.all(of).items()
        if one.get("active", True)
    ]
    query = "SELECT staff_id, name FROM worker WHERE (? IS NULL OR team = ?) AND leaves IS NULL ORDER BY sort_key"
    return kinds, [(str(key), str(name)) for key, name in conn.execute(query, (team, team))]


def _beginning(sort: str, workers: Sequence[Choice]) -> list[Field]:
    fields = [
        Field("worker", "Learner", CHOICE, "", workers, required=True),
        Field("starts", "Begins", DAY, "today", required=True, ahead=True),
    ]
    if sort == "progression":
        return fields
    fields.append(Field("educator", "Practice educator" if sort == "placement" else "Assessor", CHOICE, "", workers))
    if sort == "placement":
        fields += [
            Field("on_site", "On-site supervisor", CHOICE, "", workers),
            Field("university", "University", LINE),
            Field("days", "Placement days", LINE, hint="left out: as the programme says"),
            Field("pattern", "Days a week", LINE, hint=PATTERN),
        ]
    return [*fields, Field("note", "Note", NOTE)]


def _taken(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was filled in, as a programme keeps it: days and pattern in hundredths."""
    found = {name: value for name, value in values.items() if value not in (None, "")}
    if days := found.get("days"):
        if not str(days).isdecimal():
            raise BadInput("Write the days as a number, as in 70.", field="days")
        found["days"] = int(days) * 100
    if pattern := found.get("pattern"):
        words = str(pattern).replace(",", " ").split()
        if any(word not in HALVES for word in words):
            raise BadInput(f"Write each day as 1, ½ or 0: {PATTERN}.", field="pattern")
        found["pattern"] = tuple(HALVES[word] for word in words)
    return found


# recording -------------------------------------------------------------------------------------------------------


async def record_for(page: Page, number: int) -> str | None:
    """Ask what was reached or shown in a programme, and record it."""
    from storage.programmes import learner

    today = page.office.today
    found = await page.office.desk.read(lambda conn: learner(conn, number, today))
    choices = recordable(found)
    chosen = await choose(page, "What happened?", choices)
    if chosen is None:
        return None
    if chosen == EVIDENCE:
        return await _evidence(page, found)
    if chosen == CLOSED:
        return await close_days(page, number, today)
    title = next(one.words for one in choices if one.key == chosen)
    deed = await ask(
        page,
        title,
        [
            Field("on", "On", DAY, "today", required=True),
            Field("by", "Seen or held by", LINE),
            Field("outcome", "Outcome", LINE),
            Field("note", "Note", NOTE),
        ],
        lambda unit, values: programmedeeds.reach(unit, number, title, {"kind": chosen, **values}),
    )
    return deed.said if deed else None


def recordable(learner: Learner) -> list[Choice]:
    """Return what can be recorded: what comes next first, parts still missing, evidence, then a concern."""
    stages = [
        Choice(stage.id, stage.title, "late" if stage.state == "late" else "")
        for stage in sorted(learner.stages, key=lambda one: one.due or date.max)
        if stage.state != "done"
    ]
    known = {stage.id for stage in learner.stages}
    parts = [
        Choice(_part(check.id, check.need, check.have), check.title, check.says)
        for check in learner.missing
        if check.id not in known and not _filled_by_itself(learner, check.id)
    ]
    steps = [Choice(step.id, step.title, "concerns procedure") for step in learner.concerns if step.done_on is None]
    placed = [Choice(CLOSED, "Days closed", "reading week, leave")] if learner.kept.placement else []
    return [*stages, *parts, Choice(EVIDENCE, "Evidence", "observation, feedback, reflection"), *placed, *steps]


def _part(name: str, need: int, have: int) -> str:
    return f"{name}_{have + 1}" if need > 1 else name


def _filled_by_itself(learner: Learner, name: str) -> bool:
    pieces = {str(piece["id"]): piece for piece in learner.kept.item.get("pieces", ())}
    return str(pieces.get(name, {}).get("filled", "records")) != "records"


async def _evidence(page: Page, found: Learner) -> str | None:
    """Ask for a piece of evidence: what it is, and which capabilities it shows."""
    number, worker = found.kept.id, found.kept.worker
    wanted = {str(piece["evidence"]) for piece in found.kept.item.get("pieces", ()) if piece.get("evidence")}
    kinds = [Choice(kind, kind.replace("_", " ")) for kind in sorted(wanted | {"document", "other"})]
    family = str(found.kept.item.get("family", ANY))
    levels, domains = await page.office.desk.read(lambda conn: (_levels(conn), domains_of(conn, page, family)))
    deed = await ask(
        page,
        "Evidence",
        [
            Field("kind", "Kind", CHOICE, kinds[0].key, kinds, required=True),
            Field("title", "What it is", LINE, required=True),
            Field("on", "On", DAY, "today", required=True),
            Field("domains", "Shows", MANY, (), domains, hint="space ticks a capability; none, one or several"),
            Field("level", "At the level", CHOICE, "", levels),
            Field("seen_by", "Seen by", LINE),
            Field("text", "More", NOTE),
        ],
        lambda unit, values: programmedeeds.show_evidence(unit, number, worker, _shown(values)),
    )
    return deed.said if deed else None


def _levels(conn: sqlite3.Connection) -> list[Choice]:
    frameworks = views.Packs(conn).all("framework").values()
    return [Choice(one["id"], one["title"]) for said in frameworks for one in said.get("levels") or ()]


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, "level": values.get("level") or None}


async def close_days(page: Page, number: int, day: date) -> str | None:
    """Ask on which days a placement rests, and why."""
    deed = await ask(
        page,
        "Days closed",
        [
            Field("starts", "From", DAY, day.isoformat(), required=True, ahead=True),
            Field("ends", "To", DAY, day.isoformat(), required=True, ahead=True),
            Field("why", "Why", LINE, "Reading week", required=True),
        ],
        lambda unit, values: programmedeeds.close_days(unit, number, values),
    )
    return deed.said if deed else None


# papers ----------------------------------------------------------------------------------------------------------


async def save_paper(page: Page, line: LearnerLine) -> str | None:
    """Ask which paper and where to, and save it as Word and CSV."""
    from storage.exports.learningdocs import OF_PROGRAMME, TITLES

    papers = [Choice(what, TITLES[what]) for what in papers_of(line)]
    what = await choose(page, "Which paper?", papers)
    if what is None:
        return None
    return await save_one(page, what, line.id if what in OF_PROGRAMME else line.worker)


async def save_one(page: Page, what: str, about: str | int) -> str | None:
    """Ask where to, and save one paper of a programme (by its number) or of a worker as Word and CSV."""
    from storage.exports.learningdocs import TITLES, paper, write_paper

    today, written = page.office.today, []

    async def save(values: dict[str, Any]) -> None:
        folder = Path(str(values["folder"])).expanduser()
        made = await page.office.desk.read(lambda conn: paper(conn, what, about, today))
        written.extend(await page.office.desk.call(lambda _: write_paper(made, folder)))

    from tui.dialogs.asking import answer
    from tui.dialogs.form import Form

    about_words = "A Word document and a CSV file, called by kind, number and day. No notes, nobody served."
    fields = [Field("folder", "Into the folder", LINE, str(Path.cwd()), required=True)]
    await answer(page, Form(TITLES[what], fields, save, about=about_words))
    return f"Saved: {', '.join(path.name for path in written)}" if written else None


def papers_of(line: LearnerLine) -> list[str]:
    """Return the papers that a learner's programme has."""
    from storage.exports.learningdocs import APPLICATION, CPD, LOG, REGISTER, SUPPORT

    if line.unit == "criteria":
        return [APPLICATION, CPD]
    return [REGISTER, LOG] if line.sort == "placement" else [SUPPORT, LOG, CPD]
