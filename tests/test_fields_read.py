"""A field that people fill in is read by something: a figure, a screen, a rule, a paper. What nothing reads is dropped.

Forms, lists, `show`, exports, imports, the log, merging and undo serve every field alike: being in them is no use of
it. What counts is a query of a subject's own that reads the column, or a subject's code that reads it of the record.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from storage.opening import kinds

ROOT = Path(__file__).parents[1]
ALIKE = re.compile(
    r"^storage/(tables|demo|importing|records|migrations|database|safety)/|^storage/opening|^storage/home/(recorded|as_of)"
    r"|/(lists|kinds|checks|merging|one_or_two|merge_commands|likely_duplicates)\.py$|^tui/home/history/|_form\.py$"
)

# Fields that are only words for a reader, who finds them with the record itself (`show`, its form); and why that is so.
NOTES = "a note: for whoever opens the record"
SIGNED = "who signed for that side, as part of the signature; figures are of the day"
WORDS = {
    "worker-event.note": NOTES,
    "conflict.note": NOTES,
    "not-the-same.reason": "how somebody knows that the two are two: for whoever doubts it and opens the record",
    "reduction.note": NOTES,
    "extra.note": NOTES,
    "registration.note": NOTES,
    "agreement.covers": "what the two agreed, as they sign it: no figure is made of an agreement's words",
    "agreement.confidentiality": "what the two agreed, as they sign it",
    "agreement.disagreement": "what the two agreed, as they sign it",
    "agreement.signed_worker_by": SIGNED,
    "agreement.signed_supervisor_by": SIGNED,
    "session.agreed_worker_by": SIGNED,
    "session.agreed_supervisor_by": SIGNED,
    "learning-need.raised_by": "who said so; the figures are of the need",
    "learning-need.session": "where it was raised, for who wants to read what was said",
    "learning-need.plan": "the plan in words; when it is due and what it costs are fields of their own",
    "learning-need.approved_by": "who said so; that it is approved is read from the day",
    "learning-need.why": "why it ended, in words; how it ended is a field of its own",
    "cpd.need": "which need it was for, for who reads the entry",
    "programme.tutor": "whom to ring at the university",
}


# what is read --------------------------------------------------------------------------------------------------------


def modules(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not ALIKE.search(name):
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def texts(tree: ast.Module, known: dict[str, Any]) -> Iterator[str]:
    """Every text of a module, what is put into it from the module's own names filled in."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(filled(part, known) for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value


def filled(part: ast.expr, known: dict[str, Any]) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    assert isinstance(part, ast.FormattedValue)
    with suppress(Exception):  # what is put in only when it runs
        return str(eval(compile(ast.Expression(part.value), "part", "eval"), dict(known)))
    return " 1 "


class Reads:
    """Which columns queries read, as the database says when it prepares them."""

    def __init__(self) -> None:
        engine = create_engine("sqlite://")
        SQLModel.metadata.create_all(engine)
        self.columns = {
            table.name: {column.name for column in table.columns} for table in SQLModel.metadata.sorted_tables
        }
        self.found: set[tuple[str, str]] = set()
        self._raw: Any = engine.raw_connection().driver_connection
        self._raw.set_authorizer(self._note)

    def _note(self, action: int, table: str | None, column: str | None, *_: object) -> int:
        if action == 20 and table and column:  # SQLITE_READ
            self.found.add((table, column))
        return 0

    def of(self, queries: list[str]) -> None:
        """Note what the queries of one module read; pieces of queries by the tables that the others name."""
        plain = [re.sub(r"\b(worker|team)_on\(:\w+\)", r"\1", query) for query in queries]
        named = {word for query in plain for word in re.findall(r"\b(?:FROM|JOIN) (\w+)", query)} & self.columns.keys()
        for query in plain:
            if not self._prepared(re.sub(r"\bIN (:\w+)", r"IN (\1)", query)):
                words = set(re.findall(r'\b[a-z]\."?(\w+)', query))
                if "SELECT" in query:
                    words |= set(re.findall(r"\w+", query))
                self.found |= {(table, word) for table in named for word in words & self.columns[table]}

    def _prepared(self, query: str) -> bool:
        if "SELECT" not in query:
            return False
        with suppress(Exception):
            self._raw.execute(f"EXPLAIN {query}", dict.fromkeys(re.findall(r":(\w+)", query)))
            return True
        return False


@cache
def read() -> frozenset[tuple[str, str]]:
    reads = Reads()
    for name, tree in modules("storage"):
        module = importlib.import_module(name.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
        reads.of([text for text in texts(tree, vars(module)) if re.search(r"\b(FROM|AS|AND|OR)\b", text)])
    return frozenset(reads.found)


@cache
def read_of_records() -> dict[str, set[str]]:
    """By the name of a class: the attributes read in modules that name it; by that of a variable: those read of it."""
    found: dict[str, set[str]] = defaultdict(set)
    for _, tree in modules("storage", "tui"):
        loaded = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)]
        attributes = {node.attr for node in loaded}
        for node in loaded:
            if isinstance(node.value, ast.Name):
                found[node.value.id].add(node.attr)
        for name in {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}:
            found[name] |= attributes
    return found


def unread() -> set[str]:
    typed = read_of_records()
    return {
        f"{kind.name}.{name}"
        for kind in kinds()
        for name in kind.names
        if (kind.table.name, name) not in read()
        and not any(
            name in typed[of] for of in (kind.name, *(one.__name__ for one in (kind.fields, kind.record, kind.row)))
        )
    }


# the rule ------------------------------------------------------------------------------------------------------------

# Read by the day: `worker_on` and `team_on` are made of them, whatever is asked of a worker or team.
BY_THE_DAY = {f"{kind.name}.{name}" for kind in kinds() if kind.name.endswith("-period") for name in kind.names}
# Read by what follows a key that was corrected, for every kind alike.
KEYS = {f"former-key.{name}" for name in ("former", "case", "worker", "team", "merged", "on")}


def test_every_field_is_read_by_something() -> None:
    nobody = unread() - WORDS.keys() - BY_THE_DAY - KEYS
    assert not nobody, f"nothing reads {', '.join(sorted(nobody))}: use it in a figure or on a screen, or drop it"


def test_what_is_only_words_is_a_field_that_nothing_reads_yet() -> None:
    assert WORDS.keys() <= unread(), "strike out what is used now, or is no field any more"


@pytest.mark.parametrize(
    ("table", "column"),
    [("cases", "sibling_group"), ("worker", "agency"), ("worker", "areas"), ("allocation", "approved_by")],
)
def test_a_column_is_seen_in_queries_and_in_their_pieces(table: str, column: str) -> None:
    assert (table, column) in read()


def test_a_field_that_no_query_names_is_seen() -> None:
    reads = Reads()
    reads.of(["SELECT w.name FROM worker_on(:today) w WHERE w.team = :team"])
    assert reads.found == {("worker", "name"), ("worker", "team")}
