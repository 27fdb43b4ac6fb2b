"""One family of errors, each with words a person can act on."""

from __future__ import annotations

from dataclasses import dataclass


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
    """What was typed, given or read cannot be taken; nothing was changed."""

    title = "That cannot be taken"

    def __init__(self, message: str, *, field: str = "", hint: str = "", title: str | None = None) -> None:
        super().__init__(message, hint=hint, title=title)
        self.field = field


class NotFound(BadInput):
    """A name or reference that is not in this database."""

    title = "Not found"


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
