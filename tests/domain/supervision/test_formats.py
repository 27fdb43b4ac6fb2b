"""Discussion formats: what ships, what a council may write, what suits, what is rated and what is brought forward."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from domain.supervision import formats
from domain.supervision.format_packs import read_formats
from domain.supervision.formats import Pair, pairs, shape, suiting
from storage.rules.pack_set import SHIPPED, PackSet, load

PAGE = Path(__file__).resolve().parents[3] / "docs" / "formats.md"


def example() -> str:
    found = re.search(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def said(packs: PackSet) -> dict[str, dict[str, Any]]:
    return {name: form.as_item() for name, form in packs.formats.items()}


@pytest.fixture(scope="module")
def shipped() -> PackSet:
    return load()


def test_what_ships_is_sound_and_suits_its_pathways_and_topics(shipped: PackSet) -> None:
    assert shipped.problems == ()
    known = said(shipped)
    assert suiting(known, topic="case", pathways=["looked_after"])[0] == "mapping"
    assert suiting(known, topic="case", pathways=["care_act"])[0] == "outcomes"
    assert suiting(known, topic="case", pathways=["foster_carer"])[0] == "update"
    assert suiting(known, topic="private")[0] == "wellbeing"
    assert suiting(known, topic="learning")[0] == "topic"
    assert "mapping" not in suiting(known, topic="learning")
    assert "wellbeing" not in suiting(known, topic="case", pathways=["looked_after"])


def test_every_shipped_format_for_a_case_has_room_for_the_persons_own_experience(shipped: PackSet) -> None:
    for form in shipped.formats.values():
        assert form.of == "worker" or any(field.voice for field in form.fields), form.id


def test_every_shipped_format_says_whose_it_is(shipped: PackSet) -> None:
    for form in shipped.formats.values():
        assert form.basis == "local" or form.citations, form.id


def test_the_example_of_the_manual_is_read_over_what_ships(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(example(), encoding="utf-8")
    packs = load([tmp_path])
    assert packs.problems == ()
    known = said(packs)
    assert known["update"]["title"] == "Short update"
    assert suiting(known, topic="case", pathways=["child_protection"])[:2] == ["mapping", "exploitation"]
    assert "outcomes" not in suiting(known, topic="case", pathways=["care_act"])


def test_the_manual_lists_what_ships() -> None:
    listed = set(re.findall(r"^\| `([a-z]+)` \| [a-z ]", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    with (SHIPPED / "formats.toml").open("rb") as file:
        assert {form["id"] for form in tomllib.load(file)["formats"]} <= listed


def one(**more: Any) -> dict[str, Any]:
    field = {"id": "risk", "title": "Risk"}
    form = {"id": "ours", "title": "Ours", "basis": "local", "columns": [{"title": "A", "fields": [field]}], **more}
    return {"kind": "formats", "id": "x", "title": "X", "version": "1", "formats": [form]}


SCALE = {"title": "S", "low": "l", "high": "h", "raters": ["Worker"]}


@pytest.mark.parametrize(
    ("more", "place", "words"),
    [
        ({"basis": "published"}, "formats.ours", "needs a citation"),
        ({"scale": {**SCALE, "about": "danger"}}, "formats.ours", "there is no field danger"),
        ({"scale": {**SCALE, "goal": "risk"}}, "formats.ours.scale", "name that in about"),
        ({"scale": {**SCALE, "raters": ["A", "A"]}}, "formats.ours.scale", "A is there twice"),
        ({"scale": SCALE, "of": "worker"}, "formats.ours", "only what is said about a case is rated"),
        ({"columns": []}, "formats.ours.columns", "at least one"),
        ({"colour": "red"}, "formats.ours.colour", "unknown key"),
        ({"pathways": ["nowhere"]}, "formats.ours.pathways.0", "not one of"),
        ({"columns": [{"title": "A", "fields": [{"id": "r", "title": "R"}] * 2}]}, "formats.ours", "r is there twice"),
    ],
)
def test_a_fault_in_a_format_is_told_by_its_place(more: dict[str, Any], place: str, words: str) -> None:
    pack, problems = read_formats(one(**more), "ours.toml")
    assert pack is None
    assert [(p.column, words in p.message) for p in problems] == [(place, True)]


def test_a_file_with_a_fault_leaves_what_was_in_force(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(example().replace('about = "risk"', 'about = "nothing"'), encoding="utf-8")
    packs = load([tmp_path])
    assert packs.formats["update"].title == "Plain update"
    (problem,) = packs.problems
    assert (problem.file, problem.rule) == ("bad.toml", "exploitation")


def test_each_danger_stands_opposite_its_goal(shipped: PackSet) -> None:
    scale = shape(said(shipped)["mapping"]).scale
    assert scale is not None
    written = {"danger": "Hit\n\n  Left alone ", "goal": "Calm"}
    assert pairs(scale, written) == [Pair("Hit", "Calm"), Pair("Left alone", "")]
    assert pairs(scale, {}) == []
    assert len(pairs(scale, {"danger": "a\n" * 500})) == formats.MOST_PAIRS
    whole = shape(said(shipped)["outcomes"]).scale
    assert whole is not None
    assert pairs(whole, {}) == [Pair("", "")]


def test_only_what_stands_is_brought_forward(shipped: PackSet) -> None:
    mapping = shape(said(shipped)["mapping"])
    last = {"danger": "Hit", "goal": "Calm", "harm": "A bruise", "next": "See her"}
    assert formats.brought_forward(mapping, last) == {"danger": "Hit", "goal": "Calm"}


def test_what_was_written_in_another_format_is_still_shown(shipped: PackSet) -> None:
    update = shape(said(shipped)["update"])
    shown = formats.with_strangers(update, {"harm": "A bruise", "update": "Well"})
    assert [part.id for part in shown.parts][-1] == "harm"
    assert formats.with_strangers(update, {"update": "Well"}) is update
