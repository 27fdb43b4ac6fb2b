"""Records as Word documents: opened again, accessible, free of what is not theirs, the same bytes each time."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date
from xml.etree import ElementTree

import pytest
from docx import Document

from domain.supervision.written_record import CASE, Filed, Passage, Section, Table
from storage.files.word import document
from storage.records.database import Database
from storage.supervision.session.records import records
from tests.conftest import TODAY
from tests.storage.supervision.recordkit import full

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def filed(*sections: Section) -> Filed:
    facts = (("Case", "C-1"), ("Supervisor", "Hughes, Ann (W1)"))
    return Filed(CASE, "C-1", 7, date(2026, 11, 18), "Supervision: case record C-1", facts, sections)


def said(text: str) -> Filed:
    return filed(Section("Plain update", (Passage("What is said", text),)))


def everything(data: bytes) -> str:
    """All the text and markup in the file, and its names."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(archive.read(name))
        return "\n".join(f"{name}\n{archive.read(name).decode('utf-8', 'replace')}" for name in archive.namelist())


def words(data: bytes) -> str:
    opened = Document(io.BytesIO(data))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in opened.paragraphs), *cells])


def test_a_document_has_a_title_headings_and_marked_table_headers() -> None:
    table = Table(("What", "Who"), (("Ring", "W2"), ("Write", "W1")))
    opened = Document(io.BytesIO(document(filed(Section("Actions", (Passage("Scale", "0 to 10"),), table)))))
    styles = {p.text: p.style.name for p in opened.paragraphs if p.style is not None}
    assert styles["Supervision: case record C-1"] == "Title"
    assert styles["Actions"] == "Heading 1"
    assert styles["Scale"] == "Heading 2"
    facts, actions = opened.tables
    assert actions.rows[0]._tr.find(f"{W}trPr/{W}tblHeader") is not None
    assert facts._tbl.tblPr.find(f"{W}tblLook").get(f"{W}firstColumn") == "1"
    assert [[cell.text for cell in row.cells] for row in actions.rows] == [
        ["What", "Who"],
        ["Ring", "W2"],
        ["Write", "W1"],
    ]


def test_a_document_says_what_it_is_and_nothing_of_who_made_it() -> None:
    about = Document(io.BytesIO(document(said("x")))).core_properties
    assert about.title == "Supervision: case record C-1, Wed 18 Nov 2026"
    assert about.author == about.last_modified_by == "Almoner"
    assert (about.language, about.comments, about.revision) == ("en-GB", "", 1)
    whole = everything(document(said("x")))
    assert 'w:lang w:val="en-GB"' in whole
    assert "en-US" not in whole.replace('w:eastAsia="en-US"', "")
    for trace in ("python-docx", "Macintosh", "thumbnail", "vbaProject"):
        assert trace not in whole


def test_the_same_record_gives_the_same_bytes() -> None:
    first = document(said("The same"))
    time.sleep(2.1)  # a zip file keeps moments to two seconds
    assert document(said("The same")) == first


@pytest.mark.parametrize(
    ("hostile", "left"),
    [
        ("\x00\x08\x1b[2Jbell\x07", "bell"),
        ("a\ufffeb\uffffc", "abc"),
        ("\ud800lone", "lone"),
        ("]]>&<w:p>\"'", "]]>&<w:p>\"'"),
        ("\u202eesrever", "esrever"),
        ("=1+1", "=1+1"),
        ("{MERGEFIELD x}", "{MERGEFIELD x}"),
    ],
)
def test_hostile_text_stays_text(hostile: str, left: str) -> None:
    one = filed(Section(hostile, (Passage(hostile, hostile),), Table((hostile,), ((hostile,),))))
    data = document(one._replace(title=hostile, facts=((hostile, hostile),)))
    assert "\x1b" not in everything(data)
    assert words(data).split("\n") == [left] * 8


def test_lines_and_paragraphs_stay_apart() -> None:
    opened = Document(io.BytesIO(document(said("First line\nsecond line\n\nNew paragraph"))))
    texts = [p.text for p in opened.paragraphs]
    assert "First line\nsecond line" in texts
    assert "New paragraph" in texts


@pytest.mark.parametrize("word", ["words ", "line\n", "para\n\n"])
def test_two_hundred_kilobytes_of_notes_are_written_whole_and_soon(word: str) -> None:
    times = 200_000 // len(word)
    started = time.monotonic()
    data = document(said(word * times + "the end"))
    assert time.monotonic() - started < 30
    assert everything(data).count(word.strip()) >= times
    assert "the end" in everything(data)


def test_documents_of_one_session_hold_nothing_of_each_other(team: Database) -> None:
    found = records(team.reader(), full(team), "W1", TODAY)
    case, own = (everything(document(one)) for one in found.records)
    for theirs in ("Settled", "Stay put", "Ring the school", "Left alone", "Aunt"):
        assert theirs in case
        assert theirs not in own
    for theirs in ("Sleeping", "interviewing", "Two days at home", "Book the course"):
        assert theirs in own
        assert theirs not in case
    assert "Jamie" not in case + own
    assert "Expecting" not in case + own
