"""Whatever stands in the data, every file that leaves opens, says it literally, and runs, hides and injects nothing."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import sqlite3
import tomllib
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree

import pytest
from docx import Document
from openpyxl import load_workbook

import storage
from domain.calendar.wording import Reminder
from domain.core.errors import Problem
from domain.core.field_facts import FieldFacts, Shape
from domain.core.fields import Marker
from domain.core.text import clean, clean_line
from domain.supervision.written_record import CASE, Filed, Passage, Section, as_text
from domain.supervision.written_record import Table as RecordTable
from storage.calendar.icalendar import Entry, Manner, cancellation, render, request
from storage.calendar.mail.messages import Envelope, compose
from storage.files.spreadsheet import CELL_LIMIT, workbook
from storage.files.word import document
from storage.importing.diff import Diff, rejected_csv
from storage.learning.papers.paper import as_csv as paper_csv
from storage.opening import kinds
from storage.records.database import Database
from tests.storage.calendar import icsreader
from tests.tui.home.test_cli_record import EVERYTHING
from tests.tui.shell import Shell
from tui.commandline import documents, printing
from tui.grid.export import Table, as_bytes

HOSTILE = {
    "controls": "a\x00b\x07c\x1b[2Jd\x1b]0;title\x07e\x9b31mf\x7f",
    "overrides": "\u202egpj.exe\u202c \u2066Ann\u2069 \u200bLee\ufeff",
    "formula": '=cmd|"/C calc"!A0',
    "more formulas": "+1+1\n-2\n@SUM(A1)\n\t=3\r=4\n  =HYPERLINK(\"http://x\")",
    "wide formula": "＝1+1",
    "markup": "<b>[red]x[/red]</b> ]]> & {MERGEFIELD x} [a](javascript:alert(1)) ![p](http://x/p.png) | `c` \\",
    "lines": "one\r\nBEGIN:VEVENT\r\nSUMMARY:two\u2028three\x0bfour\x85five\r\nSubject: x\r\n\r\nbody",
    "quotation": 'a"b""c;d,e\'f',
    "surrogates": "\ud83d lone \udfff",
    "no characters": "\ufffea\uffffb\ufdd0c\U000e0041d",
    "long": "x" * 10_000,
    "long wide": "Ż𝔘 " * 3_000,
    "tower": "Z" + "\u0300\u0301\u0302\u0303" * 400,
    "nothing": "\u200b\u202e\x00",
}  # fmt: skip
RAW = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
RUNS = set("=+-@\t\r|%＝＋－＠")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = date(2026, 11, 20)
MANNER = Manner(UUID("8d4b3a1e-6a57-4f0e-9a3c-0d6f5f1f7c11"))

Way = Callable[[str], list[str]]
"""A way out: writes a text, reads the file again, and returns the text as it was found there."""


def sheet_cells(data: bytes) -> list[str]:
    content = data.decode("utf-8-sig")
    assert not RAW.search(content)
    rows = list(csv.reader(io.StringIO(content, newline="")))
    assert len({len(row) for row in rows}) == 1
    for cell in (cell for row in rows for cell in row):
        assert not any(line.lstrip()[:1] in RUNS for line in cell.splitlines() if line.strip())
    return [re.sub(r"^'", "", cell, flags=re.MULTILINE) for row in rows for cell in row]


def book_cells(data: bytes) -> list[str]:
    for name, content in parts(data).items():
        assert b"<f>" not in content, name
    book = load_workbook(io.BytesIO(data))
    cells = [cell for row in book.active.iter_rows() for cell in row]  # type: ignore[union-attr]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    return [str(cell.value or "") for cell in cells]


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    for name, content in found.items():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(content)
            assert not RAW.search(content.decode())
    return found


def by_grid_csv(text: str) -> list[str]:
    return sheet_cells(as_bytes(Table(text, [text], [[text], [text]]), "csv"))


def by_grid_workbook(text: str) -> list[str]:
    return book_cells(as_bytes(Table(text, [text], [[text]]), "xlsx"))


def by_workbook(text: str) -> list[str]:
    return book_cells(workbook(text, [text], [[text]]))


def by_markdown(text: str) -> list[str]:
    content = as_bytes(Table(text, [text], [[text]]), "md").decode()
    lines = content.splitlines()
    assert not RAW.search(content)
    assert len(lines) == 3
    assert "](" not in content.replace("\\](", "")
    assert "<" not in content
    cells = [line.removeprefix("| ").removesuffix(" |") for line in (lines[0], lines[2])]
    assert not any(re.search(r"(?<!\\)(?:\\\\)*\|", cell) for cell in cells)
    return [re.sub(r"\\(.)", r"\1", cell).replace("&lt;", "<") for cell in cells]


def by_paper(text: str) -> list[str]:
    return sheet_cells(paper_csv(RecordTable((text,), ((text,),))))


def by_rejected_rows(text: str) -> list[str]:
    diff = Diff("caseload", DAY)
    diff.problems.append(Problem(text, 2, text, text, text))
    return [cell for n, cell in enumerate(sheet_cells(rejected_csv(diff).encode())[5:]) if n != 1]


def filed(text: str) -> Filed:
    said = Section(text, (Passage(text, text),), RecordTable((text,), ((text,),)))
    return Filed(CASE, text, 7, DAY, text, ((text, text),), (said,))


def by_word(text: str) -> list[str]:
    data = document(filed(text))
    parts(data)
    opened = Document(io.BytesIO(data))
    return [cell.text for table in opened.tables for row in table.rows for cell in row.cells]


def by_text(text: str) -> list[str]:
    content = as_text(filed(text))
    content.encode("utf-8")
    assert not RAW.search(content)
    return []


def entry(text: str) -> Entry:
    return Entry(Reminder("due", "k", text, text, "Almoner", False, 60, day=DAY), 0, NOON, NOON)


def of_calendar(data: bytes) -> list[str]:
    assert not RAW.search(data.decode())
    (event,) = icsreader.events(data)
    return [event.text("DESCRIPTION")] if "DESCRIPTION" in event.lines else [""]


def by_calendar(text: str) -> list[str]:
    return of_calendar(render([entry(text)], MANNER, name=text, feed=True))


def by_request(text: str) -> list[str]:
    return of_calendar(request(entry(text), MANNER, organiser="a@x.example", attendee="b@x.example", made_at=NOON))


def by_cancellation(text: str) -> list[str]:
    return of_calendar(cancellation(entry(text), MANNER))


def by_mail(text: str) -> list[str]:
    raw = compose(entry(text), "REQUEST", MANNER, Envelope("a@x.example", "b@x.example", "W1"), NOON)
    mail = message_from_bytes(raw.encode("ascii"), policy=policy.default)
    assert sorted(set(mail.keys())) == sorted(mail.keys())
    assert mail["To"] == "b@x.example"
    assert not mail.defects
    _, calendar = mail.iter_parts()
    return of_calendar(calendar.get_payload(decode=True))


def by_document(text: str) -> list[str]:
    content = documents.write("case", [{"name": text, "factors": [text], "details": {text or "x": text}}])
    assert not RAW.search(content)
    (found,) = tomllib.loads(content)["case"]
    return [found.get("name", ""), *found["factors"]]


WAYS: dict[str, Way] = {
    "grid csv": by_grid_csv, "grid workbook": by_grid_workbook, "workbook": by_workbook, "markdown": by_markdown,
    "paper": by_paper, "rejected rows": by_rejected_rows, "word": by_word, "text": by_text, "calendar": by_calendar,
    "meeting request": by_request, "cancellation": by_cancellation, "mail": by_mail, "document": by_document,
}  # fmt: skip
# What makes a file of some format, and the modules that do: one that is not here has no way above yet.
MAKERS = {
    "csv.writer(": {
        "storage/importing/diff.py", "storage/learning/papers/paper.py", "tui/commandline/printing.py",
        "tui/grid/export.py",
    },
    "Workbook(": {"storage/files/spreadsheet.py"},
    "docx.Document(": {"storage/files/word.py"},
    "Contentline.": {"storage/calendar/icalendar.py"},
    "Content-Type: multipart": {"storage/calendar/mail/messages.py"},
    '"[[{kind}]]"': {"tui/commandline/documents.py"},
    "as_markdown(": {"tui/grid/export.py", "tui/grid/export_dialog.py"},
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_file_opens_and_says_literally_what_stands_in_the_data(text: str, way: str) -> None:
    wanted = clean(text)
    for found in WAYS[way](text):
        if len(wanted) > CELL_LIMIT or way == "workbook":
            assert clean_line(wanted).startswith(clean_line(found)[:CELL_LIMIT])
        else:
            assert clean_line(found) == clean_line(wanted)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_command_prints_it_as_harmlessly(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    printing.put_csv([text], [[text], [[text, text]], [{"a": text}]])
    sheet_cells(capsys.readouterr().out.encode())
    for print_it in (printing.put_json, lambda value: printing.put_json_list([value])):
        print_it({"name": text})
        said = capsys.readouterr().out
        assert not RAW.search(said)
        json.loads(said)
    printing.table([clean_line(text)], [[text]])
    printing.outline({"name": text})
    printing.put(text)
    assert not RAW.search(capsys.readouterr().out)


@pytest.fixture
def hostile(team: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Shell:
    """A database with a record of every kind, in which every free text was made hostile behind the program's back."""
    almoner = Shell(capsys, Path(team.path))
    assert almoner.record("team", EVERYTHING, tmp_path).code == 0
    texts = [text for text in HOSTILE.values() if not re.search("[\ud800-\udfff]", text)]
    team.close()
    with contextlib.closing(sqlite3.connect(almoner.path)) as raw:
        for kind in kinds():
            kept = {column.name for column in kind.table.columns}
            free = [n for n, fact in kind.facts.items() if _is_free(fact) and n in kept and n != kind.key]
            for number, name in enumerate(free):
                with contextlib.suppress(sqlite3.IntegrityError):  # what was agreed is guarded by a trigger
                    raw.execute(f'UPDATE "{kind.table.name}" SET "{name}" = ?', (texts[number % len(texts)],))
        raw.commit()
    return almoner


