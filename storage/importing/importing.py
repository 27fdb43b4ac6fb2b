"""The one entry for screens and commands: read a source, compare it with the database, say what would happen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path

from domain.core.errors import BadInput, Problem
from domain.core.identifiers import identifier
from domain.core.text import NAME_LIMIT, clean
from storage.database.connection import Connection
from storage.importing.compare_allocations import compare_allocations
from storage.importing.compare_cases import Work, compare
from storage.importing.compare_events import compare_council_dates, compare_events
from storage.importing.diff import Diff
from storage.importing.extract import Extract
from storage.importing.files.mapping import resolve
from storage.importing.files.patience import Patience
from storage.importing.files.tables import TABLE_SUFFIXES, Table, read_tables
from storage.importing.memory import uncollected
from storage.importing.new_words import note_new_words
from storage.importing.on_file import absent, last_change, read_kept, references
from storage.importing.one_person import follow_former, note_probably_one
from storage.importing.sources import caseload, ssd, ssda903
from storage.importing.sources.ssd_work import SOURCE as SSD
from storage.people.staff import names as staff_names

SOURCES = ("auto", SSD, ssda903.SOURCE, caseload.SOURCE)
MAX_FILES = 200


def plan_import(
    conn: Connection,
    path: Path,
    *,
    today: date,
    source: str = "auto",
    team: str | None = None,
    mapping: Mapping[str, object] | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Diff:
    """Return what importing ``path`` (a file, or a folder of them) would do; nothing is written.

    ``mapping`` gives meanings to headings of a caseload sheet. Raises BadInput when nothing can be read at all, and
    Cancelled when ``stopped`` says so while it reads.
    """
    if source not in SOURCES:
        raise BadInput(
            f"{source!r} is not a kind of source.", field="source", hint="Known: " + ", ".join(SOURCES) + "."
        )
    if team is not None and not 0 < len(team := identifier(team)) <= NAME_LIMIT:
        raise BadInput(f"A team's name has 1 to {NAME_LIMIT} characters.", field="team")
    with uncollected():
        return _plan(conn, path, today, source, team, mapping or {}, Patience(stopped))


def _plan(
    conn: Connection,
    path: Path,
    today: date,
    source: str,
    team: str | None,
    mapping: Mapping[str, object],
    patience: Patience,
) -> Diff:
    said = resolve(mapping)
    known = caseload.known_headings() | set(said) if source in ("auto", caseload.SOURCE) else frozenset()
    tables, unreadable = _read(path, known, patience)
    chosen = _detect(tables) if source == "auto" else source
    extract = _extract(conn, tables, chosen, today, team, said)
    extract.notes.extend(unreadable)
    return _compare(conn, extract, today)


def _read(path: Path, known: Iterable[str], patience: Patience) -> tuple[list[Table], list[str]]:
    """Return the tables at ``path`` and what is to be said of files in a folder that could not be read."""
    try:
        found = path.is_dir()
        if not found and not path.exists():
            raise BadInput(f"There is no file or folder {clean(str(path))}.", field="path")
        if not found:
            return read_tables(path, frozenset(known), patience), []
        files = sorted(
            p for p in path.iterdir() if p.suffix.casefold() in TABLE_SUFFIXES and not p.name.startswith(("~", "."))
        )
    except OSError as why:
        raise BadInput(f"{clean(str(path))} cannot be opened: {why.strerror}.", field="path") from None
    if not files:
        raise BadInput(
            f"{clean(str(path))} holds no CSV or .xlsx files.",
            field="path",
            hint="Name the folder the extract was saved in.",
        )
    if len(files) > MAX_FILES:
        raise BadInput(f"{clean(str(path))} holds more than {MAX_FILES} tables.", field="path")
    return _read_folder(files, frozenset(known), patience)


def _read_folder(files: list[Path], known: frozenset[str], patience: Patience) -> tuple[list[Table], list[str]]:
    tables: list[Table] = []
    notes: list[str] = []
    for file in files:
        try:
            tables.extend(read_tables(file, known, patience))
        except BadInput as why:
            if not why.message.endswith(" is empty."):
                raise
            notes.append(why.message)
    if not tables:
        raise BadInput("Every file in the folder is empty.", field="path")
    return tables, notes


def _detect(tables: list[Table]) -> str:
    if ssd.is_dataset(tables):
        return SSD
    if any(ssda903.kind_of(table) in ("episodes", "header", "reviews", "missing") for table in tables):
        return ssda903.SOURCE
    return caseload.SOURCE


def _extract(
    conn: Connection,
    tables: list[Table],
    source: str,
    today: date,
    team: str | None,
    mapping: Mapping[str, str],
) -> Extract:
    known = references(conn)
    _fits(tables, source)
    if source == SSD:
        return ssd.read(tables, today=today, team=team)
    if source == ssda903.SOURCE:
        return ssda903.read(tables, today=today, team=team, known_cases=known)
    workers: dict[str, str] = {}
    for staff_id, name in staff_names(conn).items():
        workers[staff_id] = staff_id
        workers.setdefault(caseload.worker_key(name), staff_id)
    return caseload.read(tables, today=today, team=team, mapping=mapping, known_workers=workers, known_cases=known)


def _fits(tables: list[Table], source: str) -> None:
    """Refuse a path none of whose tables belongs to the source that was named."""
    named = [table.file for table in tables][:5]
    if source == SSD and not ssd.is_dataset(tables):
        raise BadInput(
            f"None of the tables belongs to the Standard Safeguarding Dataset: {', '.join(named)}.",
            field="path",
            hint="Its files are named after its tables, such as ssd_person.csv.",
        )
    if source == ssda903.SOURCE and not any(ssda903.kind_of(table) for table in tables):
        raise BadInput(
            f"None of the tables belongs to the SSDA903 return: {', '.join(named)}.",
            field="path",
            hint="Its files have a CHILD column: header, episodes, reviews and so on.",
        )


def _compare(conn: Connection, extract: Extract, today: date) -> Diff:
    diff = Diff(extract.source, today, as_of=last_change(conn), read=extract.read)
    diff.problems, diff.notes = extract.problems, extract.notes
    diff.ambiguities, diff.unknown_columns = extract.ambiguities, extract.unknown_columns
    diff.missing_tables = extract.missing_tables
    follow_former(conn, extract)
    named = {item.data["reference"] for item in extract.items["case"]}
    named.update(item.data["case"] for kind in ("event", "allocation", "council-date") for item in extract.items[kind])
    work = compare(extract, read_kept(conn, named, today), diff)
    compare_allocations(work)
    compare_events(work)
    compare_council_dates(work)
    note_probably_one(conn, work)
    note_new_words(conn, diff)
    _unclear(diff)
    diff.problems.sort(key=lambda problem: (problem.file, problem.row or 0))
    diff.rejected = len(extract.aside | _lost(work))
    teams = _teams(extract)
    diff.missing = absent(conn, extract.source, teams, frozenset(named)) if extract.items["case"] else []
    return diff


def _unclear(diff: Diff) -> None:
    for unclear in diff.ambiguities:
        choices = " or ".join(unclear.choices)
        message = f"may mean {choices}: say which in a mapping file; the column was left out"
        diff.problems.append(Problem(unclear.file, None, unclear.heading, "", message))


def _lost(work: Work) -> set[tuple[str, int]]:
    """Rows of which nothing was taken, among those of which something was refused."""
    if not work.refused:
        return set()
    taken_cases = set(work.cases)
    kept = {
        (item.file, item.row)
        for item in work.extract.items["case"]
        if item.data["reference"] in taken_cases and (item.file, item.row) in work.refused
    }
    refused_only = work.refused - kept
    return {origin for origin in refused_only if origin[1]}


def _teams(extract: Extract) -> set[str]:
    """Teams whose whole caseload the source shows: a return of looked-after children shows no team's."""
    if extract.source == ssda903.SOURCE:
        return set()
    return {item.data["team"] for item in extract.items["case"] if "team" in item.data}
