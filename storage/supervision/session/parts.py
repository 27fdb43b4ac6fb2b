"""The parts of a session, and what is to be saved of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Rating = tuple[str, str]  # about what, by whom


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a session: a case, or a topic of a supervisee's personal record."""

    session: int
    topic: str
    case: str | None = None
    worker: str | None = None

    @property
    def key(self) -> str:
        """The key of its draft."""
        return f"case:{self.case}" if self.case else f"{self.topic}:{self.worker or ''}"

    @property
    def private(self) -> bool:
        """Whether it stays between the pair."""
        return self.topic == "private"


@dataclass(frozen=True, slots=True)
class Said:
    """What is to be saved of a part. ``answers`` has the fields that were typed in, ``seen`` the version begun from.

    ``ratings`` are those of this session: None removes one. ``parked`` says why the part is put off.
    """

    part: Part
    format: str
    answers: Mapping[str, str] = field(default_factory=dict)
    seen: int = 0
    ratings: Mapping[Rating, int | None] = field(default_factory=dict)
    decision: Mapping[str, Any] | None = None
    action: Mapping[str, Any] | None = None
    parked: str | None = None
