"""Lists of cases to come: what is taken, and how a fault in one names its row."""

from __future__ import annotations

import pytest

from domain.core.enums import Pathway
from domain.planning.arrivals import MOST_BYTES, read_arrivals


def test_a_csv_file_with_points_needs_and_answers() -> None:
    text = 'id,Pathway,points,needs,complexity\nN-1,child protection,4.5,"Urdu; woman worker",\nN-2,court,,,3\n'
    cases, problems = read_arrivals(text.encode("utf-8-sig"), "new.csv")
    assert not problems
    assert cases[0].pathway is Pathway.CHILD_PROTECTION
    assert (cases[0].points, cases[0].must_have, cases[0].answers) == (450, ("Urdu", "woman worker"), {})
    assert (cases[1].points, cases[1].answers) == (None, {"complexity": "3"})


def test_a_toml_file_with_answers() -> None:
    text = '[[case]]\nid = "N-1"\npathway = "looked_after"\nanswers = { risk = 2 }\nneeds = ["Polish"]\narea = "East"\n'
    cases, problems = read_arrivals(text.encode(), "new.toml")
    assert not problems
    assert (cases[0].answers, cases[0].must_have, cases[0].area) == ({"risk": "2"}, ("Polish",), "East")


def test_semicolons_and_blank_lines_are_taken() -> None:
    cases, problems = read_arrivals(b"id;pathway\r\nN-1;court\r\n\r\nN-2;court\r\n", "x.csv")
    assert [case.id for case in cases] == ["N-1", "N-2"]
    assert not problems


@pytest.mark.parametrize(
    ("text", "row", "column", "said"),
    [
        (b"id,pathway\nN-1,magic\n", 2, "pathway", "not a pathway"),
        (b"id,pathway\nN-1,\n", 2, "pathway", "not a pathway"),
        (b"id,pathway\n,court\n", 2, "id", "this cannot be empty"),
        (b"id,pathway,points\nN-1,court,heavy\n", 2, "points", "write points as a number"),
        (b"id,pathway,points\nN-1,court,-3\n", 2, "points", "never below 0"),
        (b"id,pathway,points\nN-1,court,nan\n", 2, "points", "points"),
        (b"id,pathway\nN-1,court\nN-1,court\n", 3, "id", "listed on row 2 already"),
        (b"id,pathway\nN-1,court,9,9\n", 2, "", "more cells than there are headings"),
        (b"pathway\ncourt\n", None, "", "the first line names the columns"),
        (b"id,id,pathway\n", None, "", "two columns have the same heading"),
        (b"", None, "", "the first line names the columns"),
        (b"id,pathway\n", None, "", "holds no case"),
        (b"\xff\xfe\x00", None, "", "not UTF-8"),
        (b"x" * (MOST_BYTES + 1), None, "", "larger than 2 MB"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_fault_names_its_row_and_nothing_is_taken(text: bytes, row: int | None, column: str, said: str) -> None:
    cases, problems = read_arrivals(text, "new.csv")
    assert cases == ()
    assert (problems[0].row, problems[0].column) == (row, column)
    assert said in problems[0].message


@pytest.mark.parametrize("text", [b"case = 3", b"[[case]\n", b"[case]\nid = 'x'", b"a = " + b"[" * 5000])
def test_broken_toml_is_said_not_raised(text: bytes) -> None:
    cases, problems = read_arrivals(text, "new.toml")
    assert cases == ()
    assert len(problems) == 1


def test_hostile_text_is_cleaned() -> None:
    cases, problems = read_arrivals("id,pathway,needs\n\x1b[2J[/x]N,court,\u202eevil\n".encode(), "new.csv")
    assert not problems
    assert cases[0].id == "[/x]N"
    assert cases[0].must_have == ("evil",)
