"""import: taking in an extract, with the difference shown first."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.errors import BadInput
from domain.text import clean_line, plural
from tui import printing
from tui.commandline.context import DONE, PROBLEMS, Context, as_text
from tui.commandline.ticker import Ticker

if TYPE_CHECKING:
    from storage.database import Database
    from storage.imports import Diff
    from tui.cli import Commands

_PROBLEMS_SHOWN = 20
_COLUMNS = ("Kind", "New", "Changed", "Closed", "Unchanged")


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    take = commands.add("import", run_import, json=True)
    take.add_argument("path", metavar="PATH", nargs="?", help="a file, or the folder an extract was saved in")
    take.add_argument("--source", default="auto", metavar="KIND", help="auto, ssd, ssda903 or caseload")
    take.add_argument("--team", metavar="NAME", help="the team of cases whose row names none")
    take.add_argument("--mapping", metavar="FILE", help="what unclear headings mean (TOML)")
    take.add_argument("--dry-run", action="store_true", help="show the difference, write nothing")
    take.add_argument("--rejected", metavar="FILE", help="write the rows set aside to this CSV file")
    take.add_argument("--template", action="store_true", help="print an empty caseload sheet to fill in")


def run_import(context: Context) -> int:
    """Show what the extract would change and, unless this is a dry run, take it in: all of it or nothing."""
    given = context.options
    if given.template:
        from storage.imports import template

        printing.put(template())
        return DONE
    if not given.path:
        raise BadInput("Say what to import.", field="path", hint="almoner import PATH (a file or a folder)")
    diff = _before_there_is_a_database(context)
    if diff is None or not given.dry_run:
        diff = _plan_and_apply(context)
    if given.rejected:
        from storage.imports import write_rejected

        write_rejected(diff, _path(given.rejected, "--rejected"))
    _report(context, diff)
    return PROBLEMS if diff.problems else DONE


def _before_there_is_a_database(context: Context) -> Diff | None:
    """Work the difference out against nothing, so that an unreadable extract leaves no empty database behind."""
    from storage.database import open_database, path_of

    if path_of(context.path).exists():
        return None
    with (
        tempfile.TemporaryDirectory(prefix="almoner-") as folder,
        open_database(Path(folder) / "blank.db", create=True) as blank,
    ):
        return _plan(context, blank)


def _plan(context: Context, database: Database) -> Diff:
    from storage.imports import plan_import, read_mapping

    given = context.options
    return plan_import(
        database.reader(),
        _path(given.path, "PATH"),
        today=context.today,
        source=as_text(given.source).casefold(),
        team=as_text(given.team) if given.team else None,
        mapping=read_mapping(_path(given.mapping, "--mapping")) if given.mapping else None,
    )


def _plan_and_apply(context: Context) -> Diff:
    from storage.imports import apply

    context.database = context.open(create=not context.options.dry_run)
    diff = _plan(context, context.database)
    if not context.options.dry_run and not diff.empty:
        _keep_a_copy(context.database)
        with context.database.unit(context.actor, context.today) as unit:
            apply(unit, diff, Ticker("Importing records"))
    return diff


def _keep_a_copy(database: Database) -> None:
    """Make the dated backup that every import begins with, unless there is nothing to lose yet."""
    if database.reader().execute("SELECT 1 FROM change_set LIMIT 1").fetchone():
        from storage.backup import automatic

        automatic(database.path, "import")


def _path(text: str, option: str) -> Path:
    if "\0" in text:
        raise BadInput(f"{option}: that is not a path.", field=option)
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise BadInput(f"{option}: {as_text(text)!r} cannot be found.", field=option) from None


# telling ---------------------------------------------------------------------------------------------------------


def _report(context: Context, diff: Diff) -> None:
    applied = not context.options.dry_run
    if context.form == "json":
        printing.put_json(diff.as_json(applied=applied))
        return
    printing.put(f"Source {diff.source}: {plural(diff.rows.read, 'row')} read, {diff.rows.rejected} set aside.")
    printing.put()
    printing.table(_COLUMNS, _counts(diff))
    printing.put()
    for line in _remarks(diff):
        printing.put(line)
    _tell_problems(diff)
    printing.put("Taken in." if applied else "Nothing was written (--dry-run).")


def _counts(diff: Diff) -> Iterator[tuple[Any, ...]]:
    for kind in diff.new:
        counts = (diff.new[kind], diff.changed[kind], diff.closed[kind], diff.unchanged[kind])
        if any(counts):
            yield (kind, *counts)


def _remarks(diff: Diff) -> Iterator[str]:
    if diff.missing:
        shown = ", ".join(diff.missing[:8]) + (" ..." if len(diff.missing) > 8 else "")
        yield f"Not in this extract though still open: {plural(len(diff.missing), 'case')} ({shown}). None was closed."
    for file, columns in diff.unknown_columns.items():
        yield f"{file}: columns not known and left out: {', '.join(columns)}."
    if diff.missing_tables:
        yield f"Tables that were not there: {', '.join(diff.missing_tables)}."
    yield from diff.notes


def _tell_problems(diff: Diff) -> None:
    grouped = diff.grouped_problems()
    for problem, count in grouped[:_PROBLEMS_SHOWN]:
        more = f"  ({count} like this)" if count > 1 else ""
        printing.put(clean_line(f"● {problem}{more}"))
    if len(grouped) > _PROBLEMS_SHOWN:
        printing.put(f"and {len(grouped) - _PROBLEMS_SHOWN} more kinds of problem: use --rejected FILE")
