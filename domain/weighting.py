"""Weighing a case: the answers to a scheme's questions become points that explain themselves, a line a factor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from domain.ids import Pathway
from domain.packparts import AtLeastOne, Citation, PackPart, read_pack
from domain.schemes import (
    MOST_QUESTIONS,
    Assumption,
    Band,
    Factor,
    Option,
    Scheme,
    SchemePack,
    read_schemes,
)
from domain.scoring import UPLIFT, Score, ScoreLine, default_item_answers, score_item

__all__ = [
    "MOST_QUESTIONS", "UPLIFT", "Assumption", "AtLeastOne", "Band", "Citation", "Factor", "Option", "PackPart",
    "Scheme", "SchemePack", "Score", "ScoreLine", "default_answers", "read_pack", "read_schemes", "score",
]  # fmt: skip


def score(scheme: Scheme, answers: Mapping[str, object], uplift: int = 0) -> Score:
    """Return the points of a case, in hundredths, with what was added or taken by hand; never below nothing.

    Raises BadInput naming the factor that is unknown, unanswered or answered oddly, or an uplift over the cap.
    """
    return score_item(scheme.item, answers, uplift)


def default_answers(scheme: Scheme, pathways: Iterable[Pathway]) -> dict[str, str]:
    """Return the answers assumed for a case not weighed yet: per factor, the heaviest default of its pathways."""
    return default_item_answers(scheme.item, pathways)
