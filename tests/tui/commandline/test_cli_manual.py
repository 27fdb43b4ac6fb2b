"""The manual and the program say the same."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tui.cli import build_parser
from tui.commandline.catalogue import COMMANDS
from tui.commandline.documents import KINDS

DOCS = Path(__file__).resolve().parents[3] / "docs"
MANUAL = (DOCS / "command-line.md").read_text("utf-8")
EXAMPLES = [line.strip() for line in MANUAL.splitlines() if line.startswith("    almoner ")]
CALENDARS = "".join((DOCS / name).read_text("utf-8") for name in ("calendar.md", "outlook.md"))
IN_PASSING = re.findall(r"^ {4}(almoner .+)|`(almoner calendar [a-z]+ [^`.]+)`", CALENDARS, re.MULTILINE)


@pytest.mark.parametrize("example", [*EXAMPLES, *(line or inline for line, inline in IN_PASSING)])
def test_every_example_is_understood(example: str) -> None:
    words = shlex.split(example, comments=True)[1:]
    words = words[: words.index(">")] if ">" in words else words
    options = build_parser(words).parse_args(words)
    assert callable(options.run)


def test_every_command_has_an_example() -> None:
    assert {example.split()[1] for example in EXAMPLES} == {entry.name for entry in COMMANDS}


def test_the_kinds_of_records_are_listed() -> None:
    assert f"Kinds: {', '.join(KINDS)}." in MANUAL
