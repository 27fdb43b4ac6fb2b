"""Filling in a document in the person's own editor; what they typed is never lost."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from domain.errors import BadInput
from tui import printing

_FALLBACK = "notepad" if sys.platform == "win32" else "vi"


def edit(template: str, kind: str) -> bytes:
    """Let the person fill in ``template`` and return it; raises BadInput when they left it as it was.

    The file is kept, readable by them alone, so that a refused document can be put right and given with --from.
    """
    handle, name = tempfile.mkstemp(prefix=f"almoner-{kind}-", suffix=".toml")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(template)
    path = Path(name)
    _run_editor(path)
    text = path.read_bytes()
    if text == template.encode():
        path.unlink()
        raise BadInput("The document was left as it was, so nothing was recorded.")
    printing.say(f"Your text is kept in {path}")
    return text


def _run_editor(path: Path) -> None:
    command = _editor()
    try:
        done = subprocess.run([*command, str(path)], check=False)  # noqa: S603 - the person's own editor
    except OSError:
        raise BadInput(
            f"The editor {command[0]!r} could not be started; nothing was recorded.",
            field="EDITOR",
            hint=f"Set VISUAL or EDITOR, or fill in {path} and give it with --from.",
        ) from None
    if done.returncode != 0:
        raise BadInput(
            f"The editor ended with an error, so nothing was recorded; your text is kept in {path}.",
            field="EDITOR",
            hint="Give it with --from when it is ready.",
        )


def _editor() -> list[str]:
    for name in ("VISUAL", "EDITOR"):
        words = _words(os.environ.get(name, ""))
        if words:
            return words
    return [_FALLBACK]


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command, posix=sys.platform != "win32")
    except ValueError:
        return [command]
