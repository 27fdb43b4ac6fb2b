"""The worked examples that come with packs: in the file itself, or in a folder ``vectors`` beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.core import toml
from storage.rules.pack_faults import PackProblem
from storage.rules.pack_reading import LARGEST

if TYPE_CHECKING:
    from domain.due.examples import Vector
    from storage.rules.pack_set import PackSet

FOLDER = "vectors"


class Checked(NamedTuple):
    """How many examples were worked out, and where they part from the rules."""

    worked: int
    problems: list[PackProblem]


class _Given(NamedTuple):
    file: str
    data: Mapping[str, Any]


def check_vectors(paths: Sequence[Path], packs: PackSet) -> Checked:
    """Work out every example that comes with the pack files and folders ``paths``."""
    problems: list[PackProblem] = []
    worked = 0
    for path in paths:
        for given in _given(path, problems):
            vector, faults = _read(given)
            problems += faults
            if vector is not None:
                worked += 1
                problems += _worked_out(given.file, vector, packs)
    return Checked(worked, problems)


def _given(path: Path, problems: list[PackProblem]) -> Iterator[_Given]:
    """Yield the examples of a pack file (those about its own rules, of the folder beside it), or of a whole folder."""
    files = [path] if path.is_file() else sorted(path.glob("*.toml"))
    for file in files:
        for one in _tables(_toml(file), file.name, problems):
            yield _Given(file.name, one)
    rules = _rules(path) if path.is_file() else None
    for file in sorted(((path.parent if path.is_file() else path) / FOLDER).glob("*.toml")):
        name = f"{FOLDER}/{file.name}"
        data = _toml(file)
        if not data:
            problems.append(PackProblem(name, "", "", "not a TOML file in UTF-8, or empty"))
        for one in _tables(data, name, problems):
            if rules is None or one.get("rule") in rules:
                yield _Given(name, one)


def _tables(data: Mapping[str, Any], file: str, problems: list[PackProblem]) -> Iterator[Mapping[str, Any]]:
    for key in ("vectors", "vector"):
        tables = data.get(key, [])
        if isinstance(tables, list) and all(isinstance(one, dict) for one in tables):
            yield from tables
        else:
            problems.append(PackProblem(file, "", key, f"write each example under [[{key}]]"))


def _toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return toml.parsed(file.read(LARGEST + 1), LARGEST)
    except (OSError, toml.TomlFault):
        return {}  # of a pack file, reading the packs has said so already


def _rules(path: Path) -> frozenset[str]:
    rules = _toml(path).get("rules")
    given = [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []
    return frozenset(str(rule.get("id", rule.get("replaces"))) for rule in given)


def _read(given: _Given) -> tuple[Vector | None, list[PackProblem]]:
    from domain.due.examples import Vector
    from domain.rules.pack_parts import read_pack

    rule = given.data.get("rule")
    name = rule if isinstance(rule, str) else ""
    vector, faults = read_pack(Vector, given.data, given.file)
    return vector, [PackProblem(given.file, name, fault.column, fault.message) for fault in faults]


def _worked_out(file: str, vector: Vector, packs: PackSet) -> Iterator[PackProblem]:
    from domain.due.examples import misses

    for key, message in misses(vector, packs.rulebook, packs.calendar(vector.nation), packs.event_kinds):
        yield PackProblem(file, vector.rule, key, message)
