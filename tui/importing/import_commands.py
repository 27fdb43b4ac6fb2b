"""import: taking in an extract, with the difference shown first."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.core.errors import BadInput
from domain.core.text import clean_line, plural
from storage.files.outgoing import Outgoing
from storage.files.paths import typed
from storage.safety.backup import before_import
from tui.commandline import printing
from tui.commandline.context import DONE, PROBLEMS, Context, as_text
from tui.commandline.progress import Ticker

if TYPE_CHECKING:
    from storage.importing import Diff
    from storage.records.database import Database
    from tui.commandline.parser import Commands

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
    take.may_overwrite()
    take.add_argument("--template", action="store_true", help="print an empty caseload sheet to fill in")


def run_import(context: Context) -> int:
    """Show what the extract would change and, unless this is a dry run, take it in: all of it or nothing."""
    given = context.options
    if given.template:
        from storage.importing import template

        printing.put(template())
        return DONE
    if not given.path:
        raise BadInput("Say what to import.", field="path", hint="almoner import PATH (a file or a folder)")
    rejected = typed(given.rejected, "--rejected") if given.rejected is not None else None
    away = _away(context)
    if rejected is not None:
        away.check([rejected], "csv")  # before anything is taken in
    diff = _before_there_is_a_database(context)
    if diff is None or not given.dry_run:
        diff = _plan_and_apply(context)
    if rejected is not None:
        from storage.importing import write_rejected

        write_rejected(diff, rejected, away)
    _report(context, diff)
    return PROBLEMS if diff.problems else DONE


def _before_there_is_a_database(context: Context) -> Diff | None:
    """Work the difference out against nothing, so that an unreadable extract leaves no empty database behind."""
    from storage.database.file import path_of
    from storage.opening import open_database

    if path_of(context.path).exists():
        return None
    with (
        tempfile.TemporaryDirectory(prefix="almoner-") as folder,
        open_database(Path(folder) / "blank.db", context.clock, create=True) as blank,
    ):
        return _plan(context, blank)


def _plan(context: Context, database: Database) -> Diff:
    from storage.importing import plan_import, read_mapping

    given = context.options
    return plan_import(
        database.reader(),
        typed(given.path, "PATH"),
        today=context.today,
        source=as_text(given.source).casefold(),
        team=as_text(given.team) if given.team else None,
        mapping=read_mapping(typed(given.mapping, "--mapping")) if given.mapping else None,
    )


def _plan_and_apply(context: Context) -> Diff:
    from storage.importing import apply
    from storage.opening import rehearsed

    dry = context.options.dry_run
    context.database = context.open(create=not dry)
    with rehearsed(context.database) if dry else nullcontext():
        diff = _plan(context, context.database)
    if not dry and not diff.empty:
        before_import(context.database)
        with context.database.unit(context.actor, context.today) as unit:
            apply(unit, diff, Ticker("Importing records"))
    return diff


def _away(context: Context) -> Outgoing:
    """Return the way out for the rows set aside, which spares the database and everything that is read."""
    from storage.database.file import path_of

    given = context.options
    reading = [typed(given.path, "PATH"), *([typed(given.mapping, "--mapping")] if given.mapping else [])]
    return Outgoing(path_of(context.path), reading=reading, overwrite=given.overwrite)


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
    if context.options.rejected is not None:
        printing.put(f"The rows set aside are in {clean_line(context.options.rejected)}.")
    printing.put("Taken in." if applied else "Nothing was taken in (--dry-run).")


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
