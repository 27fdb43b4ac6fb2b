"""Record documents: TOML with a table array for each kind, as `record` reads and `show --toml` prints it.

In a document `fte` and a team's `full_time_points` are plain numbers (0.6, 100); records hold hundredths.
"""

from __future__ import annotations

import codecs
import difflib
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

from domain.core import toml
from domain.core.errors import BadInput, Problem
from domain.core.text import clean, clean_line
from storage.opening import kinds, lists
from storage.records.listed import DAYS, HUNDREDTHS

KINDS = tuple(lists())  # in the order in which they can be recorded: what is named comes before what names it
ALL = "all"  # in place of a kind: a document of whatever kinds, such as a whole database
LARGEST = 20_000_000
LARGEST_OF_ALL = 200_000_000
_SHOWN = 60
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # as Windows PowerShell writes what it redirects
_COMMENTS = 31  # where the comments of a template begin


class Entry(NamedTuple):
    """One record of a document: its kind, which table of that kind it is (from 1), and its fields."""

    kind: str
    number: int
    data: dict[str, Any]


def kind_named(word: str, known: Iterable[str] = KINDS) -> str:
    """Return the kind that ``word`` means ("Events" is event); raises BadInput with the nearest ones."""
    plain = clean_line(word).casefold().replace("_", "-")
    known = list(known)
    for candidate in (plain, plain.removesuffix("s"), plain.removesuffix("es"), plain.removesuffix("ies") + "y"):
        if candidate in known:
            return candidate
    near = difflib.get_close_matches(plain, known, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else "Kinds: " + ", ".join(known) + "."
    raise BadInput(f"{plain[:_SHOWN]!r} is not a kind of record.", field="kind", hint=hint)


# reading ---------------------------------------------------------------------------------------------------------


def read(raw: bytes, file: str, expected: str, *, clears: bool = False) -> tuple[list[Entry], list[Problem]]:
    """Return the records in a document in the order they can be recorded, and what is wrong with its shape.

    Where it ``clears``, an empty text stands for no number, too. Raises BadInput when it is not TOML at all, or holds
    no record of the kind ``expected``, which may be ALL.
    """
    document = _parse(raw, file, largest(expected))
    entries: list[Entry] = []
    problems: list[Problem] = []
    for name, tables in document.items():
        try:
            kind = kind_named(name)
        except BadInput as fault:
            problems.append(Problem(file, None, "", "", str(fault)))
            continue
        found, faults = _tables(file, kind, tables, clears)
        entries += found
        problems += faults
    if not problems and not any(expected in (entry.kind, ALL) for entry in entries):
        raise _without(file, expected)
    return _in_order(entries), problems


def largest(expected: str) -> int:
    """Return how many bytes a document may have."""
    return LARGEST_OF_ALL if expected == ALL else LARGEST


def _without(file: str, expected: str) -> BadInput:
    if expected == ALL:
        return BadInput(f"{file} holds no record.", hint="Each record begins with its kind, as in [[case]].")
    return BadInput(
        f"{file} holds no [[{expected}]].",
        hint=f"Each record begins with a line [[{expected}]]; see: almoner record {expected} --template",
    )


def _parse(raw: bytes, file: str, most: int) -> Mapping[str, Any]:
    if len(raw) > most:
        raise BadInput(f"{file} is larger than {most // 1_000_000} MB.", hint="Split it, or use: almoner import")
    try:
        return toml.read(raw.decode("utf-16") if raw.startswith(_UTF_16) else raw, most)
    except UnicodeDecodeError:
        raise BadInput(f"{file} is not UTF-8 text.", hint="Save it as UTF-8.") from None
    except toml.TomlFault as fault:
        hint = "Save it as UTF-8." if "UTF-8" in str(fault) else "Dates are written 2026-03-16."
        raise BadInput(f"{file} {_line(str(fault))}.", hint=hint) from None


def _line(message: str) -> str:
    return clean_line(message).rstrip(".")[:200]


def _tables(file: str, kind: str, tables: Any, clears: bool) -> tuple[list[Entry], list[Problem]]:
    if isinstance(tables, Mapping):
        tables = [tables]
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        return [], [Problem(file, None, kind, "", f"write each record under a line [[{kind}]]")]
    entries, problems = [], []
    for number, table in enumerate(tables, 1):
        data, faults = _fields(file, kind, number, table, clears)
        entries.append(Entry(kind, number, data))
        problems += faults
    return entries, problems


def _fields(
    file: str, kind: str, number: int, table: Mapping[str, Any], clears: bool
) -> tuple[dict[str, Any], list[Problem]]:
    data: dict[str, Any] = {}
    problems = []
    for name, value in table.items():
        try:
            data[clean_line(name)] = value if clears and value == "" else taken(name, value)
        except ValueError as fault:
            problems.append(problem(file, kind, number, name, str(fault)))
    return data, problems


def problem(file: str, kind: str, number: int, field: str, message: str) -> Problem:
    """Return a fault in a document, naming the file, the table and the field."""
    message = clean_line(message).rstrip(".")
    return Problem(f"{file} [[{kind}]] {number}", None, clean_line(field)[:_SHOWN], "", message)


def taken(name: str, value: Any) -> Any:
    """Return a document's value as records hold it; raises ValueError for a number that cannot be one."""
    _refuse_boundless(value)
    if name in HUNDREDTHS:
        return _hundredths(value)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value


def _refuse_boundless(value: Any) -> None:
    """Refuse what TOML can hold but nothing can write again: numbers of thousands of digits, tables in tables."""
    if why := toml.boundless(value):
        raise ValueError(why)


def _hundredths(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("write it as a number, as in 0.6")  # noqa: TRY004 - a fault in data, like the others
    if not -1e6 < value < 1e6:  # infinities and "nan" fail this too
        raise ValueError("out of range")
    scaled = round(value * 100)
    if abs(value * 100 - scaled) > 1e-6:
        raise ValueError("two decimals at most, as in 0.65")
    return scaled


def _in_order(entries: list[Entry]) -> list[Entry]:
    """Put what is named before what names it: teams, then supervisors before the people they supervise, and so on."""
    workers = [entry for entry in entries if entry.kind == "worker"]
    ordered = sorted((e for e in entries if e.kind != "worker"), key=lambda entry: KINDS.index(entry.kind))
    place = next((n for n, entry in enumerate(ordered) if entry.kind != "team"), len(ordered))
    return [*ordered[:place], *_supervisors_first(workers), *ordered[place:]]


def _supervisors_first(workers: list[Entry]) -> Iterator[Entry]:
    waiting = list(workers)
    while waiting:
        ahead = {_key(entry) for entry in waiting}
        ready = [e for e in waiting if not (_names(e) & (ahead - {_key(e)}))]
        yield from ready or waiting  # in a circle of supervisors nobody is first: recording says so
        waiting = [e for e in waiting if not any(e is r for r in ready)] if ready else []


def _key(entry: Entry) -> str:
    return str(entry.data.get("staff_id", ""))


def _names(entry: Entry) -> set[str]:
    return {str(entry.data[field]) for field in ("supervisor", "line_manager") if entry.data.get(field)}


# writing ---------------------------------------------------------------------------------------------------------


def write(kind: str, records: Iterable[Mapping[str, Any]]) -> str:
    """Return the document that records ``records`` again; what is not set is left out."""
    return "\n".join(_table(kind, record) for record in records)


def _table(kind: str, record: Mapping[str, Any]) -> str:
    lines = [f"[[{kind}]]"]
    lines += [f"{name} = {_value(value)}" for name, value in record.items() if not _unset(value)]
    return "\n".join(lines) + "\n"


def _unset(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, list | tuple | Mapping) and not value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_name(key)} = {_value(item)}" for key, item in value.items())
        return f"{{ {inside} }}" if inside else "{ }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return _string(str(value))


def _name(key: str) -> str:
    return key if key.isascii() and key.replace("_", "").replace("-", "").isalnum() else _string(key)


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _string(text: str) -> str:
    return (
        '"'
        + "".join(_ESCAPES.get(c) or (c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}") for c in clean(text))
        + '"'
    )


_INTRODUCTION = (
    "# Fill in and save; lines beginning with # are optional. Leave the file as it is to record nothing.",
    "# Repeat the block to record several. Dates are written 2026-03-16.",
    "",
)


def template(kind: str) -> str:
    """Return a commented document to fill in: first what is needed, then what may be left out, behind a #."""
    of = kinds().named(kind)
    instead = {also.into: (name, also) for name, also in of.also.items()}  # what is more often given than the field
    lines = []
    for name, fact in of.facts.items():
        if name in instead:
            other, also = instead[name]
            lines.append(_template_line(other, also.example, also.help, needed=True))
        if fact.example is not None:
            example = date.fromisoformat(fact.example) if name in DAYS else fact.example
            needed = name not in instead and (fact.needed or fact.usual)
            lines.append(_template_line(name, example, fact.help, needed=needed))
    lines.sort(key=lambda line: line.startswith("#"))
    return "\n".join([*_INTRODUCTION, f"[[{kind}]]", *lines]) + "\n"


def _template_line(name: str, example: Any, words: str, *, needed: bool) -> str:
    line = f"{'' if needed else '# '}{name} = {_value(example)}"
    return f"{line:<{_COMMENTS}}  # {words}" if words else line


def document_in(source: str, most: int = LARGEST) -> tuple[bytes, str]:
    """Return what a file holds (``most`` bytes and one), or standard input for -, and what to call it."""
    if source == "-" and sys.stdin is None:
        raise BadInput("Standard input is closed.", field="--from", hint="Give a file: --from FILE")
    if source == "-":
        return sys.stdin.buffer.read(most + 1), "standard input"
    return _file(source, most), clean_line(Path(source).name)


def _file(source: str, most: int) -> bytes:
    name = clean_line(source)
    try:
        with Path(source).open("rb") as file:
            return file.read(most + 1)
    except FileNotFoundError:
        raise BadInput(f"There is no file {name!r}.", field="--from", hint="Check the path.") from None
    except (OSError, ValueError) as fault:
        why = getattr(fault, "strerror", None) or "not a usable file name"
        raise BadInput(f"{name!r} cannot be read: {why.lower()}.", field="--from") from None
