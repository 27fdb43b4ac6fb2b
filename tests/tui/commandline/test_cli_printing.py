"""Tables, JSON and CSV: legible, valid, and harmless whatever the text."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.core.text import clean
from tui.commandline import printing

UNFIT = set(range(32)) - {10} | set(range(0x7F, 0xA0)) | {0x202E, 0x200B, 0xFEFF}
texts = st.text(max_size=80)
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_columns_line_up_and_numbers_stand_right(capsys: pytest.CaptureFixture[str]) -> None:
    printing.table(
        ("Case", "Points", "Due"), [("C-1", 9, date(2026, 11, 27)), ("C-1001", 12, None)], date(2026, 11, 20)
    )
    assert capsys.readouterr().out == (
        "Case    Points  Due\n------  ------  ----------\nC-1          9  Fri 27 Nov\nC-1001      12  –\n"
    )


def test_nothing_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert printing.table(("A",), []) == 0
    assert printing.put_json_list([]) == 0
    assert capsys.readouterr().out == "[]\n"


def test_a_list_streams_and_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert printing.put_json_list({"n": n, "on": date(2026, 1, 1)} for n in range(3)) == 3
    assert json.loads(capsys.readouterr().out) == [{"n": n, "on": "2026-01-01"} for n in range(3)]


@quick
@given(texts)
def test_json_keeps_every_text_and_lets_no_control_out(text: str) -> None:
    said = printing.as_json({"text": text})
    assert json.loads(said) == {"text": text}
    assert not UNFIT & set(map(ord, said))


@quick
@given(texts)
def test_a_table_lets_no_control_out(capsys: pytest.CaptureFixture[str], text: str) -> None:
    printing.table(("Name",), [(text,), ([text],), ({"a": text},)])
    printing.outline({"name": text, "parts": [{"inner": text}]})
    said = capsys.readouterr().out
    assert not UNFIT & set(map(ord, said))
    assert "\n" * 3 not in said


@quick
@given(st.lists(texts, min_size=1, max_size=4))
def test_csv_gives_texts_back_and_starts_no_formula(capsys: pytest.CaptureFixture[str], row: list[str]) -> None:
    capsys.readouterr()
    printing.put_csv([f"c{n}" for n in range(len(row))], [row])
    _, read = csv.reader(io.StringIO(capsys.readouterr().out))
    for text, cell in zip(row, read, strict=True):
        assert not any(line.lstrip(" \t")[:1] in set("=+-@|%＝＋－＠") and line.strip() for line in cell.split("\n"))
        assert cell.replace("'", "") == clean(text).replace("'", "")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("  @x", "'@x"), ("two\n-lines", "two\n'-lines"), ("plain", "plain"), (-3, "-3"), (0.6, "0.6"),
        (date(2026, 3, 1), "2026-03-01"), (None, ""), (True, "yes"), (["a", "=b"], "a; =b"),
    ],
)  # fmt: skip
def test_a_csv_cell(value: Any, cell: str, capsys: pytest.CaptureFixture[str]) -> None:
    printing.put_csv(["v"], [[value]])
    assert list(csv.reader(io.StringIO(capsys.readouterr().out)))[1:] == [[cell] if cell else []] or cell == ""


def test_a_scheme_shows_points_not_hundredths() -> None:
    from tui.home.record_commands import _in_points

    kept = {"full_time_points": 10_000, "factors": [{"options": [{"points": 25}, {"points": 300}]}], "band_edges": [1]}
    assert _in_points(kept) == {"full_time_points": 100, "factors": [{"options": [{"points": 0.25}, {"points": 3}]}]}
