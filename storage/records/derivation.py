"""What follows from records and is kept beside them: declared by the subjects, listed in `storage/opening.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from domain.cases.subject import Subject
    from storage.database.connection import Connection
    from storage.rules.pack_set import PackSet

# By group ("cases", "siblings", "workers", "teams", "programmes"), the keys of what a unit of work touched.
Touched = Mapping[str, Sequence[Any]]
Progress = Callable[[int, int], None]


class Followed(NamedTuple):
    """What followed from a piece of work: the ids of obligations that are new, that are over, and that have moved."""

    made: frozenset[str] = frozenset()
    over: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()

    def and_also(self, other: Followed) -> Followed:
        """Return both together."""
        return Followed(self.made | other.made, self.over | other.over, self.moved | other.moved)


class Derivation(Protocol):
    """Rows that follow from the records and the packs alone, so that a rebuild gives what refreshing gave."""

    def refresh(self, conn: Connection, packs: PackSet, touched: Touched) -> Followed:
        """Work out afresh what hangs on what was touched, and return what that changed."""

    def rebuild(self, conn: Connection, packs: PackSet, progress: Progress | None = None) -> None:
        """Work everything out afresh; ``progress`` is told (done, of how many)."""

    def differences(self, conn: Connection, packs: PackSet) -> list[str]:
        """Return what a rebuild would give differently, in words; empty when nothing."""


class Subjects(Protocol):
    """Cases and workers as the rules see them."""

    def cases(self, conn: Connection, references: Sequence[str]) -> Iterator[Subject]:
        """Yield those cases."""

    def workers(self, conn: Connection, staff_ids: Sequence[str]) -> Iterator[Subject]:
        """Yield those workers; their supervision, learning and start of work are happenings."""

    def present(self, conn: Connection, staff_ids: Sequence[str]) -> Iterator[Subject]:
        """Yield those of the workers who have not left."""

    def of(self, conn: Connection, kind: str, key: str) -> Subject | None:
        """Return one case or worker, or None where there is none."""
