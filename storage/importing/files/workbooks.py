"""Spreadsheets: looked over as a zip file first, then read without loading the whole of them."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import IO, Any

from domain.core.errors import BadInput, Cancelled
from storage.importing.files.patience import Patience

MAX_BYTES = 20_000_000
MAX_ROWS = 50_000
MAX_COLUMNS = 200
MOST_CELLS = 20_000  # in a row: spreadsheet programs write empty ones as well, up to 16,384
MAX_PARTS = 1_000
MAX_UNPACKED = 200_000_000
MAX_SHARED_TEXT = 60_000_000
MAX_RATIO = 200
RATIO_COUNTS_FROM = 2_000_000
MAX_SHEETS = 40
CHUNK = 1 << 20

# Each tag is looked at once: an attribute is sought within one tag, never from one tag on through those behind it.
_CELL = re.compile(rb"<(?:\w{1,40}:)?c\s([^<>]*)")
_ROW = re.compile(rb"<(?:\w{1,40}:)?row\b([^<>]*)")
_CELL_PLACE = re.compile(rb'\br="([A-Z]{1,9})([0-9]{1,9})')
_ROW_PLACE = re.compile(rb'\br="([0-9]{1,9})')
_CELL_TAG = re.compile(rb"<(?:\w{1,40}:)?c[\s/>]")
_LONGEST_TAG = 4096  # bytes carried over from one piece of a part to the next
_SAVE_AS = "Open it in the spreadsheet program and save it as .xlsx or as CSV."
_TOO_BIG = "Keep only the rows that are needed, or save it as CSV."


def sheets(
    data: bytes, file: str, patience: Patience | None = None
) -> Iterator[tuple[str, list[tuple[int, list[str]]]]]:
    """Yield each visible sheet's name and its rows with their numbers, every cell as text, days as ISO."""
    patience = patience or Patience()
    look_over(data, file, patience)
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of drop-down lists and the like that it passes over
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            for sheet in book.worksheets[:MAX_SHEETS]:
                if sheet.sheet_state == "visible":
                    yield sheet.title, list(_rows(sheet, file, patience))
        finally:
            book.close()
    except (BadInput, Cancelled):
        raise
    except Exception as why:
        raise BadInput(
            f"{file} cannot be read as a spreadsheet ({type(why).__name__}).", field="path", hint=_SAVE_AS
        ) from None


def _rows(sheet: Any, file: str, patience: Patience) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        patience.check(file)
        if number > MAX_ROWS:
            raise BadInput(f"{file} has more than {MAX_ROWS:,} rows.", field="path", hint=_TOO_BIG)
        yield number, [as_text(value) for value in row[:MAX_COLUMNS]]


def as_text(value: Any) -> str:
    """Return a cell's value as it would be typed: days as ISO, whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def look_over(data: bytes, file: str, patience: Patience | None = None) -> None:
    """Refuse a workbook that would unpack to something harmful, before any of it is parsed."""
    if len(data) > MAX_BYTES:
        raise _refusal(file, f"is larger than {MAX_BYTES // 1_000_000} MB", _TOO_BIG)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _look_at_kind(archive, file)
            _look_at_sizes(archive, file)
            for part in archive.infolist():
                _look_inside(archive, part, file, patience or Patience())
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error):
        raise _refusal(file, "is damaged or was cut short", "Export it again.") from None


def _look_at_kind(archive: zipfile.ZipFile, file: str) -> None:
    names = {name.lower() for name in archive.namelist()}
    if "mimetype" in names and "content.xml" in names:
        raise _refusal(file, "is an OpenDocument file, which is not read here", _SAVE_AS)
    if "xl/workbook.bin" in names:
        raise _refusal(file, "is a binary workbook (.xlsb), which is not read here", _SAVE_AS)
    if "xl/workbook.xml" not in names:
        raise _refusal(file, "is a zip file but no spreadsheet", _SAVE_AS)
    if any(part.flag_bits & 1 for part in archive.infolist()):
        raise _refusal(file, "is protected by a password", "Save a copy without a password.")


def _look_at_sizes(archive: zipfile.ZipFile, file: str) -> None:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise _refusal(file, f"holds {len(parts):,} parts, which no caseload needs", _SAVE_AS)
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise _refusal(file, f"unpacks to more than {MAX_UNPACKED // 1_000_000} MB", _TOO_BIG)
    for part in parts:
        if part.file_size > RATIO_COUNTS_FROM and part.file_size > MAX_RATIO * max(part.compress_size, 1):
            raise _refusal(file, "unpacks to far more than its size", _TOO_BIG)
        if "sharedstrings" in part.filename.lower() and part.file_size > MAX_SHARED_TEXT:
            raise _refusal(file, "holds more text than a caseload could", _TOO_BIG)


def _look_inside(archive: zipfile.ZipFile, part: zipfile.ZipInfo, file: str, patience: Patience) -> None:
    """Check one part: declared size true, no document type, and a sheet's last row and column within reason."""
    name = part.filename.lower()
    if not name.endswith((".xml", ".rels")):
        return
    is_sheet = name.startswith("xl/worksheets/") and name.endswith(".xml")
    with archive.open(part) as stream:
        _scan(stream, part.file_size, file, patience, is_sheet=is_sheet)


def _scan(stream: IO[bytes], size: int, file: str, patience: Patience, *, is_sheet: bool) -> None:
    seen, tail, width = 0, b"", 0
    while chunk := stream.read(CHUNK):
        patience.check(file)
        if seen == 0 and chunk[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise _refusal(file, "is written in a way that is not read here", _SAVE_AS)
        seen += len(chunk)
        if seen > size:
            raise _refusal(file, "is damaged or was cut short", "Export it again.")
        text = tail + chunk
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise _refusal(file, "holds definitions that no spreadsheet needs", _SAVE_AS)
        if is_sheet:
            _check_extent(text, file)
            width = _check_width(chunk, width, file)
        tail = text[-64:] if (open_tag := text.rfind(b"<", -_LONGEST_TAG)) < 0 else text[open_tag:]


def _check_extent(text: bytes, file: str) -> None:
    cells = [place.groups() for tag in _CELL.findall(text) if (place := _CELL_PLACE.search(tag))]
    rows = [place[1] for tag in _ROW.findall(text) if (place := _ROW_PLACE.search(tag))]
    last = max(map(int, (*(row for _, row in cells), *rows)), default=0)
    if last > MAX_ROWS:
        raise _refusal(file, f"reaches down to row {last:,}; {MAX_ROWS:,} can be read", _TOO_BIG)
    if any(_column(letters) > MAX_COLUMNS for letters in {letters for letters, _ in cells}):
        raise _refusal(file, f"has more than {MAX_COLUMNS} columns", _TOO_BIG)


def _check_width(chunk: bytes, width: int, file: str) -> int:
    """Count the cells of each row, ``width`` of the first one before this piece: a cell need not say where it is.

    A row is read as a whole, so one of millions of cells would be read for minutes. Returns the count of the last row.
    """
    counts = [len(_CELL_TAG.findall(row)) for row in re.split(rb"<(?:\w{1,40}:)?row\b", chunk)]
    counts[0] += width
    if max(counts) > MOST_CELLS:
        raise _refusal(file, f"has a row of more than {MOST_CELLS:,} cells", _TOO_BIG)
    return counts[-1]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:4]:
        number = number * 26 + letter - 64
    return number


def _refusal(file: str, why: str, hint: str) -> BadInput:
    return BadInput(f"{file} {why}.", field="path", hint=hint)
