"""One way to read TOML that somebody else wrote: its size, the depth of its tables and its numbers are bounded.

Python's reader recurses with every bracket, takes numbers of any length and needs time with the square of a dotted
key's parts: a small file could end a command or hold it for hours.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

LARGEST = 2_000_000  # bytes
DEEPEST = 40  # tables in tables
LONGEST_NUMBER = 128  # bits

_KEY = r"""(?:[\w-]{1,400}|"(?:[^"\\\n]|\\.){0,400}"|'[^'\n]{0,400}')"""
_DEEP_KEY = re.compile(rf"(?:^|[{{,\[])[ \t]*{_KEY}(?:[ \t]*\.[ \t]*{_KEY}){{{DEEPEST},}}", re.MULTILINE)

_TOO_DEEP = "is not TOML that can be read: tables too deep"


class TomlFault(ValueError):
    """What is wrong with a document, as the end of a sentence that names it: "is not UTF-8 text"."""


def parsed(raw: bytes | str, most: int = LARGEST) -> dict[str, Any]:
    """Return what a document says; raises TomlFault for what is no TOML, and for what no person would write."""
    found = read(raw, most)
    if why := boundless(found):
        raise TomlFault(f"is not TOML that can be read: {why}")
    return found


def read(raw: bytes | str, most: int = LARGEST) -> dict[str, Any]:
    """Return what a document says as ``parsed`` does, for those who say themselves which value is ``boundless``."""
    if len(raw) > most:
        raise TomlFault(f"is larger than {most / 1_000_000:g} MB")
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8-sig")
        text = text.replace("\r\n", "\n")
        _refuse_deep_keys(text)
        return tomllib.loads(text)
    except UnicodeDecodeError:
        raise TomlFault("is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as fault:
        raise TomlFault(f"is not TOML: {fault}") from None
    except TomlFault:
        raise
    except (ValueError, OverflowError):
        raise TomlFault("is not TOML that can be read: a number too long, or no day") from None
    except RecursionError:
        raise TomlFault(_TOO_DEEP) from None


def _refuse_deep_keys(text: str) -> None:
    if found := _DEEP_KEY.search(text):
        line = text.count("\n", 0, found.end()) + 1
        raise TomlFault(f"{_TOO_DEEP}, in line {line}")


def boundless(value: Any) -> str:
    """Return what in ``value`` is more than anything here can hold, in words; nothing where all is within bounds."""
    inside = [value]
    for _ in range(DEEPEST):
        if any(isinstance(one, int) and one.bit_length() > LONGEST_NUMBER for one in inside):
            return "a number too long"
        inside = [part for one in inside for part in _parts(one)]
        if not inside:
            return ""
    return "tables too deep"


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()
