"""The one place that says back what an extract holds: a value of a column that is known to say nothing of a person.

An error carries file, row, column and the kind of fault. Beside them stands the value only where its column holds
codes, references or days of work; of every other column, and of one that nobody knows, nothing is said back.
"""

from __future__ import annotations

import re
from functools import cache

from domain.core.text import clean_line
from storage.importing.files import aliases
from storage.importing.files.headings import heading_key

VALUE_LIMIT = 60

_PLAIN, _TITLE, _REFERENCE, _DAY = "plain", "title", "reference", "day"

# By the names of our own fields, and of the columns of the looked-after children's return.
_NAMED = {
    **dict.fromkeys(
        ("kind", "role", "team", "pathway", "pathways", "nation", "grade", "scheme", "fte", "full_time_points", "LS",
         "PLACE", "REC", "RNE", "REASON_PLACE_CHANGE", "REVIEW_CODE", "MISSING", "MIS_TYPE"), _PLAIN),
    **dict.fromkeys(("reference", "case", "worker", "worker_id", "staff_id", "CHILD", "SW_ID"), _REFERENCE),
    **dict.fromkeys(
        ("starts", "ends", "on", "due", "held", "opened", "closed", "threshold_met", "allocated_on", "last_review",
         "next_review", "last_visit", "next_visit", "DECOM", "DEC", "REVIEW", "MIS_START", "MIS_END", "DUC",
         "DATE_PLACED", "DATE_PLACED_CEASED", "SW start", "SW_DECOM", "SW_DEC", "SW_EPISODE_START_DATE",
         "SW_EPISODE_END_DATE"), _DAY),
}  # fmt: skip
_KEYED = {heading_key(name): holds for name, holds in _NAMED.items()}
# The dataset calls its columns by a table's four letters and what they hold.
_DATASET = {
    _DAY: re.compile(r"[a-z0-9]{4}_\w*date"),
    _TITLE: re.compile(r"[a-z0-9]{4}_\w*(?:job_title|role_id|check_type)"),
    _PLAIN: re.compile(r"[a-z0-9]{4}_\w*(?:code|flag|status|type)"),
    _REFERENCE: re.compile(r"[a-z0-9]{4}_\w*(?:_id|equivalency)"),
}
_OF_A_PERSON = re.compile("dob|birth|born|death|died|name|upn|nhs|mail|phone|postcode|address|mother|ethnic|gender|sex")
# A row may have slipped by a cell, and then a person stands where a word of the trade should.
_LOOKS_LIKE_A_NAME = re.compile(r"[^\W\d_][\w'’-]*,? +[^\W\d_][\w'’.-]*(?: +[^\W\d_][\w'’.-]*)?|.*@.*")
_SHAPES = {
    _DAY: re.compile(r"(?=.*\d)[\dA-Za-z .,:/+-]{1,40}"),
    _REFERENCE: re.compile(r"(?=.*\d)[^\s,]{1,100}"),
    _PLAIN: re.compile(".*"),
    _TITLE: re.compile("[^,@]*"),
}


def quoted(column: str, value: str) -> str:
    """Return a value as an error may show it: one short line, or nothing where it may be about a person."""
    text = clean_line(value)
    holds = _holds(column)
    if holds is None or not _SHAPES[holds].fullmatch(text):
        return ""
    if holds != _TITLE and _LOOKS_LIKE_A_NAME.fullmatch(text):
        return ""
    return text if len(text) <= VALUE_LIMIT else text[: VALUE_LIMIT - 1] + "…"


@cache
def _holds(column: str) -> str | None:
    """Return what a column holds that may be said back, or None."""
    if ":" in column:  # what a mapping says of a column: "event:...", "due:..."
        return _of_meaning(column)
    key = heading_key(column)
    if (known := aliases.headings().get(key)) is not None:
        found = {_of_meaning(meaning) for meaning in known}
        return found.pop() if len(found) == 1 else None
    if key in _KEYED:
        return _KEYED[key]
    if _OF_A_PERSON.search(column.casefold()):
        return None
    return next((holds for holds, pattern in _DATASET.items() if pattern.fullmatch(column.casefold())), None)


def _of_meaning(meaning: str) -> str | None:
    if meaning in ("worker", "name"):  # on a sheet a worker goes by name
        return None
    return _DAY if meaning.startswith(("event:", "due:")) else _KEYED.get(heading_key(meaning))
