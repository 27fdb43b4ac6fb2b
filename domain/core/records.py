"""What every kind of record is made of: the fields a person gives, validated, and the frozen record that is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

R_co = TypeVar("R_co", covariant=True)

if TYPE_CHECKING:

    class Fields(BaseModel, Generic[R_co]):
        """The fields of one kind of record, as somebody gives them; ``R_co`` is the record they become."""

else:

    class Fields(BaseModel):
        """The fields of one kind of record, as somebody gives them.

        ``class EventFields(Fields["Event"])`` tells the type checker what they become, and nothing at run time.
        """

        def __class_getitem__(cls, _record: Any) -> type[Fields]:
            return cls


def refuse_both(one: int | None, hours: int | None, name: str) -> None:
    """Raise ValueError where what may be said in two ways, as ``name`` or in hours, is said in both."""
    if one is not None and hours is not None:
        raise ValueError(f"hours: give either {name} or hours, not both")
