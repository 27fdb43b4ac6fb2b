"""A record as a Word document: real headings, table headers, British English, no macros; equal records, equal bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from domain.core.dates import show_day
from domain.core.text import clean, clean_line
from domain.supervision.written_record import CASE, PERSONAL, Filed, Section, Table

if TYPE_CHECKING:
    from docx.document import Document

AUTHOR, LANGUAGE = "Almoner", "en-GB"
DARK = "1F2A44"  # headings: far above the contrast that small print needs
_UNUSED = ("/thumbnail", "/customXml", "/stylesWithEffects")  # parts of the library's template that say nothing here
_LONGEST_PROPERTY = 255  # characters
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first moment a zip file can hold
_ABOUT = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    f"<Application>{AUTHOR}</Application></Properties>"
)


def document(filed: Filed) -> bytes:
    """Return one record as the content of a .docx file."""
    import docx

    doc = docx.Document()
    _drop_unused(doc)
    _properties(doc, filed)
    _styles(doc)
    _footer(doc, filed)
    doc.add_heading(clean(filed.title), level=0)
    _table(doc, Table(("What", "Said"), filed.facts), across=False)
    for section in filed.sections:
        _section(doc, section)
    return _packed(doc)


def _drop_unused(doc: Document) -> None:
    for part in (doc.part.package, doc.part):
        for number, relation in list(part.rels.items()):
            if relation.reltype.endswith(_UNUSED):
                del part.rels[number]


def _properties(doc: Document, filed: Filed) -> None:
    about = doc.core_properties
    day = show_day(filed.on)
    about.title = f"{clean_line(filed.title)[: _LONGEST_PROPERTY - len(day) - 2]}, {day}"
    about.author = about.last_modified_by = AUTHOR
    about.subject = "Supervision" if filed.kind in (CASE, PERSONAL) else "Learning"
    about.comments, about.language = "", LANGUAGE
    about.created = about.modified = _moment(filed.on)
    about.revision = 1


def _moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).replace(tzinfo=None)


def _styles(doc: Document) -> None:
    """Set the language, a plain typeface, and headings dark enough to read."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    for element in (*doc.styles.element.iter(qn("w:lang")), *doc.settings.element.iter(qn("w:themeFontLang"))):
        element.set(qn("w:val"), LANGUAGE)
    for name, size in (("Normal", 11), ("Title", 20), ("Heading 1", 14), ("Heading 2", 12)):
        style: Any = doc.styles[name]
        style.font.name, style.font.size = "Arial", Pt(size)
        fonts = style.element.rPr.rFonts
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        if name != "Normal":
            style.font.color.rgb = RGBColor.from_string(DARK)
            style.paragraph_format.space_before = Pt(12)
            style.paragraph_format.space_after = Pt(4)
    doc.styles["Normal"].paragraph_format.space_after = Pt(6)


def _footer(doc: Document, filed: Filed) -> None:
    """What record this is and which page, at the foot of each."""
    foot = doc.sections[0].footer.paragraphs[0]
    foot.add_run(clean(f"{filed.title}, {show_day(filed.on)}, page "))
    _field(foot, "PAGE")
    foot.add_run(" of ")
    _field(foot, "NUMPAGES")


def _field(paragraph: Any, instruction: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)  # noqa: SLF001 - the library has no call for fields


def _section(doc: Document, section: Section) -> None:
    doc.add_heading(clean(section.heading), level=1)
    for label, text in section.passages:
        if label:
            doc.add_heading(clean(label), level=2)
        _paragraphs(doc, re.split(r"\n{2,}", clean(text)))
    if section.table is not None:
        _table(doc, section.table)


def _paragraphs(doc: Document, texts: list[str]) -> None:
    """Add paragraphs at the end; the library's own call looks through the whole document for each."""
    from docx.oxml import OxmlElement
    from docx.text.paragraph import Paragraph

    end = doc.element.body[-1]
    for text in texts:
        element: Any = OxmlElement("w:p")
        end.addprevious(element)
        Paragraph(element, doc._body).add_run(text)  # noqa: SLF001


def _table(doc: Document, table: Table, *, across: bool = True) -> None:
    """Add a table whose first row (``across``) or first column holds the headers."""
    shown = doc.add_table(rows=0, cols=len(table.headings), style="Table Grid")
    rows = (table.headings, *table.rows) if across else table.rows
    for number, row in enumerate(rows):
        for place, (cell, text) in enumerate(zip(shown.add_row().cells, row, strict=True)):
            run = cell.paragraphs[0].add_run(clean(text))
            run.bold = number == 0 if across else place == 0
    _headers(shown, across=across)


def _headers(shown: Any, *, across: bool) -> None:
    """Mark the headers for screen readers: the first row, repeated on every page, or the first column."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    if across:
        of_row = shown.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - the library has no call for header rows
        of_row.append(OxmlElement("w:tblHeader"))
    look = shown._tbl.tblPr.find(qn("w:tblLook"))  # noqa: SLF001
    if look is not None:
        for name, on in (("firstRow", across), ("firstColumn", not across), ("lastRow", False), ("lastColumn", False)):
            look.set(qn(f"w:{name}"), "1" if on else "0")


def _packed(doc: Document) -> bytes:
    """Return the document with every moment in its container set to the same, so that equal records are equal files."""
    made, out = io.BytesIO(), io.BytesIO()
    doc.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = _ABOUT.encode() if name == "docProps/app.xml" else source.read(name)
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            target.writestr(entry, content)
    return out.getvalue()
