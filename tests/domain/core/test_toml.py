"""TOML that somebody else wrote: read within bounds, or refused in a sentence."""

from __future__ import annotations

import pytest

from domain.core import toml


@pytest.mark.parametrize(
    "text",
    [
        "x=" + "[" * 50_000,
        "x=" + "[" * 300 + "]" * 300,
        "x=" + "{a=" * 3_000 + "1" + "}" * 3_000,
        ".".join(["a"] * 200_000) + "=1",
        "[" + ".".join(["a"] * 200_000) + "]",
        "x = { " + " . ".join(['"\\""'] * 100_000) + " = 1 }",
        "x=" + "9" * 5_000,
        "x=" + "9" * 100,
        "x = [{y = 0x" + "f" * 100 + "}]",
        "x=1" + "_1" * 100_000,
        "a" * (toml.LARGEST + 1),
        "x",
        b"\xff",
    ],
)
def test_what_no_person_would_write_is_refused_at_once(text: str | bytes) -> None:
    with pytest.raises(toml.TomlFault) as told:
        toml.parsed(text)
    assert len(str(told.value)) < 200


def test_what_people_write_is_read() -> None:
    text = 'a.b.c = 1\r\nnote = """\r\nOne. Two. 3.4.5.6 ' + "a.b." * 9 + '"""\r\n[[case]]\r\nopened = 2026-03-02\r\n'
    found = toml.parsed(b"\xef\xbb\xbf" + text.encode())
    assert found["a"] == {"b": {"c": 1}}
    assert found["note"].startswith("One. Two.")
    assert found["case"][0]["opened"].year == 2026


def test_tables_may_be_as_deep_as_the_bound() -> None:
    deepest = toml.DEEPEST - 2
    toml.parsed("x=" + "[" * deepest + "1" + "]" * deepest)
    with pytest.raises(toml.TomlFault):
        toml.parsed("x=" + "[" * (deepest + 1) + "1" + "]" * (deepest + 1))
