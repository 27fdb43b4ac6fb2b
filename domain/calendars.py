"""What one worker chose for their own calendar."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from domain.fields import Reference


class CalendarChoiceFields(BaseModel):
    """One worker's choices; what is left out follows the council's.

    ``kinds`` switches kinds of entry on or off, ``leads`` gives further notices in working days by kind.
    """

    worker: Reference
    privacy: Literal["none", "reference", "initials"] | None = None
    kinds: dict[str, bool] = Field(default_factory=dict, max_length=50)
    leads: dict[str, int] = Field(default_factory=dict, max_length=50)
    by_mail: bool = False
