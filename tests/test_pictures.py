"""The pictures in the documentation show what the screens show, and ask nothing of the network."""

from __future__ import annotations

import asyncio
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.house import ROOT

FOLDER = ROOT / "docs" / "pictures"
FILES = sorted(FOLDER.glob("*.svg"))
FETCHES = re.compile(r"@font-face|@import|url\((?!#)|href=|<image|<script", re.IGNORECASE)


def _maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pictures_make", FOLDER / "make.py")
    assert spec is not None
    assert spec.loader is not None
    maker = sys.modules["pictures_make"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    return maker


@pytest.mark.slow
def test_pictures_show_what_the_screens_show() -> None:
    maker = _maker()
    fresh = {f"{name}.svg": maker.words(svg) for name, svg in asyncio.run(maker.pictures()).items()}
    there = {path.name: maker.words(path.read_text(encoding="utf-8")) for path in FILES}
    stale = sorted(name for name in fresh.keys() | there if fresh.get(name) != there.get(name))
    assert not stale, f"out of date in docs/pictures: {', '.join(stale)}; run: python docs/pictures/make.py"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_opening_a_picture_asks_nothing_of_the_network(path: Path) -> None:
    assert not FETCHES.findall(path.read_text(encoding="utf-8"))


def test_the_pages_name_pictures_that_are_there() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    named = {name for page in pages for name in re.findall(r"pictures/([\w-]+\.svg)", page.read_text(encoding="utf-8"))}
    assert named == {path.name for path in FILES}
