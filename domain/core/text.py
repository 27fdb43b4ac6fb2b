"""Text as it may enter: cleaned once at every entrance, so that nothing hostile is stored."""

from __future__ import annotations

import re
import unicodedata

NAME_LIMIT = 200
NOTE_LIMIT = 20_000
LONG_LIMIT = 400_000  # what one part of a supervision record may hold
REFERENCE_LIMIT = 64

# C0 and C1 controls, DEL, invisible separators, bidirectional embeddings, overrides, isolates and marks, tags, lone
# surrogates, and what is no character at all. Zero-width joiner and non-joiner stay: Persian, Indic scripts and emoji
# need them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f\ud800-\udfff]"
)
# A terminal escape sequence goes as a whole, so that its harmless-looking tail does not stay behind as text.
_SEQUENCE = re.compile(
    "(?:\x1b\\]|\x9d)[^\x07\x1b\x9c\n]{0,4096}(?:\x07|\x1b\\\\|\x9c)?"  # operating system command
    "|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x1b\x9c\n]{0,4096}(?:\x1b\\\\|\x9c)?"  # device control and other strings
    "|(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]?"  # control sequence
    "|\x1b[ -/]*[0-~]?"  # the short ones
)
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Marks that stand above and below letters: no writing puts more than four on one, and a tower of them hides the lines
# around it.
_TOWERS = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_SPACES = re.compile(r"\s+")
# One mailbox and nothing else: an address list, a name beside it or a line break has no business in a header.
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_LONGEST_MAILBOX = 254  # RFC 5321, 4.5.3.1.3


def clean(text: str) -> str:
    """Return ``text`` in composed form without control, override or invisible characters; line breaks as ``\\n``."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = _SEQUENCE.sub("", text)
    text = _UNWANTED.sub("", _BREAKS.sub("\n", text))
    return _TOWERS.sub(r"\1", unicodedata.normalize("NFC", text)).strip()


def clean_line(text: str) -> str:
    """Return ``text`` cleaned and on one line: names, references, reasons."""
    return _SPACES.sub(" ", clean(text))


# Letters that are one with a stroke or two in one: no accent that could be taken off, and yet typed as plain ones.
_FOLDED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t", "ı": "i", "ŀ": "l"}
)


def sort_key(text: str) -> str:
    """Return what ``text`` sorts and is searched by: no accents, no case, so that É stands beside e and Żak under z."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold().translate(_FOLDED)


def slug(text: str, limit: int = 40) -> str:
    """Return a file-name part made of ``a-z``, ``0-9`` and ``-`` only; ``x`` when nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", sort_key(text)).strip("-")[:limit].strip("-") or "x"


def whole_number(text: str, digits: int = 18) -> int | None:
    """Return the number that ``text`` is written as, in the figures 0 to 9 alone ("²" is none), or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def is_mailbox(text: str) -> bool:
    """Whether ``text`` is one plain e-mail address that every mail server can take."""
    local = text.partition("@")[0]
    dots = local.startswith(".") or local.endswith(".") or ".." in text
    return len(text) <= _LONGEST_MAILBOX and not dots and _MAILBOX.fullmatch(text) is not None


def initials(name: str) -> str:
    """Return the initials of ``name`` ("Okafor, Chidi" gives "CO", "Asha Patel" gives "AP")."""
    surname, comma, forenames = name.partition(",")
    words = (forenames.split() + surname.split()) if comma else name.split()
    return "".join(word[0].upper() for word in words if word[0].isalnum())


def plural(n: int, one: str, many: str | None = None) -> str:
    """Return "1 case" or "3 cases"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


SHOWN_LIMIT = 60


def shown(value: object) -> str:
    """Return what somebody wrote as it may be said back: one clean line of bounded length."""
    text = clean_line(str(value))
    return text if len(text) <= SHOWN_LIMIT else text[: SHOWN_LIMIT - 1] + "…"
