"""The words of the library that checks fields reach nobody: there is one place where they are turned into ours."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house import PACKAGES, ROOT, sources

# Functions that put a refusal into our own words.
TURNED = {"faults", "explain", "all_faults"}
READERS = {"domain/core/refusals/field_faults.py", "domain/rules/pack_mending.py"}


def handlers(path: Path) -> Iterator[ast.ExceptHandler]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler) and node.type is not None and "ValidationError" in ast.dump(node.type):
            yield node


def test_whoever_catches_a_refusal_of_the_library_says_it_in_our_words() -> None:
    for package in PACKAGES:
        for path in sources(package):
            place = str(path.relative_to(ROOT))
            for handler in handlers(path):
                used = [node for node in ast.walk(handler) if isinstance(node, ast.Name) and node.id == handler.name]
                turned = [
                    argument
                    for node in ast.walk(handler)
                    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TURNED
                    for argument in ast.walk(node)
                ]
                own = place in READERS or all(name in turned for name in used)
                assert own, f"{place}:{handler.lineno} lets the library's words out"


def test_its_faults_are_read_in_two_places_alone() -> None:
    found = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in sources(package)
        if ".errors(" in path.read_text(encoding="utf-8")
    }
    assert found <= READERS
