"""Handing a text over to the person's own editor, and taking back what they made of it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.core.errors import BadInput
from domain.core.text import clean

if TYPE_CHECKING:
    from textual.app import App

LONGEST_FILE = 16_000_000  # bytes


def edit(app: App[Any], text: str) -> str | None:
    """Return what the person made of ``text`` in their editor; None when it is as it was.

    Raises BadInput, with the text as it was, when there is no editor, when it fails or leaves nothing.
    """
    from textual.app import SuspendNotSupported

    command = wanted()
    with _lent(text) as path:
        try:
            with app.suspend():
                code = subprocess.call([*command, str(path)])  # noqa: S603 - the person's own choice of editor
        except SuspendNotSupported:
            raise BadInput("An editor cannot be opened from here.", hint="Type in the field itself.") from None
        except OSError as error:
            raise _fault(f"The editor {command[0]} could not be started", error.strerror or "") from None
        if code:
            raise _fault("The editor stopped with an error", f"code {code}")
        return _taken(path, text)


def wanted() -> list[str]:
    """Return the command of the person's editor; raises BadInput when none is named or it is not there."""
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        command = shlex.split(named)
    except ValueError:
        command = []
    if not command:
        raise BadInput("No editor is named.", hint="Set EDITOR, for example: export EDITOR=nano")
    if shutil.which(command[0]) is None:
        raise BadInput(f"The editor {command[0]} is not there.", hint="Set EDITOR to one that is.")
    return command


@contextmanager
def _lent(text: str) -> Iterator[Path]:
    """Put ``text`` into a file that its owner alone can read, in a folder of its own, and take both away again."""
    folder = Path(tempfile.mkdtemp(prefix="almoner-"))
    path = folder / "note.txt"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text + "\n" if text else "")
        yield path
    except _Unreadable as error:
        raise BadInput(
            f"What the editor left cannot be read as text: {error}. The field stays as it was.",
            hint=f"Your file is kept at {path}, for you alone to read: put it right there, and remove it afterwards.",
        ) from None
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    else:
        shutil.rmtree(folder, ignore_errors=True)


class _Unreadable(Exception):
    """The file that came back is not text."""


def _taken(path: Path, before: str) -> str | None:
    try:
        size = path.stat().st_size
        if size > LONGEST_FILE:
            raise _Unreadable("it is far too long")
        text = clean(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _Unreadable("it is not UTF-8") from None
    except OSError as error:
        raise _fault("The editor's file is gone", error.strerror or "") from None
    if not text and before.strip():
        raise BadInput("The editor left nothing, so your text stays as it was.", hint="Clear the field here instead.")
    return None if text == clean(before) else text


def _fault(what: str, why: str) -> BadInput:
    return BadInput(f"{what} ({why}): your text stays as it was." if why else f"{what}: your text stays as it was.")
