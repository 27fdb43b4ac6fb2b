"""What a council and each worker chose for calendars: what goes in, how much it says, and the ways out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.fields import Line, Reference
from domain.reminders import EntryKind

MOST_LEAD = 60  # working days; a quarter of a year ahead is a plan, not a notice
_KINDS = frozenset(EntryKind)

PrivacyWord = Literal["none", "reference", "initials"]


def _known(chosen: Mapping[str, object]) -> Mapping[str, object]:
    for kind in chosen:
        if kind not in _KINDS:
            raise ValueError(f"{kind!r} is not a kind of entry; there are {', '.join(EntryKind)}")
    return chosen


Kinds = Annotated[dict[str, bool], AfterValidator(_known)]
Leads = Annotated[dict[str, Annotated[int, Field(ge=0, le=MOST_LEAD)]], AfterValidator(_known)]


class CalendarChoiceFields(BaseModel):
    """One worker's choices; what is left out follows the council's.

    ``kinds`` switches kinds of entry on or off; ``leads`` gives a further notice by kind, in working days ahead
    (0: none); ``by_mail`` sends entries as meeting requests to the worker's address.
    """

    worker: Reference
    privacy: PrivacyWord | None = None
    kinds: Kinds = Field(default_factory=dict)
    leads: Leads = Field(default_factory=dict)
    by_mail: bool = False


class CalendarChoice(CalendarChoiceFields):
    """One worker's choices as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class CalendarSettingsFields(BaseModel):
    """What the council chose for all; there is one such record, or none and these usual values hold.

    ``classification`` hides details from those a calendar is shared with. ``mail_ahead`` is how many days ahead mail
    reaches (none: as far as files do); ``mail_per_minute`` how many messages leave in a minute. The password of the
    mail server is never kept here.
    """

    privacy: PrivacyWord = "reference"
    initials_allowed: bool = False
    classification: Literal["public", "private", "confidential"] = "private"
    kinds: Kinds = Field(default_factory=dict)
    leads: Leads = Field(default_factory=dict)
    feed_address: Line = ""
    feed_folder: Line = ""
    organiser: Line = ""
    mail_host: Line = ""
    mail_port: int | None = Field(default=None, ge=1, le=65_535)
    mail_security: Literal["starttls", "tls", "none"] = "starttls"
    mail_user: Line = Field(default="", repr=False)
    mail_per_minute: int = Field(default=30, ge=1, le=6_000)
    mail_ahead: int | None = Field(default=None, ge=1, le=550)


class CalendarSettings(CalendarSettingsFields):
    """The council's choices as kept."""

    model_config = ConfigDict(frozen=True)
    id: int
