"""What tests of commands may use."""

from __future__ import annotations

import pytest

from storage.records.database import Database
from tests.tui.shell import Shell


@pytest.fixture
def almoner(team: Database, capsys: pytest.CaptureFixture[str]) -> Shell:
    """The command line on the small team."""
    return Shell(capsys, team.path)
