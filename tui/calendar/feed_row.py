"""One calendar that can be subscribed to, as the list of feeds shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.calendar.feeds.feed_tokens import TokenLine


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One calendar with its latest address, if it ever had one, and when it was last published."""

    recipient: str
    name: str
    token: TokenLine | None = None
    every: Sequence[TokenLine] = ()
    published: datetime | None = None

    @property
    def live(self) -> bool:
        """Whether its address works."""
        return self.token is not None and self.token.state == "live"
