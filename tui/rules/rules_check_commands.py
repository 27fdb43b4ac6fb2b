"""rules check, rules diff: what is wrong with packs, and what a pack would change before it is adopted."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.core.errors import BadInput
from domain.core.text import plural
from storage.files.paths import typed
from tui.commandline import printing
from tui.commandline.context import BAD, DONE, PROBLEMS, Context, as_text
from tui.commandline.progress import Ticker

if TYPE_CHECKING:
    from storage.due.pack_diff import Change
    from storage.rules.pack_faults import PackProblem
    from storage.rules.pack_set import PackSet
    from tui.commandline.parser import Commands

_LOOKED_AT = 200  # changes a table looks at before it prints the first
_COLUMNS = ("Change", "Case or worker", "What", "Before", "After", "Days")
_KEYS = ("subject.kind", "subject.reference", "rule", "series", "cycle", "title", "change", "before", "after", "days")


def declare(rules: Commands) -> None:
    """Declare both commands within ``rules``."""
    check = rules.add("check", run_check, "check packs and show every problem", json=True)
    check.add_argument(
        "paths", metavar="FILE", nargs="*", help="your own packs, files or folders: the council's before a team's"
    )
    diff = rules.add("diff", run_diff, "show which due dates a pack would change", json=True, csv=True)
    diff.add_argument("path", metavar="FILE", help="the pack to look at, a file or a folder")


# check -----------------------------------------------------------------------------------------------------------


def run_check(context: Context) -> int:
    """Load packs, work out their examples, and print everything that is wrong, together."""
    from storage.rules.pack_examples import check_vectors
    from storage.rules.pack_set import load

    paths = [_path(given) for given in context.options.paths] or _in_force(context)
    packs = load(paths)
    # A pack with a fault is not in force, so its examples would only say the same thing again.
    checked = None if packs.problems else check_vectors(paths, packs)
    problems = [*packs.problems, *(checked.problems if checked else ())]
    if context.form == "json":
        printing.put_json({"problems": _records(problems), "vectors": checked.worked if checked else 0})
    else:
        _tell(problems)
        worked = f" {plural(checked.worked, 'example')} worked out." if checked and checked.worked else ""
        printing.say((f"{plural(len(problems), 'problem')}." if problems else "The packs are sound.") + worked)
    return PROBLEMS if problems else DONE


def _in_force(context: Context) -> list[Path]:
    """Return the folders of packs that go with the database, whether or not it can be opened."""
    from storage.database.file import path_of
    from storage.rules.pack_set import folders_beside

    return folders_beside(path_of(context.path))


def _path(given: str) -> Path:
    hint = "Name a pack, or the folder that holds packs."
    path = typed(given, "file", hint)
    if path.is_dir() or path.is_file():
        return path
    raise BadInput(f"There is no file or folder {as_text(given)!r}.", field="file", hint=hint)


def _tell(problems: Sequence[PackProblem]) -> None:
    printing.table(("File", "Rule", "Key", "Problem"), ((p.file, p.rule, p.key, p.message) for p in problems))


def _records(problems: Iterable[PackProblem]) -> list[dict[str, Any]]:
    return [{"file": p.file, "rule": p.rule, "key": p.key, "message": p.message} for p in problems]


# diff ------------------------------------------------------------------------------------------------------------


def run_diff(context: Context) -> int:
    """Print which open obligations would move, appear or vanish with a pack; nothing is written."""
    from storage.due.pack_diff import problems_of
    from storage.rules.pack_set import load_over

    over = _path(context.options.path)
    before = context.database.packs()
    after = load_over(context.database.pack_folders, over)
    problems = problems_of(before, after, over)
    if problems:
        return _refused(context, problems)
    _print_changes(context, before, after)
    return DONE


def _refused(context: Context, problems: Sequence[PackProblem]) -> int:
    if context.form == "json":
        printing.put_json({"problems": _records(problems)})
    else:
        _tell(problems)
    printing.say(f"almoner: {plural(len(problems), 'problem')}: nothing was compared, and the packs in force stay.")
    return BAD


def _print_changes(context: Context, before: PackSet, after: PackSet) -> None:
    from storage.due.pack_diff import rules_diff

    counts: Counter[str] = Counter()
    ticker = Ticker("Comparing due dates")
    changes = _counted(
        rules_diff(context.reader, context.database.subjects, before, after, ticker), counts, ticker, context.form
    )
    if context.form == "table":
        printing.table(_COLUMNS, map(_row, changes))
    else:
        printing.put_rows(context.form, map(_record, changes), _KEYS)
    printing.say(_summary(counts))


def _counted(changes: Iterable[Change], counts: Counter[str], ticker: Ticker, form: str) -> Iterator[Change]:
    begins = _LOOKED_AT if form == "table" else 1
    for number, change in enumerate(changes, 1):
        if number == begins and sys.stdout.isatty():
            ticker.stop()
        counts[change.change] += 1
        if change.days is not None:
            counts["later" if change.days > 0 else "earlier"] += 1
        yield change


def _record(change: Change) -> dict[str, Any]:
    return {
        "subject": {"kind": change.subject_kind, "reference": change.subject},
        "rule": change.rule,
        "series": change.series,
        "cycle": change.cycle,
        "title": change.title,
        "change": change.change,
        "before": change.before,
        "after": change.after,
        "days": change.days,
    }


def _row(change: Change) -> tuple[Any, ...]:
    days = f"{change.days:+d}" if change.days is not None else None
    return change.change, change.subject, change.title, change.before, change.after, days


def _summary(counts: Counter[str]) -> str:
    if not counts:
        return "No due date changes."
    moves = f"{plural(counts['moves'], 'date moves', 'dates move')}"
    if counts["moves"]:
        moves += f" ({counts['earlier']:,} earlier, {counts['later']:,} later)"
    return f"{moves}, {counts['appears']:,} appear, {counts['vanishes']:,} vanish. Nothing was written."
