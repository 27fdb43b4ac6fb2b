"""The kinds of record about due dates: put off, at an interval of a case's own, and as the council has them."""

from __future__ import annotations

from domain.due.overrides import Override, OverrideFields
from domain.due.records import CouncilDate, CouncilDateFields, Postponement, PostponementFields
from storage.due import checks
from storage.records.kind import Kind
from storage.tables import CouncilDateRow, OverrideRow, PostponementRow

KINDS = (
    Kind("postponement", PostponementFields, Postponement, PostponementRow, check=checks.of_postponement),
    Kind("override", OverrideFields, Override, OverrideRow, check=checks.of_override),
    Kind("council-date", CouncilDateFields, CouncilDate, CouncilDateRow, check=checks.of_council_date),
)
