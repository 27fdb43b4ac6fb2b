"""Whether the values of a part of a pack go together, and what is said where they do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from pydantic import BaseModel

Model = TypeVar("Model", bound=BaseModel)
Told = frozenset[tuple[str, str, str]]  # which part said what: its sort, its id, the fault
_TOLD: ContextVar[Told] = ContextVar("told", default=frozenset())


class Unsound(ValueError):
    """What is wrong with several values of a part together."""

    def __init__(self, said: Sequence[tuple[str, str, str]]) -> None:
        self.said = tuple(said)
        self.faults = tuple(fault for _, _, fault in said)
        super().__init__("; ".join(self.faults))


@contextmanager
def told_already(said: Told) -> Iterator[None]:
    """Let what was said of parts already pass, so that what they are part of is looked at too."""
    token = _TOLD.set(said)
    try:
        yield
    finally:
        _TOLD.reset(token)


def sound(model: Model, faults: Iterable[str]) -> Model:
    """Return ``model``; raises ValueError with every fault where there are any."""
    part = (type(model).__name__, str(getattr(model, "id", "")))
    if said := [one for fault in dict.fromkeys(faults) if (one := (*part, fault)) not in _TOLD.get()]:
        raise Unsound(said)
    return model
