"""Weigh a case under a scheme: its answers give points, with a line for each factor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from domain.core.enums import Pathway
from domain.load.schemes import Scheme
from domain.load.scoring import Score, default_item_answers, score_item


def score(scheme: Scheme, answers: Mapping[str, object], uplift: int = 0) -> Score:
    """Return the points of a case, in hundredths, with what was added or taken by hand; never below nothing.

    Raises BadInput naming the factor that is unknown, unanswered or answered oddly, or an uplift over the cap.
    """
    return score_item(scheme.item, answers, uplift)


def default_answers(scheme: Scheme, pathways: Iterable[Pathway], *, further: bool = False) -> dict[str, str]:
    """Return the answers assumed for a case not weighed yet: per factor, the heaviest default of its pathways.

    ``further``: a brother or sister of a child counted already.
    """
    return default_item_answers(scheme.item, pathways, further=further)
