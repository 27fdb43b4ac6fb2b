"""The house keeps its shape: what may import what, and what must not be loaded before it is needed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TypeVar

import pytest

from tests.house import PACKAGES, ROOT, circles, imports, sources, weight
from tests.late_imports import MODELS, START_UP

N = TypeVar("N", bound=ast.AST)

HEAVY = {"sqlmodel", "sqlalchemy", "alembic", "pydantic", "icalendar", "openpyxl", "holidays"}


MOST_MODULES = 16


def nodes(path: Path, kind: type[N]) -> list[N]:
    return [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, kind)]


def loaded_by(statement: str) -> set[str]:
    """The top-level packages in ``sys.modules`` after ``statement``, in an interpreter of its own."""
    code = f"import sys\n{statement}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(run.stdout.split())


def all_sources() -> list[Path]:
    return [path for package in PACKAGES for path in sources(package)]


def imported_by(path: Path) -> set[str]:
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
    assert imported_by(path) <= allowed - {"sqlite3"}


@pytest.mark.parametrize("path", sources("storage"), ids=lambda p: p.name)
def test_storage_knows_no_screens(path: Path) -> None:
    assert not imported_by(path) & {"tui", "textual", "rich"}


MACHINE_CLOCK = ROOT / "tui" / "commandline" / "machine_clock.py"
ASKING = {"date.today", "datetime.today", "datetime.now", "datetime.utcnow", "time.time", "time.time_ns"}
ASKING |= {"time.localtime", "time.gmtime"}


@pytest.mark.parametrize("path", all_sources(), ids=lambda p: p.stem)
def test_only_one_module_asks_the_machine_what_time_it_is(path: Path) -> None:
    """Everything else is handed a clock, so that --today moves all of it and no two places disagree."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    asked = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)} & ASKING
    local = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n).endswith(".astimezone()")]
    assert bool(asked) == (path == MACHINE_CLOCK), asked
    assert not local, "the machine's zone is not the team's"


def test_imports_inside_functions_stand_only_where_start_up_asks() -> None:
    """By module, with the reason: to load what every command or the first screen loads, or a heavy library."""
    late = [one for one in imports() if one.how == "late"]
    begins, models = ({name for names in why.values() for name in names} for why in (START_UP, MODELS))
    assert {one.importer for one in late} == begins | models
    light = [
        one
        for one in late
        if one.importer in models and not (weight(one.imported) - weight(one.importer)) & (HEAVY | {"textual"})
    ]
    assert light == []


def test_there_is_no_circle_of_imports() -> None:
    """Of no kind: neither through imports inside functions, nor for types only."""
    assert circles() == []


def test_the_drivers_of_databases_are_imported_behind_the_door_alone() -> None:
    behind = {"sqlite3", "apsw", "psycopg"}
    outside = [p for p in all_sources() if imported_by(p) & behind and p.parent != ROOT / "storage" / "database"]
    assert outside == []


def test_the_drivers_own_connection_stays_behind_the_door() -> None:
    for path in all_sources():
        if path.parent != ROOT / "storage" / "database":
            kept = [ast.unparse(n.value) for n in nodes(path, ast.Attribute) if n.attr == "raw"]
            assert not [name for name in kept if name.endswith(("conn", "connection", "reader", "reader()"))], path


SQL = re.compile(r"\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|PRAGMA)\b")


@pytest.mark.parametrize("path", sources("tui"), ids=lambda p: p.stem)
def test_screens_and_commands_hold_no_sql_and_finish_no_unit(path: Path) -> None:
    assert not [n.value for n in nodes(path, ast.Constant) if isinstance(n.value, str) and SQL.search(n.value)]
    called = [n.func for n in nodes(path, ast.Call) if isinstance(n.func, ast.Attribute)]
    assert not [f for f in called if f.attr == "finish" and ast.unparse(f.value) != "server"]


def test_a_folder_can_be_taken_in_at_a_glance() -> None:
    folders = Counter(path.parent for path in all_sources() if path.name != "__init__.py")
    assert {str(folder.relative_to(ROOT)): n for folder, n in folders.items() if n > MOST_MODULES} == {}


def test_the_guide_to_the_house_names_modules_that_are_there() -> None:
    guide = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:domain|storage|tui|tests)/[\w/.]+)`", guide))
    assert len(named) > 30
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def test_reading_commands_load_nothing_heavy() -> None:
    assert (
        not loaded_by("import storage.load.worker_load, storage.opening, storage.files.paths, domain.load.capacity")
        & HEAVY
    )


def test_the_command_line_loads_nothing_heavy() -> None:
    assert not loaded_by("import tui.__main__, tui.cli") & (HEAVY | {"textual", "rich"})


def test_the_application_paints_before_the_records_load() -> None:
    assert not loaded_by("import tui.app, tui.home.team_screen") & HEAVY


def test_no_module_outgrows_a_reader() -> None:
    long = {p.name: n for p in all_sources() if (n := len(p.read_text("utf-8").splitlines())) > 420}
    assert not long
