"""The ladders by which disagreements are escalated, as the packs give them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.core.errors import NotFound
from domain.core.refusals.nearest import known_instead
from domain.supervision.escalation import Rung, rungs

if TYPE_CHECKING:
    from storage.rules.pack_set import PackSet


def known_ladder(packs: PackSet, name: str) -> list[Rung]:
    """Return the stages of a ladder that is in use; raises NotFound naming those there are."""
    found = packs.ladders.get(name)
    if found is None or not found.active:
        known = known_instead(name, (key for key, one in packs.ladders.items() if one.active), "almoner list ladder")
        raise NotFound(f"{name!r} is not a ladder.", field="ladder", where="ladder", hint=known)
    return rungs(found.as_item())
