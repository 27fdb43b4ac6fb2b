"""A team's own caseload spreadsheet: one row a case, headings matched by the alias table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any

from domain.core.enums import Nation, Pathway, Role
from domain.core.errors import BadInput
from domain.core.text import slug, sort_key
from storage.importing.extract import Extract
from storage.importing.files import aliases
from storage.importing.files.headings import heading_key
from storage.importing.files.tables import Table
from storage.importing.sources.caseload_sheet import (
    LATEST,
    Sheet,
    SheetRow,
    is_caseload,
    known_headings,
    lines,
    meanings_of,
)
from storage.importing.sources.ssd_work import ORDER as LEADING

__all__ = ["SOURCE", "known_headings", "read", "template", "worker_key"]

SOURCE = "caseload"
DEFAULT_TEAM = "Imported"
EXAMPLE = "EXAMPLE"
ADULT_DAYS = 6_574  # eighteen years


# What "last review" and "last visit" are, by what the case is worked under.
REVIEWS = {
    Pathway.LOOKED_AFTER: "lac_review_held",
    Pathway.ADOPTION: "adoption_review_held",
    Pathway.SHORT_BREAKS: "lac_review_held",
    Pathway.CHILD_PROTECTION: "rcpc_held",
    Pathway.CHILD_IN_NEED: "cin_review_held",
    Pathway.FAMILY_HELP: "cin_review_held",
    Pathway.CARE_LEAVER: "pathway_review_held",
    Pathway.CARE_ACT: "plan_review_held",
    Pathway.CARER_SUPPORT: "carer_review_held",
    Pathway.DIRECT_PAYMENT: "direct_payment_review_held",
}
VISITS = {
    Pathway.LOOKED_AFTER: "lac_visit",
    Pathway.ADOPTION: "lac_visit",
    Pathway.SHORT_BREAKS: "lac_visit",
    Pathway.CHILD_PROTECTION: "cp_visit",
    Pathway.CHILD_IN_NEED: "cin_visit",
    Pathway.FAMILY_HELP: "cin_visit",
    Pathway.CARE_LEAVER: "pa_visit",
}
# What a filled-in day says about the pathway when no column does; the first that is filled in leads.
IMPLIED = {
    "event:became_looked_after": Pathway.LOOKED_AFTER,
    "event:cp_plan_started": Pathway.CHILD_PROTECTION,
    "event:became_care_leaver": Pathway.CARE_LEAVER,
    "event:pathway_review_held": Pathway.CARE_LEAVER,
    "event:cin_plan_started": Pathway.CHILD_IN_NEED,
    "event:care_plan_agreed": Pathway.CARE_ACT,
    "event:plan_review_held": Pathway.CARE_ACT,
    "event:service_started": Pathway.CARE_ACT,
    "event:carer_plan_agreed": Pathway.CARER_SUPPORT,
    "event:direct_payment_started": Pathway.DIRECT_PAYMENT,
    "event:safeguarding_enquiry_started": Pathway.SAFEGUARDING_ADULT,
    "event:safeguarding_concern_received": Pathway.SAFEGUARDING_ADULT,
    "event:assessment_started": Pathway.ASSESSMENT,
    "event:referral_received": Pathway.ASSESSMENT,
}
OPENS = ("event:referral_received", "event:assessment_started", *IMPLIED)


def template() -> str:
    """Return the caseload template as CSV text: headings and two examples, which an import passes over."""
    return (files("storage.importing.sources") / "template.csv").read_text("utf-8")


def read(
    tables: list[Table],
    *,
    today: date,
    team: str | None = None,
    mapping: Mapping[str, str] | None = None,
    known_workers: Mapping[str, str] | None = None,
    known_cases: frozenset[str] = frozenset(),
) -> Extract:
    """Return what caseload sheets say; ``known_workers`` gives staff ids by staff id and by name on file."""
    extract = Extract(SOURCE, replaces_worker=True)
    sheet = Sheet(extract, today, team, mapping or {}, known_workers or {}, known_cases)
    used = [table for table in tables if is_caseload(table, sheet.mapping)]
    if not used:
        raise _no_reference(tables)
    for table in tables:
        if table in used:
            _read_table(sheet, table)
        else:
            extract.notes.append(f"{table.file} holds no case references; it was left alone.")
    if sheet.guessed:
        extract.notes.append(
            f"Nothing says what {sheet.guessed:,} cases are worked under: they were taken as child in need, or as a "
            "Care Act plan where the birth date says adult. A column Case type says it better."
        )
    return extract


def _no_reference(tables: list[Table]) -> BadInput:
    """Return the refusal of a file without a column of references: where no heading is known, it may have none."""
    if not tables:
        return BadInput("There is no table in the file.", field="path")
    headings = [tables[0].headings[place] for place in tables[0].columns.values()]
    known = [heading for heading in headings if heading_key(heading) in known_headings()]
    said = (
        f"of its {len(headings)} headings these are known: {', '.join(known)}" if known else "it may have no headings"
    )
    return BadInput(
        f"No column of {tables[0].file} is known to hold the case reference; {said}.",
        field="path",
        hint='Give every column a heading, and say which it is in a mapping file: "Case No" = "reference".',
    )


def _read_table(sheet: Sheet, table: Table) -> None:
    meanings = meanings_of(sheet, table)
    if "reference" not in meanings:
        raise BadInput(
            f"{table.file}: it is not clear which column holds the case reference.",
            field="path",
            hint='Say which it is in a mapping file, with a line such as "Case No" = "reference".',
        )
    for line in lines(sheet, table, meanings):
        _take(sheet, line)
    sheet.extract.absorb([table])


def _take(sheet: Sheet, line: SheetRow) -> None:
    reference = line.texts["reference"]
    extract, heading = sheet.extract, line.headings["reference"]
    if reference.upper().startswith(EXAMPLE):
        return
    if not reference:
        extract.set_aside(line.origin, heading, "", "the row has no case reference")
        return
    content = (tuple(sorted(line.texts.items())), tuple(sorted(line.days.items())))
    once = (line.origin[0], reference)
    if once in sheet.seen:
        if sheet.seen[once] != content:
            extract.set_aside(
                line.origin, heading, reference, "this reference stands in the file twice with different data"
            )
        return
    sheet.seen[once] = content
    _not_ahead(sheet, line)
    pathways = _pathways(sheet, line)
    if pathways is None:
        return
    _case(sheet, line, reference, pathways)


def _not_ahead(sheet: Sheet, line: SheetRow) -> None:
    """Leave out days that have not come, where the column says that something happened."""
    for meaning, day in list(line.days.items()):
        coming = meaning.startswith(("due:", "next_")) or meaning == "expected_birth"
        if day > sheet.today and not coming:
            why = "lies in the future, so it has not happened"
            sheet.extract.fault(line.origin, line.headings[meaning], day.isoformat(), why)
            del line.days[meaning]


def _pathways(sheet: Sheet, line: SheetRow) -> tuple[Pathway, ...] | None:
    """The pathways a row says or implies; None when the row is set aside for want of one."""
    text = line.texts.get("pathway", "")
    said = aliases.pathway(text) if text else None
    implied = [pathway for meaning, pathway in IMPLIED.items() if meaning in line.days]
    if isinstance(said, Pathway):
        return (said,)
    if text and said is None:
        sheet.extract.set_aside(
            line.origin, line.headings["pathway"], text, "not a kind of case that is known: see the alias table"
        )
        return None
    if said == aliases.CLOSED and "closed" not in line.days:
        sheet.extract.fault(line.origin, line.headings["pathway"], text, "closed, but no day says when; taken as open")
    if implied:
        return (implied[0],)
    if line.texts["reference"] in sheet.known_cases:
        return ()
    if said == aliases.OPEN or "pathway" not in line.headings:
        sheet.guessed += 1
        return (_guess(sheet, line),)
    sheet.extract.set_aside(line.origin, line.headings["pathway"], text, "nothing says what this case is worked under")
    return None


def _guess(sheet: Sheet, line: SheetRow) -> Pathway:
    """What a case is taken to be worked under where the sheet has no column for it: by the age, if that is known."""
    born = line.days.get("born")
    adult = born is not None and (sheet.today - born).days >= ADULT_DAYS
    return Pathway.CARE_ACT if adult else Pathway.CHILD_IN_NEED


def _case(sheet: Sheet, line: SheetRow, reference: str, pathways: tuple[Pathway, ...]) -> None:
    data: dict[str, Any] = {"reference": reference}
    if pathways:
        data["pathways"] = pathways
    team = line.texts.get("team") or sheet.team
    known = reference in sheet.known_cases
    if team or not known:
        data["team"] = _team(sheet, line, team or DEFAULT_TEAM)
    opened = line.days.get("opened") or min((line.days[m] for m in OPENS if m in line.days), default=None)
    if opened is not None and ("opened" in line.days or not known):
        data["opened"] = opened
    elif not known:
        data["opened"] = line.days.get("allocated_on") or min(
            (day for m, day in line.days.items() if m.startswith(("event:", "last_"))), default=sheet.today
        )
    _more_fields(sheet, line, data)
    if "closed" not in data:
        sheet.extract.current_since[reference] = sheet.today
    if reference in sheet.cases:
        _merge(sheet.cases[reference], data)
    else:
        sheet.cases[reference] = data
        sheet.extract.add("case", data, *line.origin)
    _events(sheet, line, reference, pathways)
    _allocations(sheet, line, reference, data.get("team"), closed=data.get("closed"), opened=data.get("opened"))


def _merge(case: dict[str, Any], data: dict[str, Any]) -> None:
    """Add what another list of the same workbook or folder says about a case: a child may be on several."""
    both = {*case.get("pathways", ()), *data.get("pathways", ())}
    if both:
        case["pathways"] = tuple(sorted(both, key=lambda p: LEADING.index(p) if p in LEADING else len(LEADING)))
    if "opened" in case and "opened" in data:
        case["opened"] = min(case["opened"], data["opened"])
    if "closed" in case and "closed" not in data:
        case.pop("closed")
        case.pop("close_reason", None)
    for name, value in data.items():
        if name not in ("closed", "close_reason"):
            case.setdefault(name, value)


def _more_fields(sheet: Sheet, line: SheetRow, data: dict[str, Any]) -> None:
    name = line.texts.get("name") or ", ".join(
        part for part in (line.texts.get("surname", ""), line.texts.get("forename", "")) if part
    )
    given: dict[str, Any] = {"name": name}
    given |= {m: line.days.get(m) for m in ("born", "expected_birth", "closed", "threshold_met")}
    given |= {m: line.texts.get(m) for m in ("close_reason", "sibling_group")}
    nation = line.texts.get("nation", "").casefold().replace(" ", "_")
    if nation in list(Nation):
        given["nation"] = Nation(nation)
    elif nation:
        sheet.extract.fault(line.origin, line.headings["nation"], nation, "not one of " + ", ".join(Nation))
    data |= {m: value for m, value in given.items() if value}


def _team(sheet: Sheet, line: SheetRow, name: str) -> str:
    if name not in sheet.teams:
        sheet.teams.add(name)
        sheet.extract.add("team", {"name": name}, *line.origin)
    return name


def _events(sheet: Sheet, line: SheetRow, reference: str, pathways: tuple[Pathway, ...]) -> None:
    for meaning, day in line.days.items():
        group, _, kind = meaning.partition(":")
        if group == "event":
            sheet.extract.event(reference, kind, day, line.origin)
        elif group == "due":
            sheet.extract.council_date(reference, kind, day, line.origin)
        elif meaning in LATEST:
            _latest(sheet, line, reference, meaning, pathways)


def _latest(sheet: Sheet, line: SheetRow, reference: str, meaning: str, pathways: tuple[Pathway, ...]) -> None:
    """Take a "last visit" or "next review" as the kind that goes with the pathway."""
    kinds = REVIEWS if LATEST[meaning] == "review" else VISITS
    kind = next((kinds[p] for p in pathways if p in kinds), None)
    day = line.days[meaning]
    if meaning.startswith("last_"):
        sheet.extract.event(reference, kind or "case_note", day, line.origin)
    elif kind is not None:
        sheet.extract.council_date(reference, kind, day, line.origin)


def _allocations(
    sheet: Sheet, line: SheetRow, reference: str, team: str | None, *, closed: date | None, opened: date | None
) -> None:
    named = (
        (Role.ALLOCATED, line.texts.get("worker_id", ""), line.texts.get("worker", "")),
        (Role.CO_WORKER, "", line.texts.get("co_worker", "")),
        (Role.PERSONAL_ADVISER, "", line.texts.get("personal_adviser", "")),
    )
    if closed is not None:
        return
    for role, staff_id, name in named:
        if (not staff_id and not name) or aliases.nobody(name or staff_id):
            continue
        worker = _worker(sheet, line, staff_id, name, team, role)
        since = line.days.get("allocated_on") if role is Role.ALLOCATED else None
        data: dict[str, Any] = {"case": reference, "worker": worker, "role": role, "starts": since or sheet.today}
        if since is None:
            data["undated"] = True
        elif opened is not None and since < opened:
            sheet.extract.fault(
                line.origin, line.headings["allocated_on"], since.isoformat(), "lies before the case opened; left out"
            )
            data |= {"starts": sheet.today, "undated": True}
        sheet.extract.add("allocation", data, *line.origin)


def worker_key(name: str) -> str:
    """Return what a worker's name is compared by: "Okafor, Chidi" and "Chidi Okafor" are one."""
    return " ".join(sorted(sort_key(name).replace(",", " ").split()))


def _worker(sheet: Sheet, line: SheetRow, staff_id: str, name: str, team: str | None, role: Role) -> str:
    """Return the staff id of the worker a row names; one not on file yet is taken in."""
    for known_as in (staff_id, name, worker_key(name) if name else ""):
        if known_as and (known := sheet.known_workers.get(known_as) or sheet.workers.get(known_as)):
            return known
    new = staff_id or _new_staff_id(sheet, name)
    sheet.workers.update({new: new, worker_key(name or new): new})
    data = {
        "staff_id": new,
        "name": name or new,
        "team": team or _team(sheet, line, sheet.team or DEFAULT_TEAM),
        "grade": "personal-adviser" if role is Role.PERSONAL_ADVISER else aliases.FALLBACK_GRADE,
    }
    sheet.extract.add("worker", data, *line.origin)
    return new


def _new_staff_id(sheet: Sheet, name: str) -> str:
    base = slug(name)
    taken = {*sheet.known_workers.values(), *sheet.workers.values()}
    return next(new for n in range(1, 10_000) if (new := base if n == 1 else f"{base}-{n}") not in taken)
