"""The words and signs that the due commands share."""

from __future__ import annotations

GLYPHS = {"overdue": "● late", "due": "◐ due", "upcoming": "○ ahead", "unset": "– not set"}


NOT_SET = "local standard not set"
