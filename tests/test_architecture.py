"""The house keeps its shape: what may import what, and what must not be loaded before it is needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {"sqlmodel", "sqlalchemy", "alembic", "pydantic", "icalendar", "openpyxl", "holidays"}


def loaded_by(statement: str) -> set[str]:
    """The top-level packages in ``sys.modules`` after ``statement``, in an interpreter of its own."""
    code = f"import sys\n{statement}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(run.stdout.split())


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("path", sources("domain"), ids=lambda p: p.name)
def test_the_domain_knows_nothing_but_itself(path: Path) -> None:
    allowed = {"domain", "pydantic", "pydantic_core", "dateutil"} | set(sys.stdlib_module_names)
    assert imports(path) <= allowed - {"sqlite3"}


@pytest.mark.parametrize("path", sources("storage"), ids=lambda p: p.name)
def test_storage_knows_no_screens(path: Path) -> None:
    assert not imports(path) & {"tui", "textual", "rich"}


@pytest.mark.parametrize("path", sources("domain"), ids=lambda p: p.name)
def test_the_domain_never_asks_what_day_it_is(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in {"today", "now", "utcnow", "time_ns"}, f"line {node.lineno}"


def test_screens_and_widgets_never_import_the_application() -> None:
    for folder in ("widgets", "dialogs", "screens"):
        for path in sources(f"tui/{folder}"):
            assert "tui.app" not in path.read_text(encoding="utf-8"), path.name


def test_reading_commands_load_nothing_heavy() -> None:
    assert not loaded_by("import storage.views, storage.database, storage.paths, domain.capacity") & HEAVY


def test_the_command_line_loads_nothing_heavy() -> None:
    assert not loaded_by("import tui.__main__, tui.cli") & (HEAVY | {"textual", "rich"})


def test_the_application_paints_before_the_records_load() -> None:
    assert not loaded_by("import tui.app, tui.screens.team") & HEAVY


def test_no_module_outgrows_a_reader() -> None:
    long = {
        p.name: n
        for k in ("domain", "storage", "tui")
        for p in sources(k)
        if (n := len(p.read_text("utf-8").splitlines())) > 420
    }
    assert not long
