"""What a heading is recognised by, and whether a cell may be a heading at all: a list without any has people there."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LONGEST = 40
_READ = 400  # characters
_BRACKETED = re.compile(r"\(.*?\)|\[.*?\]")
_NOT_WORD = re.compile(r"[^0-9a-z]+")
_NO_HEADING = re.compile(r"[,;@<>\"]|\d{4}|\d[-/.]\d")  # lists, addresses, markup, numbers and days


def heading_key(heading: str) -> str:
    """Return what a heading is recognised by: its letters and figures alone, without what stands in brackets."""
    heading = heading[:_READ]  # brackets that are never closed would be sought from each of them on
    plain = _NOT_WORD.sub("", _BRACKETED.sub("", heading).casefold())
    return plain or _NOT_WORD.sub("", heading.casefold())


def may_be_said(heading: str) -> bool:
    """Whether a heading that is not known may be said back: it is short, and holds no number, day or list."""
    letters = sum(c.isalpha() for c in heading)
    return bool(letters) and len(heading) <= _LONGEST and not _NO_HEADING.search(heading)


def said_of(unknown: Iterable[str], known: int) -> tuple[list[str], int]:
    """Return which of a table's unknown headings may be said back, and how many more there are.

    Where fewer than two are ``known``, the row may be no headings at all, but the first person of the list.
    """
    unknown = list(unknown)
    said = [heading for heading in unknown if may_be_said(heading)] if known > 1 else []
    return said, len(unknown) - len(said)
