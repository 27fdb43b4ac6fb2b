"""Delimited text files as people really send them: any encoding, any delimiter, torn quotation marks."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

from domain.core.errors import BadInput
from storage.importing.files.patience import Patience

MAX_BYTES = 64_000_000
MAX_ROWS = 300_000
MAX_COLUMNS = 200
LOOK_FOR_HEADINGS = 15
MANY_CONTROLS = 30
MOST_TORN = 1_000
DELIMITERS = ",;\t|"

TORN = "a quotation mark is opened and never closed"
TOO_LONG = "one cell is too long to be read"
_EXPORT_AGAIN = "Quotation marks are opened and never closed: export it again, or save it as .xlsx."

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")

Records = list[tuple[int, list[str]]]
Choose = Callable[[list[list[str]]], int]


def decode(data: bytes) -> tuple[str, str]:
    """Return the text and the encoding found: byte order mark, UTF-16 by its zero bytes, strict UTF-8, else cp1252."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), encoding
    if (unmarked := _utf16_without_mark(data)) is not None:
        return data.decode(unmarked, errors="replace"), unmarked
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), "cp1252"


def _utf16_without_mark(data: bytes) -> str | None:
    sample = data[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 5 < len(sample) // 2 or not sample:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def looks_binary(text: str) -> bool:
    """Whether decoded text is no text at all: more than a few control characters, and one in five."""
    sample = text[:8192]
    found = len(_CONTROL.findall(sample))
    return found > MANY_CONTROLS and found * 5 > len(sample)


def sniff(text: str) -> str:
    """Return the delimiter under which the first lines agree best on the number of cells; a comma when none does."""
    head = text[:65_536].split("\n")[:LOOK_FOR_HEADINGS]
    if match := _SEPARATOR_LINE.fullmatch(head[0]):
        return match[1]

    def agreement(delimiter: str) -> int:
        try:
            widths = Counter(len(row) for row in csv.reader(head, delimiter=delimiter))
        except csv.Error:
            return 0
        return max(((width - 1) * lines for width, lines in widths.items()), default=0)

    return max(DELIMITERS, key=agreement)


def records(
    text: str, choose: Choose, file: str, patience: Patience | None = None
) -> tuple[int, list[str], Records, list[tuple[int, str]]]:
    """Return the heading row's number, the headings, the rows below with their numbers, and the rows set aside.

    ``choose`` picks the heading row out of the first rows by its index. Rows are numbered as a spreadsheet would.
    """
    delimiter = sniff(text)
    lines = list(io.StringIO(text, newline=""))
    first = 1 if lines and _SEPARATOR_LINE.fullmatch(lines[0]) else 0
    top = _top(lines[first:], delimiter)
    if not any(any(cell.strip() for cell in row) for row in top):
        if not top and text.strip():
            hint = "Look for a quotation mark that never ends near the top, or export it again."
            raise BadInput(f"{file} has no headings that can be read.", field="path", hint=hint)
        raise BadInput(f"{file} is empty.", field="path", hint="Export it again and check that it holds rows.")
    at = choose(top)
    headings = top[at]
    if len(headings) > MAX_COLUMNS:
        raise BadInput(f"{file} has {len(headings)} columns; {MAX_COLUMNS} can be read.", field="path")
    mended = partial(_mended, lines[first:], delimiter, file=file, patience=patience or Patience())
    found, torn = mended(headings) if '"' in text else _whole(lines[first:], delimiter) or mended([])
    if len(found) > MAX_ROWS:
        raise BadInput(
            f"{file} has more than {MAX_ROWS:,} rows.", field="path", hint="Export fewer years or one team at a time."
        )
    above = at + 1
    rows = [(number + first, cells) for number, cells in found if number > above and cells]
    return above + first, headings, rows, [(number + first, why) for number, why in torn]


def _top(lines: list[str], delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            rows.append(row)
            if len(rows) == LOOK_FOR_HEADINGS:
                break
    except csv.Error:
        pass
    return rows


def _whole(lines: list[str], delimiter: str) -> tuple[Records, list[tuple[int, str]]] | None:
    """Read text without a single quotation mark, in which every line is a row; None where a cell is too long."""
    try:
        return list(enumerate(csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE), 1)), []
    except csv.Error:
        return None


def _mended(
    lines: list[str], delimiter: str, headings: list[str], *, file: str, patience: Patience
) -> tuple[Records, list[tuple[int, str]]]:
    """Read row by row; where a torn quotation mark swallowed what follows, set that line aside and go on after it.

    Each of them costs reading on to where the swallowing ends, so there may be only so many.
    """
    rows: Records = []
    torn: list[tuple[int, str]] = []
    start = number = 0
    while start < len(lines):
        for begin, end, cells in _spans(lines, start, delimiter):
            number += 1
            why = _swallowed(lines[begin:end], cells, headings, last=end >= len(lines))
            if why:
                torn.append((number, why))
                patience.check(file)
                if len(torn) > MOST_TORN:
                    raise BadInput(f"{file} has more than {MOST_TORN} torn rows.", field="path", hint=_EXPORT_AGAIN)
                start = begin + 1
                break
            rows.append((number, cells or []))
        else:
            break
    return rows, torn


def _spans(lines: list[str], start: int, delimiter: str) -> Iterator[tuple[int, int, list[str] | None]]:
    reader = csv.reader((lines[i] for i in range(start, len(lines))), delimiter=delimiter)
    begin = start
    while True:
        try:
            cells: list[str] | None = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = None
        end = start + reader.line_num
        yield begin, end, cells
        begin = end


def _swallowed(raw: list[str], cells: list[str] | None, headings: list[str], *, last: bool) -> str:
    opened = raw[0].count('"') % 2 == 1 if raw else False
    if cells is None:
        return TORN if opened else TOO_LONG
    if len(raw) < 2 or not opened:
        return ""
    unclosed = last and sum(line.count('"') for line in raw) % 2 == 1
    return TORN if unclosed or len(cells) != len(headings) else ""
