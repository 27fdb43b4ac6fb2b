"""Records as files in a folder: a Word document each, or the same words as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from domain.supervision.written_record import Filed, as_text, stems
from storage.files.outgoing import Outgoing
from storage.files.word import document


class Written(NamedTuple):
    """A record that was written, and where."""

    kind: str
    about: str
    path: Path


def write_records(records: Sequence[Filed], folder: Path, away: Outgoing, *, text: bool = False) -> list[Written]:
    """Write each record into ``folder``, whole or not at all.

    Raises BadInput where the folder cannot be one, AlreadyThere where one of the files stands there and may not be
    replaced (nothing is written then), StorageProblem where it cannot be written.
    """
    away.ready_folder(folder)
    kind = "txt" if text else "docx"
    paths = [folder / f"{stem}.{kind}" for stem in stems(records)]
    away.check(paths, kind)
    done = []
    for record, path in zip(records, paths, strict=True):
        away.write(path, as_text(record).encode() if text else document(record), kind)
        done.append(Written(record.kind, record.about, path))
    return done
