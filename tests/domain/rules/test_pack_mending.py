"""All mistakes of a pack at once: those that others hid, and no words of a library's."""

from __future__ import annotations

import re
import tomllib
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest

import domain
from storage.rules.pack_set import load
from tests.house import ROOT

PAGE = (ROOT / "docs" / "schemes.md").read_text(encoding="utf-8")
PACK = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)[1]  # type: ignore[index]
SHIPPED = sorted((Path(domain.__file__).parent / "packs").glob("*.toml"))
# what is written otherwise, and what is said of it wherever else something is wrong
SLIPS = {
    ("points = 1.5", "points = -1"): "points cannot be negative",
    ("most_uplift = 2", 'most_uplift = "two"'): "write points as a number, as in 3 or 0.25",
    (
        '"In our area", points = 0, default = true',
        '"In our area", points = 0',
    ): "exactly one answer must be the default",
    ("cover = 50\n", ""): "cover is missing",
    ("red_weeks = 4", "red_weks = 4"): "unknown key",
    ("upto_percent = 94.9", "upto_percent = 104.9"): "upto_percent must rise",
    ('"cp_plan_started"', '"cp_plan_begun"'): "there is no kind of event cp_plan_begun",
    ("asye = 90", "asie = 90"): "there is no grade asie",
    ("checked = 2026-10-01", 'checked = "soon"'): "not a date",
}
_LIBRARY = re.compile(
    r"Input should|Field required|Value error|validation error|pydantic|Extra inputs|ensure this", re.IGNORECASE
)


def problems(folder: Path, text: str) -> list[str]:
    (folder / "ours.toml").write_text(text, encoding="utf-8")
    return [str(one) for one in load([folder]).problems]


@pytest.mark.parametrize("seed", range(12))
def test_mistakes_hide_one_another_never(tmp_path: Path, seed: int) -> None:
    slips = Random(seed).sample(list(SLIPS), k=4) if seed else list(SLIPS)
    text = PACK
    for before, after in slips:
        assert before in text
        text = text.replace(before, after, 1)
    found = problems(tmp_path, text)
    for slip in slips:
        assert any(SLIPS[slip] in one for one in found), (slip, found)
    assert len(found) == len(slips), found


def test_two_mistakes_of_one_sort_are_two(tmp_path: Path) -> None:
    whole = tomllib.loads(PACK)
    assert problems(tmp_path, PACK) == []
    twice = PACK.replace("co_worker = 50\n", "").replace("cover = 50\n", "")
    found = problems(tmp_path, twice)
    assert [one.rpartition(": ")[2] for one in found] == ["co_worker is missing", "cover is missing"]
    assert whole["schemes"][0]["id"] in found[0]


@pytest.mark.parametrize("file", SHIPPED, ids=lambda path: path.stem)
def test_whatever_is_wrong_is_said_in_our_words_and_nothing_breaks(file: Path) -> None:
    from domain.rules.pack_parts import read_through
    from storage.rules.pack_reading import _models

    data, rng = tomllib.loads(file.read_text(encoding="utf-8")), Random(file.stem)
    data.pop("vectors", None)
    model = _models()[data["kind"]]
    for _ in range(6):
        broken = deepcopy(data)
        for _ in range(3):
            _spoil(broken, rng)
        _, found, _ = read_through(model, broken, file.name)
        for one in found:
            assert not _LIBRARY.search(one.message), one
            assert one.message


def _spoil(part: Any, rng: Random) -> None:
    """Put something odd in a place drawn at random, or take it out."""
    while True:
        keys = list(part) if isinstance(part, dict) else list(range(len(part)))
        key = rng.choice(keys)
        inner = part[key]
        if not isinstance(inner, (dict, list)) or not inner or rng.random() < 0.1:
            break
        part = inner
    if isinstance(part, dict) and rng.random() < 0.3:
        del part[key]
    else:
        part[key] = rng.choice((None, -1, "", "odd words", [], {}, ["x"], {"a": 1}, 3.14159, True))
