"""Running the command line inside a test: what it answered, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tui.cli import run

TODAY = "2026-11-20"


class Answer(NamedTuple):
    """Exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


class Shell:
    """`almoner` on one database, on 20 November 2026."""

    def __init__(self, capture: pytest.CaptureFixture[str], path: Path) -> None:
        self._capture = capture
        self.path = path

    def __call__(self, *words: str) -> Answer:
        self._capture.readouterr()
        code = run(["--database", str(self.path), "--today", TODAY, "--as", "A. Hughes", *words])
        said = self._capture.readouterr()
        assert "Traceback" not in said.out + said.err
        assert "Something went wrong" not in said.err, said.err
        return Answer(code, said.out, said.err)

    def record(self, kind: str, document: str, folder: Path) -> Answer:
        """Record a document given as text."""
        file = folder / "document.toml"
        file.write_bytes(document.encode("utf-8", "surrogatepass"))
        return self("record", kind, "--from", str(file))
