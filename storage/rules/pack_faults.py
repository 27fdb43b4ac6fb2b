"""Where in a pack a fault lies, in the words in which people speak of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.core.errors import Problem


@dataclass(frozen=True, slots=True)
class PackProblem:
    """What is wrong with a pack, and where."""

    file: str
    rule: str
    key: str
    message: str

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.file, self.rule, self.key) if part)
        return f"{place}: {self.message}"


def rules_given(data: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the keys each rule itself gives, by its id."""
    rules = data.get("rules")
    if not isinstance(rules, list):
        return {}
    return {str(rule.get("id", rule.get("replaces"))): list(rule) for rule in rules if isinstance(rule, dict)}


_PARTS = frozenset(
    (
        "events", "grades", "schemes", "reasons", "ramps", "terms", "rules", "policies",
        "standards", "missed_reasons", "intervals", "ladders", "nudges", "tolerances", "formats", "frameworks",
        "registrations", "trainings", "progressions", "programmes", "factors", "specialisms", "in_force",
    )
)  # fmt: skip
_RULE_KINDS = frozenset({"after", "staged", "until", "before", "age", "dated", "linked", "counted", "in_a_row"})


def placed(problem: Problem) -> PackProblem:
    """Return a fault found in a file with the part it lies in and the key, as they are spoken of."""
    part, _, rest = problem.column.partition(".")
    name, _, key = rest.partition(".")
    if part not in _PARTS or not name:
        return PackProblem(problem.file, "", problem.column, problem.message)
    first, _, tail = key.partition(".")
    key, message = tail if first in _RULE_KINDS else key, problem.message
    said, _, rest = message.partition(": ")
    if not key and rest and said.isidentifier():
        key, message = said, rest
    return PackProblem(problem.file, name, key, message)
