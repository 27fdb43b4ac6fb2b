"""report: evidence, each report declared by its own subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.due.commands import timeliness_report
from tui.learning.commands import learners_report
from tui.supervision.commands import supervision_report

if TYPE_CHECKING:
    from tui.commandline.parser import Commands


def declare(commands: Commands) -> None:
    """Declare every subject's reports."""
    reports = commands.group("report")
    for subject in (timeliness_report, supervision_report, learners_report):
        subject.declare(reports)
