"""Write everything that an earlier Almoner holds as one document that a new one takes: see upgrading.md.

    python3 docs/upgrading.py /path/to/old/almoner old.db everything.toml
    almoner --database new.db record all --from everything.toml

It asks the old program, kind by kind, for its records and their numbers, and needs nothing but Python.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

Ask = Callable[..., str]  # puts a command to the old program, and returns what it printed

KINDS = (
    "team", "worker", "team-period", "worker-period", "worker-event", "plan", "case", "event", "allocation",
    "former-key", "not-the-same", "conflict", "reduction", "weighting", "extra", "unplanned", "concern",
    "postponement", "override",
    "council-date", "session", "agreement", "attendance", "discussion", "amendment", "rating", "decision", "action",
    "agenda-item", "disagreement", "programme", "learning-need", "evidence", "cpd", "cpd-closing", "registration",
    "milestone", "placement-day", "closure", "stage-closing", "extension", "calendar-choice", "calendar-settings",
)  # fmt: skip
NOT_A_KIND = "is not a kind of record"  # as every version says it
NAMED = ("team", "worker", "plan", "case")  # known by name; every other kind is known by number
IN_PACKS = ("programme",)  # without a filter, `list` gives what packs say of them


class Unclear(Exception):
    """Why the old program's answers cannot be used."""


class Record(NamedTuple):
    """One record as the old program prints it: the lines of its table, and its number."""

    lines: str
    number: int


def document(ask: Ask) -> tuple[str, Counter[str]]:
    """Return the document that holds every record, and how many there are of each kind."""
    counts: Counter[str] = Counter()
    parts = []
    for kind in KINDS:
        for place, record in enumerate(_known(ask, kind), 1):
            parts.append(_table(kind, place, record))
            counts[kind] += 1
    return "\n".join(parts), counts


def _known(ask: Ask, kind: str) -> list[Record]:
    """Return every record of a kind; none where the old program did not know the kind yet."""
    try:
        return records(ask, kind)
    except Unclear as why:
        if NOT_A_KIND in str(why):
            return []
        raise


def records(ask: Ask, kind: str) -> list[Record]:
    """Return every record of a kind, those that were recorded first at the beginning."""
    found: list[Record] = []
    for only in _filters(ask, kind):
        listed = json.loads(ask("list", kind, "--json", *only))
        found += _paired(kind, tables(kind, ask("list", kind, "--toml", *only)), listed)
    return sorted(found, key=lambda record: record.number)


def _filters(ask: Ask, kind: str) -> Iterator[Sequence[str]]:
    """Yield the filters that together reach every record of a kind."""
    if kind not in IN_PACKS:
        yield ()
        return
    for team in json.loads(ask("list", "team", "--json")):
        yield ("--team", team["name"])


def tables(kind: str, printed: str) -> list[str]:
    """Return what stands below each [[kind]]; in what Almoner prints, every field has one line."""
    found: list[list[str]] = []
    for line in printed.split("\n"):
        if line == f"[[{kind}]]":
            found.append([])
        elif line:
            found[-1].append(line)
    return ["\n".join(lines) for lines in found]


def _paired(kind: str, printed: Sequence[str], listed: Sequence[dict[str, Any]]) -> Iterator[Record]:
    """Yield tables with the numbers of the records that they are; both lists are in the same order."""
    if len(printed) != len(listed):
        raise Unclear(f"{len(printed)} of {kind} became {len(listed)}: is somebody working in the old database?")
    for lines, record in zip(printed, listed, strict=True):
        if not _same(lines, record):
            raise Unclear(f"{kind} {record['id']} is printed in two ways: is somebody working in the old database?")
        yield Record(lines, record["id"])


def _same(lines: str, record: dict[str, Any]) -> bool:
    """Whether a table and a record of a list hold the same words and days."""
    fields = tomllib.loads(lines)
    return all(str(value) == str(record.get(name)) for name, value in fields.items() if _plain(value))


def _plain(value: Any) -> bool:
    return not isinstance(value, list | dict | float)


def _table(kind: str, place: int, record: Record) -> str:
    """Return a record's table; the comment is found by the number that `record` gives in a refusal."""
    number = [] if kind in NAMED else [f"id = {record.number}"]
    return "\n".join([f"# [[{kind}]] {place}", f"[[{kind}]]", *number, record.lines, ""])


# the old program -----------------------------------------------------------------------------------------------------


def asking(program: str, database: str) -> Ask:
    """Return what asks the old program, of its own database."""
    return lambda *words: _asked([program, "--database", database, *words])


def _asked(command: Sequence[str]) -> str:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("ALMONER_")}
    settings = {**plain, "PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, capture_output=True, check=False, env=settings)  # noqa: S603
    if done.returncode != 0:
        raise Unclear(f"`{' '.join(command)}` failed: {done.stderr.decode('utf-8', 'replace').strip()}")
    return done.stdout.decode("utf-8").replace("\r\n", "\n")


def main(words: Sequence[str]) -> int:
    """Ask the old program for everything, and write the document."""
    if len(words) != 3:
        _say("Give three things: the old program, its database, and the document to write.")
        return 2
    program, database, target = words
    try:
        whole, counts = document(asking(program, database))
        write(Path(target), whole)
    except (Unclear, OSError, ValueError) as why:
        _say(f"Nothing was written: {why}")
        return 2
    _say(f"Wrote {target}: " + _listed(f"{count} of {kind}" for kind, count in counts.items()))
    return 0


def write(target: Path, whole: str) -> None:
    """Write a new file that nobody else may read: it names people."""
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(whole.encode())


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts) + "."


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
