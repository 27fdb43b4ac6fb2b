"""Filling in a document in the person's own editor; what they typed is never lost, nor left lying about."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from domain.core.errors import BadInput
from tui.commandline import printing

_FALLBACK = "notepad" if sys.platform == "win32" else "vi"


@dataclass(slots=True)
class Typed:
    """What the person typed; ``taken`` is for whoever took it in to say."""

    text: bytes
    taken: bool = False


@contextmanager
def edit(template: str, kind: str) -> Iterator[Typed]:
    """Let the person fill in ``template``; raises BadInput when they left it as it was.

    The file lies in a folder that they alone can read, and goes with it once it was taken in or nothing was typed. One
    that was refused is kept, so that it can be put right and given with --from.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"almoner-{kind}-"))
    path = folder / f"{kind}.toml"
    before, typed = template.encode(), None
    try:
        path.write_bytes(before)
        _run_editor(path)
        typed = Typed(_read(path))
        if typed.text == before:
            raise BadInput("The document was left as it was, so nothing was recorded.")
        yield typed
    finally:
        if (typed is not None and typed.taken) or not _typed_in(path, before):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            printing.say(f"Your text is kept in {path}: put it right there, give it with --from, then remove it.")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise BadInput("The document is gone, so nothing was recorded.") from None


def _typed_in(path: Path, before: bytes) -> bool:
    try:
        return path.read_bytes() != before
    except OSError:
        return False


def _run_editor(path: Path) -> None:
    command = _editor()
    try:
        done = subprocess.run([*command, str(path)], check=False)  # noqa: S603 - the person's own editor
    except OSError:
        raise BadInput(
            f"The editor {command[0]!r} could not be started; nothing was recorded.",
            field="EDITOR",
            hint="Set VISUAL or EDITOR, or give a document with --from.",
        ) from None
    if done.returncode != 0:
        raise BadInput("The editor ended with an error, so nothing was recorded.", field="EDITOR")


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
