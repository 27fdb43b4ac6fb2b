"""Records as files in a folder: a Word document each, or the same words as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from domain.filing import Filed, as_text, stems
from storage.exports.atomic import ready_folder, write_atomically


class Written(NamedTuple):
    """A record that was written, and where."""

    kind: str
    about: str
    path: Path


def write_records(records: Sequence[Filed], folder: Path, *, text: bool = False) -> list[Written]:
    """Write each record into ``folder``, whole or not at all; a file of the same name is replaced.

    Raises BadInput where the folder cannot be one, StorageProblem where it cannot be written.
    """
    from storage.exports.word import document

    ready_folder(folder)
    done = []
    for record, stem in zip(records, stems(records), strict=True):
        path = folder / f"{stem}.{'txt' if text else 'docx'}"
        write_atomically(path, as_text(record).encode() if text else document(record))
        done.append(Written(record.kind, record.about, path))
    return done
