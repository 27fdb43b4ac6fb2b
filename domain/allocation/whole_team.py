"""Who may hold which of a whole team's cases, at once: for planning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from domain.allocation.eligibility import OF_LOAD, Asked, Candidate, CaseNeeds, Finding, Rule, about, findings
from domain.allocation.reading import because
from domain.core.enums import Role


def eligible(
    rules: Iterable[Rule], cases: Iterable[CaseNeeds], workers: Sequence[Candidate], on: date
) -> dict[str, dict[str, tuple[Finding, ...]]]:
    """Return, by case and staff id, the hard rules that stand against a worker holding it; who is absent may.

    What is only soon otherwise with a worker is a caution, and not among them. Rules about load and siblings are left
    out: a plan weighs those itself. Cases that ask the same are looked at once.
    """
    hard = [rule for rule in rules if rule.get("hard") and rule["kind"] not in OF_LOAD]
    asked, seen = Asked(on), {}
    found = {}
    for case in cases:
        bare = _bare(case)
        alike = tuple(bare[: CaseNeeds._fields.index("siblings")])
        if alike not in seen:
            those = about(hard, case)
            seen[alike] = (those, _against(those, bare, workers, asked))
        those, general = seen[alike]
        own = _against(those, case, [w for w in workers if w.staff_id in case.conflicts], asked)
        found[case.reference] = {**general, **own}
    return found


def _bare(case: CaseNeeds) -> CaseNeeds:
    """Return what such a rule can see of a case: nothing that is the case's own alone, and of what is in force that."""
    joint = tuple(one for one in case.beside if one.role == Role.CO_WORKER)
    standing = tuple(one._replace(since=date.min, until=None) for one in case.in_force)
    bare = case._replace(reference="", points=0, holder=None, beside=joint, siblings=(), in_force=standing)
    return bare._replace(conflicts={}, held_before={})


def _against(
    rules: Sequence[Rule], case: CaseNeeds, workers: Iterable[Candidate], asked: Asked
) -> dict[str, tuple[Finding, ...]]:
    if not (workers := list(workers)):
        return {}
    case = case._replace(holder=None)
    reasons = {rule["id"]: because(rule, case) for rule in rules}
    told = ((worker.staff_id, findings(rules, case, worker, asked, reasons)) for worker in workers)
    hard = ((staff_id, tuple(one for one in found if one.hard)) for staff_id, found in told)
    return {staff_id: found for staff_id, found in hard if found}
