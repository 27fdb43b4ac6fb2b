"""The words of a filter on due dates, as the database is asked them: ``worker:okafor overdue within:14``."""

from __future__ import annotations

from datetime import date

from storage.due.due_page import NOBODY, Term
from tui.core.days import read_day
from tui.grid.filtering import Word, words_of

_FIELDS = {
    **dict.fromkeys(("worker", "who", "held"), "worker"),
    **dict.fromkeys(("case", "ref", "reference"), "case"),
    "name": "name",
    "team": "team",
    "about": "about",
    **dict.fromkeys(("what", "kind", "rule", "pathway", "series"), "what"),
    **dict.fromkeys(("tier", "source"), "tier"),
    **dict.fromkeys(("within", "window", "days"), "within"),
    **dict.fromkeys(("on", "due", "day"), "on"),
}
_STATES = {"overdue": "late", "late": "late", "postponed": "postponed", "unverified": "unverified"}
HELP = "worker:  case:  about:  what:  tier:  team:  within:14  on:fri  overdue  postponed  unverified"


def terms_of(filter_text: str, today: date) -> tuple[list[Term], list[str]]:
    """Return what a filter asks for, and the fields in it that there are not."""
    terms, unknown = [], []
    for word in words_of(filter_text):
        field = _FIELDS.get(word.field, "")
        if word.field and not field:
            unknown.append(word.field)
        elif not word.field and word.text in _STATES:
            terms.append(Term("state", _STATES[word.text], word.without))
        elif not word.field and word.text in NOBODY:
            terms.append(Term("worker", word.text, word.without))
        else:
            text = (
                _day(word.text, today) if field == "on" else word.text.lstrip("<=") if field == "within" else word.text
            )
            terms.append(Term(field, text, word.without))
    return terms, unknown


def keepable(filter_text: str) -> str:
    """Return the part of a filter that may be kept on disk: no words that could be the name of a person served."""
    kept = [word for word in words_of(filter_text) if _tells_no_name(word)]
    return " ".join(f"{'-' if w.without else ''}{f'{w.field}:{_quoted(w.text)}' if w.field else w.text}" for w in kept)


def _tells_no_name(word: Word) -> bool:
    if not word.field:
        return word.text in _STATES or word.text in NOBODY
    return _FIELDS.get(word.field, "name") != "name"


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


def _day(text: str, today: date) -> str:
    try:
        return read_day(text, today, ahead=True).isoformat()
    except ValueError:
        return text
