"""case merge, worker merge: two records that are one, put together by somebody who looked at both."""

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
        merge = commands.group(kind).add(
            "merge", _merging(kind), f"put one {kind} into another: the two are one", json=True
        )
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


def _merging(kind: str) -> Callable[[Context], int]:
    return lambda context: run_merge(context, kind)


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