def _is_free(fact: FieldFacts) -> bool:
    return fact.shape in (Shape.LINE, Shape.TEXT) and bool(fact.markers & {Marker.HIDDEN, Marker.INITIALS, Marker.LONG})


def test_every_list_of_a_hostile_database_prints_harmlessly(hostile: Shell) -> None:
    for kind in documents.KINDS:
        for form in ("--csv", "--json", "--toml", "--excel"):
            answer = hostile("list", kind, form)
            assert answer.code == 0, (kind, answer.err)
            assert not RAW.search(answer.out.removeprefix("\ufeff")), (kind, form)
            if form == "--toml":
                tomllib.loads(answer.out)
        sheet_cells(hostile("list", kind, "--csv").out.encode())


def test_every_file_of_a_hostile_database_opens(hostile: Shell, tmp_path: Path) -> None:
    (folder := tmp_path / "out").mkdir()
    for words in (
        ("calendar", "export", "--team", "North", "--output", str(folder)),
        ("programme", "document", "register", "1", "--output", str(folder)),
        ("programme", "document", "cpd", "W20", "--output", str(folder)),
        ("supervision", "export", "1", "--output", str(folder)),
    ):
        assert hostile(*words).code == 0, words
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert {file.suffix for file in files} == {".ics", ".docx", ".csv"}
    for file in files:
        data = file.read_bytes()
        if file.suffix == ".docx":
            parts(data)
        elif file.suffix == ".csv":
            sheet_cells(data)
        else:
            assert not RAW.search(data.decode())
            icsreader.read(data)


def test_every_module_that_makes_a_file_is_walked() -> None:
    root = Path(storage.__file__).parents[1]
    sources = [path for package in ("domain", "storage", "tui") for path in sorted((root / package).rglob("*.py"))]
    for maker, modules in MAKERS.items():
        found = {path.relative_to(root).as_posix() for path in sources if maker in path.read_text("utf-8")}
        assert found == modules, maker
