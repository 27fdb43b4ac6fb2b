"""Data is cleaned where it enters; what lays it out stays as it is written."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.text import cell, drawn, laid, line, show

ROOT = Path(__file__).resolve().parents[3] / "tui"
CLEANING = {"show", "line", "cell", "plain"}


def test_a_layout_keeps_its_spaces_and_line_breaks() -> None:
    assert laid("\n   {word:<8}{value}\n", word="was", value="North").plain == "\n   was     North\n"


@given(st.text(max_size=60))
def test_what_enters_a_layout_is_cleaned_like_any_data(words: str) -> None:
    assert laid("<{words}>", words=words).plain == f"<{show(words).plain}>"


def test_data_cannot_lay_out_or_name_other_data() -> None:
    assert laid("  {one}", one="\n\n {two}\x1b[2J").plain == "  {two}"


def test_numbers_in_a_layout_may_be_written_as_figures() -> None:
    assert laid("  and {more:,} more", more=1016).plain == "  and 1,016 more"


def test_a_layout_has_one_style() -> None:
    assert [str(span.style) for span in laid("\n{hint}", "$muted", hint="x").spans] == ["$muted"]


def test_every_space_of_a_drawing_counts() -> None:
    assert drawn("█▌    │  ", "red").plain == "█▌    │  "


def literal_parts(node: ast.expr) -> Iterator[str]:
    """The words written out in an argument, in their order; data among them as a cross."""
    if isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "×"
    elif isinstance(node, ast.BinOp):
        yield from literal_parts(node.left)
        yield from literal_parts(node.right)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        yield "×"


def cleaned_layouts(source: str) -> Iterator[int]:
    """The lines on which something that lays out is sent through the cleaning of data."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or not call.args:
            continue
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        argument = call.args[0]
        branches = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]
        for words in ("".join(literal_parts(branch)) for branch in branches):
            if name in CLEANING and (words != words.strip() or "\n" in words):
                yield call.lineno


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_layout_is_sent_through_the_cleaning_of_data(path: Path) -> None:
    assert list(cleaned_layouts(path.read_text("utf-8"))) == [], f"use laid() or drawn(): {path.name}"


@pytest.mark.parametrize(
    "call",
    ['show(words + "\\n")', 'show(f"\\n{hint}" if hint else "")', 'cell(f"  {word}")', 'show("a\\nb")', 'line(" x")'],
)
def test_the_rule_about_layouts_finds_them(call: str) -> None:
    assert list(cleaned_layouts(call)) == [1]


def test_data_shown_alone_has_no_space_around_it() -> None:
    assert (show(" a\n b ").plain, cell(" a\n b ").plain, line(" a\n b ")) == ("a\n b", "a b", "a b")
