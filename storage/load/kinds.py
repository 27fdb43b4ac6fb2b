"""The kinds of record about load: less capacity, other work, concerns and weighings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.load.records import (
    Concern,
    ConcernFields,
    Extra,
    ExtraFields,
    Reduction,
    ReductionFields,
    Unplanned,
    UnplannedFields,
    Weighting,
    WeightingFields,
)
from domain.load.weighting import score
from storage.load import checks
from storage.records.kind import ByHand, Data, Kind, SignatureRule, touch, touch_nothing
from storage.tables import ConcernRow, ExtraRow, ReductionRow, UnplannedRow, WeightingRow

if TYPE_CHECKING:
    from storage.rules.pack_set import PackSet

_WEIGHED = ("case", "scheme", "on", "answers", "uplift", "uplift_reason", "why")
_WEIGH_AGAIN = "Both have agreed to it. Weigh the case again: almoner record weighting"
_of_worker = touch("workers", "worker")


def _with_points(values: dict[str, Any], packs: PackSet) -> dict[str, Any]:
    scheme = packs.scheme(values["scheme"])
    values["points"] = score(scheme, values["answers"], values["uplift"]).points
    values["scheme_version"] = scheme.version
    return values


def _refuse_agreed(found: Weighting, wanted: Data) -> None:
    """Refuse to change what somebody agreed of a weighing."""
    if agreed := found.agreed_worker or found.agreed_supervisor:
        for name in _WEIGHED:
            if name in wanted:
                words = f"{name}: this weighing was agreed on {show_day(agreed)}, so it stays as it is."
                raise BadInput(words, field=name, hint="Weigh the case again: almoner record weighting")


KINDS = (
    Kind(
        "reduction",
        ReductionFields,
        Reduction,
        ReductionRow,
        touches=_of_worker,
        check=checks.of_reduction,
        either=("percent", "hours"),
    ),
    Kind(
        "weighting",
        WeightingFields,
        Weighting,
        WeightingRow,
        complete=_with_points,
        follows=("scheme", "answers", "uplift"),
        check=checks.of_weighting,
        signed=SignatureRule(dict.fromkeys(("agreed_worker", "agreed_supervisor"), _WEIGH_AGAIN), jointly=True),
        by_hand=ByHand(refuse=_refuse_agreed),
    ),
    Kind("extra", ExtraFields, Extra, ExtraRow, touches=_of_worker, check=checks.of_extra),
    Kind("unplanned", UnplannedFields, Unplanned, UnplannedRow, touches=touch_nothing, check=checks.of_unplanned),
    Kind("concern", ConcernFields, Concern, ConcernRow, touches=_of_worker, check=checks.of_concern),
)
