"""What goes to standard output and standard error: plain tables, JSON, CSV, and messages.

Nothing read from a file or a database reaches the terminal raw: controls and invisible characters never pass.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from itertools import chain, islice
from typing import Any

from domain.core.dates import show_day
from domain.core.errors import AlmonerError
from domain.core.formulas import disarm
from domain.core.hundredths import from_hundredths, from_tenths
from domain.core.text import clean, clean_line

_SAMPLED = 200  # rows looked at to find how wide columns are; the rest streams through
_GAP = "  "
# What JSON leaves as it is though a terminal would act on it, or a reader not see it.
_UNSEEN = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff\ufffe\uffff\ud800-\udfff]"
)


def say(text: str) -> None:
    """Write a message to standard error."""
    print(text[: len(text) - len(text.lstrip(" "))] + clean(text), file=sys.stderr, flush=True)


def complain(error: AlmonerError) -> None:
    """Say what went wrong and what to do, in one short message."""
    say(f"almoner: {clean_line(str(error))}")


def put(text: str = "") -> None:
    """Write a line of plain text to standard output."""
    print(text[: len(text) - len(text.lstrip(" "))] + clean(text))


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], today: date | None = None) -> int:
    """Print rows under headings, in columns; numbers align right. Returns how many rows there were."""
    shown = ([_cell(value, today) for value in row] for row in rows)
    sample = list(islice(shown, _SAMPLED))
    if not sample:
        return 0
    right = [all(_is_number(row[n]) for row in sample) for n in range(len(columns))]
    widths = [max(len(columns[n]), *(len(row[n]) for row in sample)) for n in range(len(columns))]
    print(_line(columns, widths, right))
    print(_line(["-" * width for width in widths], widths, right))
    count = 0
    for row in chain(sample, shown):
        print(_line(row, widths, right))
        count += 1
    return count


def outline(record: Mapping[str, Any], today: date | None = None, depth: int = 0) -> None:
    """Print a record a line a field; records inside it are indented under their field."""
    width = max((len(heading(name)) for name in record), default=0)
    for name, value in record.items():
        parts = [value] if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else []
        if parts and all(isinstance(part, Mapping) for part in parts):
            put("  " * depth + heading(name))
            for number, part in enumerate(parts):
                if number and len(part) > 2:
                    put()
                outline(part, today, depth + 1)
        else:
            put("  " * depth + heading(name).ljust(width) + _GAP + _cell(value, today))


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = [
        cell.rjust(width) if numeric else cell.ljust(width)
        for cell, width, numeric in zip(cells, widths, right, strict=True)
    ]
    return _GAP.join(padded).rstrip()


def _is_number(cell: str) -> bool:
    return not cell or cell == "–" or cell.removesuffix("%").strip().replace(".", "", 1).replace(",", "").isdigit()


def _cell(value: Any, today: date | None) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date) and not isinstance(value, datetime):
        return show_day(value, today)
    if isinstance(value, Mapping):
        return clean_line(", ".join(f"{key}={_cell(item, today)}" for key, item in value.items())) or "–"
    if isinstance(value, list | tuple):
        return clean_line(", ".join(_cell(item, today) for item in value)) or "–"
    return clean_line(str(value)) or "–"


# JSON ------------------------------------------------------------------------------------------------------------


def as_json(value: Any, indent: int | None = 2) -> str:
    """Return ``value`` as JSON: ISO dates, accents as they are, unseen characters as escapes."""
    text = json.dumps(value, default=_plain, ensure_ascii=False, indent=indent)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def put_json(value: Any) -> None:
    """Print one JSON value."""
    print(_fitting(as_json(value)))


def put_json_list(values: Iterable[Any]) -> int:
    """Print a JSON list, an element at a time, so that memory does not grow with its length."""
    count = 0
    write = sys.stdout.write
    for value in values:
        write((",\n " if count else "[\n ") + _fitting(as_json(value, indent=None)))
        count += 1
    write("\n]\n" if count else "[]\n")
    return count


def _fitting(text: str) -> str:
    """Escape what the stream's encoding cannot carry the way JSON does, so that it stays JSON."""
    encoding = (sys.stdout.encoding or "utf-8").lower().replace("_", "-")
    if encoding.startswith("utf"):
        return text
    return json.dumps(json.loads(text)) if not text.isascii() else text


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return str(value)


# CSV -------------------------------------------------------------------------------------------------------------


def put_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Print CSV for spreadsheets: dates and numbers as such, texts that would run as a formula made harmless."""
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([_csv_cell(name) for name in columns])
    count = 0
    for row in rows:
        writer.writerow([_csv_cell(value) for value in row])
        count += 1
    return count


def _csv_cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple) and not any(isinstance(v, Mapping | list | tuple) for v in value):
        return disarm("; ".join(clean(str(item)) for item in value))
    if isinstance(value, Mapping | list | tuple):
        return disarm(as_json(value, indent=None))
    return disarm(clean(str(value)))


# records ---------------------------------------------------------------------------------------------------------


def fields(
    thing: object, names: Iterable[str], *, hundredths: Collection[str] = (), tenths: Collection[str] = ()
) -> dict[str, Any]:
    """Return attributes of ``thing`` by name; those kept in hundredths or tenths as the numbers they stand for."""
    found = {name: getattr(thing, name) for name in names}
    found |= {name: from_hundredths(found[name]) for name in hundredths if name in found}
    return found | {name: from_tenths(found[name]) for name in tenths if name in found}


def put_rows(form: str, rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, today: date | None = None) -> int:
    """Print records as "json", "csv" or "table"; CSV carries every key of the first record, flattened."""
    if form == "json":
        return put_json_list(rows)
    if form == "csv":
        return _records_csv(iter(rows), columns)
    return table([heading(name) for name in columns], ([row.get(name) for name in columns] for row in rows), today)


def _records_csv(rows: Iterator[Mapping[str, Any]], columns: Sequence[str]) -> int:
    first = next(rows, None)
    if first is None:
        return put_csv(columns, [])
    names = list(flat(first))
    return put_csv(names, ([values.get(name) for name in names] for values in map(flat, chain([first], rows))))


def flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``record`` with the keys of records inside it joined by a dot: ``subject.reference``."""
    found: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, Mapping) and key in ("subject", "anchor"):
            found.update({f"{key}.{inner}": item for inner, item in value.items()})
        else:
            found[key] = value
    return found


def heading(name: str) -> str:
    """Return a key as a heading: "legal_due" becomes "Legal due"."""
    words = name.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]
