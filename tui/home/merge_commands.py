"""case and worker merge, case and worker apart: two that look like one, and are one or two, as somebody says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from domain.core.errors import BadInput
from tui.commandline import printing
from tui.commandline.context import DONE, Context, as_text

if TYPE_CHECKING:
    from tui.commandline.parser import Commands

_SIDES = ("old", "new")


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    for kind, key in (("case", "a case's reference"), ("worker", "a staff id")):
        group = commands.group(kind)
        merge = group.add("merge", _merging(kind), f"put one {kind} into another: the two are one", json=True)
        merge.add_argument("old", metavar="OLD", help=f"{key}: that of the {kind} that goes")
        merge.add_argument("--into", required=True, metavar="NEW", help=f"{key}: that of the {kind} that stays")
        merge.add_argument(
            "--keep",
            action="append",
            default=[],
            metavar="FIELD=old|new",
            help="which counts where the two say different things; old or new alone: for every such field",
        )
        merge.add_argument("--dry-run", action="store_true", help="show what would move, write nothing")
        apart = group.add("apart", _parting(kind), f"say that two {kind}s that look like one are two", json=True)
        apart.add_argument("one", metavar="ONE", help=f"{key}: that of one of the two")
        apart.add_argument("other", metavar="OTHER", help=f"{key}: that of the other")
        apart.add_argument("--reason", required=True, metavar="TEXT", help="how you know that they are two")


def _merging(kind: str) -> Callable[[Context], int]:
    return lambda context: run_merge(context, kind)


def _parting(kind: str) -> Callable[[Context], int]:
    return lambda context: run_apart(context, kind)


def run_apart(context: Context, kind: str) -> int:
    """Note that two cases, or two workers, are two."""
    from storage.cases.two_not_one import say_two

    given = context.options
    with context.database.unit(context.actor, context.today) as unit:
        kept = say_two(unit, kind, as_text(given.one), as_text(given.other), given.reason).record
    if given.json:
        printing.put_json({"id": kept.id, "kind": kind, "pair": sorted(kept.pair), "on": kept.on})
    printing.say(
        f"{' and '.join(sorted(kept.pair))} are two {kind}s, and not shown as alike again. To undo: almoner undo"
    )
    return DONE


def run_merge(context: Context, kind: str) -> int:
    """Merge two cases, or two workers."""
    from storage.cases.merging import merge_cases, merge_workers

    given = context.options
    old, into, dry = as_text(given.old), as_text(given.into), given.dry_run
    merge = merge_cases if kind == "case" else merge_workers
    with context.database.unit(context.actor, context.today) as unit:
        done = merge(unit, old, into, _keep(given.keep), dry_run=dry)
    if given.json:
        said = {"kind": kind, "old": done.old, "into": done.into, "told": list(done.lines), "applied": not dry}
        printing.put_json(said)
    else:
        for line in done.lines:
            printing.put(f"{line}\n")
    if dry:
        printing.say(f"{kind.capitalize()} {done.old} would go into {done.into} so; nothing was written.")
    else:
        printing.say(f"Merged {kind} {done.old} into {done.into}. To undo: almoner undo")
    return DONE


def _keep(words: Sequence[str]) -> dict[str, str]:
    found = {}
    for word in words:
        name, sign, side = word.rpartition("=")
        if side not in _SIDES or (sign and not name):
            raise BadInput(
                "Write --keep FIELD=old or --keep FIELD=new.", field="--keep", hint="Such as --keep born=new"
            )
        found[name.strip().replace("-", "_")] = side
    return found
