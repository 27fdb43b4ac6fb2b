"""What identifies a record (references, staff ids, names of teams): two that look the same are the same."""

from __future__ import annotations

import re
import unicodedata

from domain.core.text import clean_line

# Beside what cleaning takes out: joiners, selectors of variants, Khmer and Mongolian signs without a shape, the blank
# of Braille. Text needs some of them; nothing that is compared does.
_INVISIBLE = re.compile(
    "[\u17b4\u17b5\u180b-\u180f\u200c\u200d\u2800\u3164\ufe00-\ufe0f\uffa0\U0001d173-\U0001d17a\U000e0100-\U000e01ef]"
)
# What word processors, phones and calculators put for "-": hyphens, dashes of every length, minus signs, bullets.
_HYPHENS = re.compile("[\u02d7\u2010-\u2015\u2043\u2212\u2796]")
_MOST_MARKS = 2  # on one letter, after composing
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")  # whose letters are taken for each other
# Letters of other scripts (Cyrillic, Greek, Armenian) that no eye tells from Latin ones.
_LOOK_LATIN = frozenset(
    "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u04ae\u050c\u051a\u051c"
    "\u0430\u0435\u0455\u0456\u0458\u043e\u0440\u0441\u0443\u0445\u04bb\u0501\u051b\u051d"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u03bd\u03f2\u03f3"
    "\u0585\u0555\u0570\u0578\u057d\u0581\u054f"
)


def identifier(text: str) -> str:
    """Return ``text`` as it identifies: on one line, in the commonest form (NFKC), nothing invisible in it."""
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
        text = _HYPHENS.sub("-", unicodedata.normalize("NFKC", clean_line(text)))
    return clean_line(text)


def fault_of(text: str, *, by_word: bool = False) -> str:
    """Return why ``text`` cannot identify anything, or "": letters or figures that pass for others, towers of accents.

    ``by_word``: each word may be in a script of its own, as in a name.
    """
    if text.isascii():
        return ""
    if _most_marks(text) > _MOST_MARKS:
        return f"more than {_MOST_MARKS} accents on one letter"
    for part in text.split() if by_word else (text,):
        if fault := _mixed(part) or _other_figures(part):
            return fault
    return ""


def _most_marks(text: str) -> int:
    most = run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        most = max(most, run)
    return most


def _mixed(text: str) -> str:
    letters = [c for c in text if c.isalpha()]
    scripts = {script for c in letters if (script := unicodedata.name(c, "").partition(" ")[0]) in _SCRIPTS}
    if len(scripts) > 1:
        one, other, *_ = sorted((s.capitalize() for s in scripts), key=lambda s: s != "Latin")
        return f"mixes {one} and {other} letters, which look alike: type it again in {one} letters alone"
    if scripts and scripts != {"LATIN"} and all(c in _LOOK_LATIN for c in letters):
        script = scripts.pop().capitalize()
        return f"is written in {script} letters that look like Latin ones: type it again in Latin letters"
    return ""


def _other_figures(text: str) -> str:
    figures = {ord(c) - unicodedata.decimal(c) for c in text if c.isdecimal()}  # each script's own nought
    latin = any(c.isalpha() and unicodedata.name(c, "").startswith("LATIN") for c in text)
    if len(figures) > 1 or (latin and figures - {ord("0")}):
        return "mixes figures of another script with Latin ones or Latin letters: type them as 0 to 9"
    return ""
