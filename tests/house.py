"""The house as its own imports draw it: every import of every module, also late and for types only."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("domain", "storage", "tui")


class Import(NamedTuple):
    """One module imports another: at once, late (inside a function), or for types only."""

    importer: str
    imported: str
    how: str


def sources(folder: str) -> list[Path]:
    """Every module below a folder."""
    return sorted((ROOT / folder).rglob("*.py"))


@cache
def modules() -> Mapping[str, Path]:
    """Every module of ours by name."""
    return {_name(path): path for package in PACKAGES for path in sources(package)}


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def imports() -> tuple[Import, ...]:
    """Every import of one of our modules by another."""
    return tuple(dict.fromkeys(one for name, path in modules().items() for one in _of(name, path)))


def _of(name: str, path: Path) -> Iterator[Import]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node, how in _walk(tree, "at once"):
        for imported in _imported(node):
            if imported in modules() and imported != name:
                yield Import(name, imported, how)


def _walk(node: ast.AST, how: str) -> Iterator[tuple[ast.AST, str]]:
    for child in ast.iter_child_nodes(node):
        inside = how
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            inside = "for types"
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and how == "at once":
            inside = "late"
        yield child, inside
        yield from _walk(child, inside)


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0:
        for alias in node.names:
            whole = f"{node.module}.{alias.name}"
            yield whole if whole in modules() else node.module or ""


def circles() -> list[list[str]]:
    """Every circle of imports, of any kind: the modules that can be reached from one another."""
    after: dict[str, set[str]] = defaultdict(set)
    for one in imports():
        after[one.importer].add(one.imported)
    reached = {name: _reach(name, after) for name in modules()}
    rings = {frozenset(b for b in reached[a] if a in reached[b]) for a in modules()}
    return sorted(sorted(ring) for ring in rings if len(ring) > 1)


def _reach(name: str, after: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(after.get(name, ()))
    while waiting:
        if (one := waiting.pop()) not in seen:
            seen.add(one)
            waiting += after.get(one, ())
    return seen


@cache
def weight(name: str) -> frozenset[str]:
    """The libraries, by their top-level names, that are loaded at once with a module of ours."""
    after: dict[str, set[str]] = defaultdict(set)
    for one in imports():
        if one.how == "at once":
            after[one.importer].add(one.imported)
    return frozenset().union(*(_libraries(modules()[m]) for m in _reach(name, after) | {name}))


@cache
def _libraries(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node, how in _walk(tree, "at once"):
        if how == "at once" and isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif how == "at once" and isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return frozenset(found - set(PACKAGES))
