"""Text is cleaned once at every entrance: nothing a terminal, a file or a calendar would act on gets in."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.core.text import clean, clean_line, initials, slug, sort_key, whole_number

anything = st.text(st.characters(), max_size=200)


@given(anything)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(anything)
def test_nothing_a_terminal_acts_on_stays(text: str) -> None:
    for character in clean(text):
        assert character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cs"}
        assert character not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u200b"
    clean(text).encode("utf-8")


@given(anything)
def test_a_line_is_one_line(text: str) -> None:
    assert "\n" not in clean_line(text)
    assert clean_line(text) == clean_line(clean_line(text))


@pytest.mark.parametrize(
    "name",
    [
        "Żak, Łukasz",
        "Ó Súilleabháin, Siân",
        "Nguyễn Thị Hương",
        "محمد علي",
        "प्रिया शर्मा",
        "李小龍",
        "D'Arcy-O'Neil, Zoë",
        "Ann [Smith]",
        "[/x] [10%]",
    ],
)
def test_names_of_the_world_are_left_alone(name: str) -> None:
    assert clean_line(unicodedata.normalize("NFD", name)) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("hostile", "left"),
    [
        ("a\x1b]52;c;Zm9v\x07b", "ab"),
        ("a\x1b]0;title\x1b\\b", "ab"),
        ("a\x1b[2Jb\x1b[31mc", "abc"),
        ("a\x9b2Jb", "ab"),
        ("Ann\x00 Lee", "Ann Lee"),
        ("Ann\ud800 Lee", "Ann Lee"),
        ("\u202eeeL nnA", "eeL nnA"),
        ("one\r\ntwo\u2028three", "one\ntwo\nthree"),
    ],
)
def test_sequences_go_as_a_whole(hostile: str, left: str) -> None:
    assert clean(hostile) == left


def test_names_sort_and_search_without_accents() -> None:
    assert sorted(["Zbigniew", "éa", "Łukasz", "Eb"], key=sort_key) == ["éa", "Eb", "Łukasz", "Zbigniew"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Łukasz", "lukasz"), ("Søren", "soren"), ("Đặng", "dang"), ("Guðrún", "gudrun"), ("Þór", "thor"),
        ("Ærø", "aero"), ("Œuvre", "oeuvre"), ("Ħal", "hal"), ("Straße", "strasse"), ("İpek Işık", "ipek isik"),
    ],
)  # fmt: skip
def test_letters_that_are_no_accented_ones_are_found_by_what_people_type(name: str, typed: str) -> None:
    assert sort_key(name) == sort_key(name.upper()) == typed
    assert slug(name) == typed.replace(" ", "-")


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("0", 0), ("007", 7), ("²", None), ("1²", None), ("٣", None), ("１", None), ("½", None), ("", None),
     ("-1", None), (" 1", None), ("1" * 18, int("1" * 18)), ("1" * 19, None)],
)  # fmt: skip
def test_a_number_is_written_in_figures(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("word", ["Nguyễn", "שָּׁלוֹם", "เก้า", "ที่นี้", "क्ष"])
def test_no_writing_loses_its_marks(word: str) -> None:
    assert clean(word) == unicodedata.normalize("NFC", word)


def test_a_tower_of_accents_is_cut_down() -> None:
    assert clean("Z" + "\u0300\u0323" * 500 + "oe") == "Ẓ" + "\u0323" * 4 + "oe"


@given(anything)
def test_a_file_name_part_holds_nothing_but_letters_digits_and_dashes(text: str) -> None:
    assert set(slug(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 1 <= len(slug(text)) <= 40


def test_initials_go_forename_first() -> None:
    assert initials("Okafor, Chidi") == "CO"
    assert initials("Asha Patel") == "AP"
    assert initials("") == ""
