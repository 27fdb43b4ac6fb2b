"""The example in docs/schemes.md is a whole scheme, and weighs what the page says it weighs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from domain.core.enums import Pathway
from domain.load.schemes import Scheme, read_schemes
from domain.load.weighting import default_answers, score
from storage.rules.pack_set import load

PAGE = Path(__file__).resolve().parents[3] / "docs" / "schemes.md"


def example() -> str:
    found = re.search(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def scheme() -> Scheme:
    pack, problems = read_schemes(tomllib.loads(example()), "our-points.toml")
    assert problems == ()
    assert pack is not None
    return pack.schemes[0]


def test_the_example_weighs_what_the_page_says() -> None:
    found = score(scheme(), {"work": "protection", "stage": "new", "travel": "far"})
    assert found.points == 10_50
    assert [line.points for line in found.lines] == [9_00, 0, 1_50]
    room = (scheme().full_time_points or 0) - scheme().stable_points
    assert room // found.points == 8


def test_its_defaults_go_by_the_stage_that_is_taken_for_granted() -> None:
    answers = default_answers(scheme(), [Pathway.COURT])
    assert answers == {"work": "protection", "stage": "running", "travel": "near"}
    assert score(scheme(), answers).points == 7_00


def test_it_is_in_force_once_it_lies_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "our-points.toml").write_text(example(), encoding="utf-8")
    packs = load([tmp_path])
    assert packs.problems == ()
    assert packs.scheme("our-points").version == "1"


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('"cp_plan_started"', '"cp_plan_begun"', "there is no kind of event cp_plan_begun"),
        ("asye = 90", "newcomer = 90", "there is no grade newcomer"),
        ("points = 1.5", "points = -1.5", "points cannot be negative"),
        ("{ new = 5, running = 4 }", "{ running = 4 }", 'work "in_need" has no points for stage "new"'),
        ("cover = 50\n", "", "shares: cover is missing"),
    ],
)
def test_a_slip_is_told_as_the_page_says_and_the_file_left_out(
    tmp_path: Path, written: str, instead: str, said: str
) -> None:
    assert written in example()
    (tmp_path / "our-points.toml").write_text(example().replace(written, instead, 1), encoding="utf-8")
    packs = load([tmp_path])
    assert [said in str(problem) for problem in packs.problems] == [True], packs.problems
    assert "our-points" not in packs.schemes


def test_every_key_of_a_scheme_stands_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in Scheme.model_fields if f"`{name}`" not in page] == []
    assert [pathway for pathway in Pathway if f"`{pathway}`" not in page] == []
