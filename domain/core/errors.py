"""One family of errors, each with words a person can act on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_PROGRAM = Path(__file__).resolve().parents[2]
_OURS = tuple(_PROGRAM / name for name in ("tui", "storage", "domain"))


class AlmonerError(Exception):
    """Something went wrong that a person can be told about.

    ``title`` names it in a few words, ``message`` says what and where, ``hint`` says what to do.
    None of the three may carry the name of a person served.
    """

    title = "Something went wrong"

    def __init__(self, message: str, *, hint: str = "", title: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if title is not None:
            self.title = title

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class BadInput(AlmonerError):
    """What was typed, given or read cannot be taken; nothing was changed.

    ``field`` is the record's or the option's own name for what is at fault; ``where`` says it to those who do not see
    the field before them: on a command line, in a list of problems.
    """

    title = "That cannot be taken"

    def __init__(
        self, message: str, *, field: str = "", hint: str = "", title: str | None = None, where: str = ""
    ) -> None:
        named, _, rest = message.partition(": ")
        if field and rest and named == field:  # said once, wherever the field is named beside the message
            message, where = rest, where or field
        super().__init__(message, hint=hint, title=title)
        self.field = field
        self.where = where

    def __str__(self) -> str:
        return f"{self.where}: {super().__str__()}" if self.where else super().__str__()

    @property
    def in_words(self) -> str:
        """What to say where no field stands beside it."""
        said = self.within_words
        return f"{said[:1].upper()}{said[1:]}"

    @property
    def within_words(self) -> str:
        """What to say within a sentence, where no field stands beside it."""
        return f"{self.where.replace('_', ' ')}: {self.message}" if self.where else self.message

    @property
    def beside_field(self) -> str:
        """What to say beside the field itself, which needs no name there."""
        return f"{self.message[:1].upper()}{self.message[1:]} {self.hint}".strip()


class NotFound(BadInput):
    """A name or reference that is not in this database.

    ``missing`` is the kind of record that something names, and its key, where a record should be there.
    """

    title = "Not found"

    def __init__(
        self, message: str, *, field: str = "", hint: str = "", title: str | None = None, where: str = "",
        missing: tuple[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(message, field=field, hint=hint, title=title, where=where)
        self.missing = missing


class StaleRecord(AlmonerError):
    """Somebody else saved the same record in between.

    ``clashes`` holds ``(field, was, theirs, yours)`` for each field that both changed.
    """

    title = "Changed by somebody else"

    def __init__(
        self, message: str, *, clashes: list[tuple[str, object, object, object]], by: str, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.clashes = clashes
        self.by = by


class StorageProblem(AlmonerError):
    """The database, a file or a folder cannot be used; it was left as it was."""

    title = "The data cannot be opened"


class Cancelled(AlmonerError):
    """The person stopped a long piece of work; nothing of it was kept."""

    title = "Stopped"


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault in data, as a value with a place: collected and shown together."""

    file: str
    row: int | None
    column: str
    value: str
    message: str

    def __str__(self) -> str:
        place = self.file + (f" row {self.row}" if self.row is not None else "")
        column = f", {self.column}" if self.column else ""
        value = f" ({self.value})" if self.value else ""
        return f"{place}{column}{value}: {self.message}"


def where(error: BaseException) -> str:
    """Return an error's kind and the deepest place of ours that it went through, and nothing of what it was about.

    A library's own line tells nobody which of our calls it was; it is named only where none of ours is on the way.
    """
    ours, deepest, trace = "", "", error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        deepest = f" at {file.name}:{trace.tb_lineno}"
        if any(file.is_relative_to(package) for package in _OURS):
            ours = deepest
        trace = trace.tb_next
    return type(error).__name__ + (ours or deepest)
