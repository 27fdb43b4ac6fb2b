"""What a council and each worker chose for calendars: what goes in, how much it says, and the ways out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from domain.calendar.wording import EntryKind
from domain.core.fields import USUAL, Line, StaffId
from domain.core.records import Fields

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


class CalendarChoiceFields(Fields["CalendarChoice"]):
    """One worker's choices; what is left out follows the council's.

    ``kinds`` switches kinds of entry on or off; ``leads`` gives a further notice by kind, in working days ahead
    (0: none); ``by_mail`` sends entries as meeting requests to the worker's address.
    """

    worker: StaffId
    privacy: PrivacyWord | None = Field(
        default=None, examples=["reference"], description="none, initials; left out: as the council chose"
    )
    kinds: Kinds = Field(
        default_factory=dict,
        examples=[{"visit": False}],
        description="kinds of entry switched off or on; see: almoner calendar settings",
    )
    leads: Leads = Field(
        default_factory=dict, examples=[{"review": 10}], description="a further notice, working days ahead"
    )
    by_mail: bool = Field(default=False, examples=[True], description="as meeting requests, to the worker's address")


class CalendarChoice(CalendarChoiceFields):
    """One worker's choices as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


class CalendarSettingsFields(Fields["CalendarSettings"]):
    """What the council chose for all; there is one such record, or none and these usual values hold.

    ``classification`` hides details from those a calendar is shared with. ``mail_ahead`` is how many days ahead mail
    reaches (none: as far as files do); ``mail_per_minute`` how many messages leave in a minute. The password of the
    mail server is never kept here.
    """

    privacy: PrivacyWord = Field(
        default="reference", examples=["reference"], description="none, initials", json_schema_extra=USUAL
    )
    initials_allowed: bool = Field(default=False, examples=[True], description="only with this may initials be shown")
    classification: Literal["public", "private", "confidential"] = Field(
        default="private",
        examples=["private"],
        description="public, confidential: what others see who share the calendar",
        json_schema_extra=USUAL,
    )
    kinds: Kinds = Field(
        default_factory=dict, examples=[{"visit": False}], description="kinds of entry switched off or on"
    )
    leads: Leads = Field(
        default_factory=dict, examples=[{"review": 10}], description="a further notice, working days ahead"
    )
    feed_address: Line = Field(default="", title="Web address", examples=["https://calendars.council.example/f"])
    feed_folder: Line = Field(default="", title="Folder", examples=["/srv/calendars"])
    organiser: Line = Field(
        default="", examples=["calendar@council.example"], description="a mailbox of its own, never a recipient"
    )
    mail_host: Line = Field(default="", title="Server", examples=["smtp.council.example"])
    mail_port: int | None = Field(default=None, ge=1, le=65_535, title="Port")
    mail_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", title="Security", examples=["starttls"], description="tls, none"
    )
    mail_user: Line = Field(
        default="", repr=False, title="User", examples=["almoner"], description="the password is not kept here"
    )
    mail_per_minute: int = Field(default=30, ge=1, le=6_000, title="Messages a minute", examples=[30])
    mail_ahead: int | None = Field(
        default=None,
        ge=1,
        le=550,
        title="Days ahead",
        examples=[60],
        description="days ahead that mail reaches; left out: as far as files",
    )


class CalendarSettings(CalendarSettingsFields):
    """The council's choices as kept."""

    model_config = ConfigDict(frozen=True)
    id: int
