"""References, staff ids and team names that look the same are the same, and none passes for another."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.core.fields import CaseReference, Reference, StaffId, TeamName
from domain.core.identifiers import fault_of, identifier

PLAIN = "C-1001"
ALIKE = {
    "zero-width joiner": "C-\u200d1001",
    "zero-width non-joiner": "C\u200c-1001",
    "zero-width space": "C-1001\u200b",
    "variation selector": "C-1\ufe0f001",
    "byte-order mark": "\ufeffC-1001",
    "soft hyphen": "C-\u00ad1001",
    "full width": "Ｃ－１００１",
    "hyphen that breaks no line": "C\u20111001",
    "minus": "C\u22121001",
    "en dash": "C\u20131001",
    "em dash": "C\u20141001",
    "figure dash": "C\u20121001",
    "horizontal bar": "C\u20151001",
    "small em dash": "C\ufe581001",
    "hyphen bullet": "C\u20431001",
    "low minus": "C\u02d71001",
    "Hangul filler": "C-1001\u3164",
    "braille blank": "C-1001\u2800",
    "spaces": " \u00a0C-1001\u2003",
    "marks of direction": "\u202dC-1001\u202c",
}
SMALL_O, CAPITAL_ES, SMALL_A = "\u043e", "\u0421", "\u0430"  # Cyrillic
GREEK_NU = "\u039d"
fields = pytest.mark.parametrize("field", [Reference, StaffId, CaseReference, TeamName])


def taken(field: object, text: str) -> str:
    return str(TypeAdapter(field).validate_python(text))


@fields
@pytest.mark.parametrize("text", ALIKE.values(), ids=ALIKE)
def test_what_looks_the_same_is_the_same(field: object, text: str) -> None:
    assert taken(field, text) == PLAIN


@fields
@pytest.mark.parametrize(
    "text", [f"N{SMALL_O}rth", f"C{SMALL_A}se-1", f"A{GREEK_NU}-7", f"{CAPITAL_ES}-1001", GREEK_NU]
)
def test_letters_that_pass_for_others_are_refused_in_a_sentence(field: object, text: str) -> None:
    with pytest.raises(ValidationError, match=r"type it again in \w+ letters") as refused:
        taken(field, text)
    assert "letters" in str(refused.value)


@pytest.mark.parametrize(
    "text",
    ["Łódź-12", "Ô-1", "İ-4", "東京 3", "فريق-1", "Отдел 5", "Ομάδα 2", "ทีม ๑", "क्षेत्र-2", "St. Mary's (2)", "№ 7", "Ⅳ"],
)
def test_references_of_the_world_are_taken(text: str) -> None:
    assert taken(Reference, text) == unicodedata.normalize("NFKC", text)


def test_the_words_of_a_teams_name_may_each_have_a_script_of_their_own() -> None:
    assert taken(TeamName, "Hub α") == "Hub α"
    with pytest.raises(ValidationError, match="mixes Latin and Greek"):
        taken(Reference, "Hub α")


@fields
@pytest.mark.parametrize(
    "text", ["C-\u0661\u0660\u0660\u0661", "C-1\u0660\u06601", "1\u06f0\u06f01", "W-\u0967", "\u0967\u0661"]
)
def test_figures_that_pass_for_others_are_refused_in_a_sentence(field: object, text: str) -> None:
    with pytest.raises(ValidationError, match="type them as 0 to 9"):
        taken(field, text)


@fields
def test_a_tower_of_accents_is_no_name(field: object) -> None:
    assert taken(field, "e\u0301\u0302\u0303") == "é\u0302\u0303"
    with pytest.raises(ValidationError, match="more than 2 accents"):
        taken(field, "e\u0301\u0302\u0303\u0304")


@fields
@pytest.mark.parametrize("text", ["", "\u200d", "\u3164\u2800", "\ufe0f \u200b"])
def test_nothing_to_be_seen_is_nothing(field: object, text: str) -> None:
    with pytest.raises(ValidationError, match="at least 1"):
        taken(field, text)


@given(st.text(max_size=60))
def test_an_identifier_is_one_already(text: str) -> None:
    once = identifier(text)
    assert identifier(once) == once
    assert once == unicodedata.normalize("NFKC", once).strip()
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in once if c not in "\u0600\u0601\u0602\u0603")
    fault_of(once)


@given(st.text(st.characters(max_codepoint=126, min_codepoint=33), min_size=1, max_size=60))
def test_plain_references_stay_as_they_are(text: str) -> None:
    assert taken(Reference, text) == text
