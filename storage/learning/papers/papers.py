"""Papers of learning as Word and CSV: attendance register, supervision log, frame of a first year, CPD, application.

A paper names the learner and those who teach them, never a person served, and holds no notes. Its file is named after
its kind, number and day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from domain.core.errors import BadInput
from domain.core.text import clean_line
from storage.database.connection import Connection
from storage.files.outgoing import Outgoing
from storage.learning.papers import learning_papers, placement_papers
from storage.learning.papers.paper import APPLICATION, CPD, ENDINGS, LOG, REGISTER, SUPPORT, TITLES, Paper

_MAKERS: Mapping[str, Callable[..., Paper]] = {
    REGISTER: placement_papers.register,
    LOG: placement_papers.log,
    SUPPORT: learning_papers.support,
    CPD: learning_papers.cpd,
    APPLICATION: learning_papers.application,
}


def paper(conn: Connection, what: str, about: str | int, today: date, asked: date | None = None) -> Paper:
    """Return one paper of a programme (by number) or of a worker (by staff id); raises NotFound, BadInput.

    Of development it is the registration year that holds ``asked``, or this one.
    """
    if what not in _MAKERS:
        hint = "Known: " + ", ".join(TITLES)
        raise BadInput(f"{clean_line(what)[:60]!r} is not a paper.", field="paper", hint=hint)
    if asked is not None and what != CPD:
        raise BadInput("only the paper about development is of one year.", field="--year", where="--year")
    return _MAKERS[what](conn, about, today, *([asked] if asked else []))


def write_paper(made: Paper, folder: Path, away: Outgoing, endings: Sequence[str] = ENDINGS) -> list[Path]:
    """Write a paper into ``folder``, each file whole or not at all.

    Raises BadInput where the folder cannot be one, AlreadyThere where one of the files stands there and may not be
    replaced (nothing is written then), StorageProblem where it cannot be written.
    """
    away.ready_folder(folder)
    paths = [folder / f"{made.stem}.{ending}" for ending in endings]
    away.check_all(zip(paths, endings, strict=True))
    for path, ending in zip(paths, endings, strict=True):
        away.write(path, made.content(ending), ending)
    return paths
