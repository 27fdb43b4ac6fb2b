"""Keys that are probably meant as the same: they differ in capitals, punctuation, spaces or leading zeros alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from domain.core.text import sort_key

_NO_SIGN = re.compile(r"[\W_]+")
_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


def alike(key: str) -> str:
    """Return a reference, staff id or name of a team as its likeness: equal for two that are probably one."""
    return _LEADING_ZEROS.sub("", _NO_SIGN.sub("", sort_key(key))) or key


def those_alike(keys: Iterable[str]) -> list[Sequence[str]]:
    """Return the groups of keys that are alike, each in the order given."""
    groups: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        groups[alike(key)].append(key)
    return [group for group in groups.values() if len(group) > 1]
