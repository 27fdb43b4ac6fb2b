"""backup, restore, doctor: verified copies, putting one back, and checking that all is well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.core.text import clean_line
from tui.commandline import printing
from tui.commandline.context import DONE, PROBLEMS, Context

if TYPE_CHECKING:
    from storage.safety.backup import Receipt
    from tui.commandline.parser import Commands

_GLYPHS = {"ok": "✓ ok", "note": "◐ note", "problem": "● problem"}


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    backup = commands.add("backup", run_backup, json=True)
    backup.add_argument("file", metavar="FILE", help="where to write the copy")
    backup.may_overwrite()
    restore = commands.add("restore", run_restore, json=True)
    restore.add_argument("file", metavar="FILE", help="the backup to put back")
    commands.add("doctor", run_doctor, json=True)


def run_backup(context: Context) -> int:
    """Write a verified copy."""
    from storage.safety.backup import backup

    receipt = backup(context.database, context.options.file, overwrite=context.options.overwrite)
    if context.form == "json":
        printing.put_json(_receipt(receipt))
    else:
        printing.put(f"Backed up and verified: {receipt.path} ({receipt.size:,} bytes)")
    return DONE


def run_restore(context: Context) -> int:
    """Put a backup back; what was there before is kept under a dated name."""
    from storage.safety.backup import restore

    receipt = restore(context.options.file, context.path, context.clock.real())
    if context.form == "json":
        printing.put_json(_receipt(receipt))
        return DONE
    printing.put(f"Restored to {receipt.path}")
    if receipt.aside:
        printing.put(f"What was there before is kept as {receipt.aside}")
    return DONE


def _receipt(receipt: Receipt) -> dict[str, Any]:
    return {
        "path": str(receipt.path),
        "sha256": receipt.sha256,
        "bytes": receipt.size,
        "format": receipt.format,
        "made": receipt.made,
        "rows": receipt.rows,
        "aside": str(receipt.aside) if receipt.aside else None,
    }


def run_doctor(context: Context) -> int:
    """Run every check and print what was found."""
    from storage.safety.doctor import examine

    findings = examine(context.database, context.today)
    if context.form == "json":
        printing.put_json({"findings": [finding._asdict() for finding in findings]})
    else:
        rows = ((_GLYPHS.get(f.state, f.state), f.check, clean_line(f"{f.message} {f.hint}")) for f in findings)
        printing.table(("State", "Check", "Finding"), rows)
    return PROBLEMS if any(f.state == "problem" for f in findings) else DONE
