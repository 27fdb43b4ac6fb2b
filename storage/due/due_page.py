"""A page of due dates: filtered and counted by the database, and no more lines than a screen shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any, NamedTuple

from domain.core.text import sort_key, whole_number
from storage.cases.case_page import escape_like
from storage.database.connection import Connection
from storage.database.fragments import HELD_BY, HOLDS
from storage.due.due_list import DueLine, due
from storage.rules.kept_packs import Packs

MOST = 1_000
NOBODY = frozenset({"none", "nobody", "unallocated"})
# What a word after "about:" asks of a case's obligation, and of a worker's.
_ABOUT = {
    "case": ("1 = 1", "1 = 0"),
    "worker": ("1 = 0", "1 = 1"),
    "supervision": ("1 = 0", "o.series = 'supervision'"),
}


class Term(NamedTuple):
    """One thing looked for: ``field`` names where (empty: anywhere), ``without`` leaves out what has it.

    Fields: worker, case, name, team, about (case, worker, supervision), what (a rule, series, pathway or word of a
    title), tier, within (days), on (a day), and state (late, postponed, unverified).
    """

    field: str
    text: str
    without: bool = False


class DuePage(NamedTuple):
    """The soonest lines of all that match, how many match, and how many are due or to be done on each day."""

    lines: list[DueLine]
    total: int
    by_due: Mapping[date | None, int]
    by_plan: Mapping[date | None, int]


class _Counted(NamedTuple):
    """How many are due on one day and to be done by another."""

    legal_due: date | None
    plan_by: date | None
    times: int


def due_page(
    conn: Connection,
    today: date,
    team: str | None = None,
    terms: Sequence[Term] = (),
    *,
    names: bool = True,
    most: int = MOST,
) -> DuePage:
    """Return the open obligations that fit every term, soonest first; a team named in a term replaces ``team``.

    With ``names`` off nothing is found by the name of a person served.
    """
    query = _Query(Packs(conn), today, names)
    if team is not None and not any(term.field == "team" for term in terms):
        query.add(Term("=team", team))
    for term in terms:
        query.add(term)
    matching, given = query.matching()
    by_due: Counter[date | None] = Counter()
    by_plan: Counter[date | None] = Counter()
    counted = f"""SELECT legal_due, plan_by, count(*) AS times FROM ({matching}) AS matching
        GROUP BY legal_due, plan_by"""  # noqa: S608
    for one in conn.each(_Counted, counted, **given):
        by_due[one.legal_due] += one.times
        by_plan[one.plan_by] += one.times
    first = f"""SELECT id FROM ({matching}) AS matching
        ORDER BY legal_due IS NULL, legal_due, subject, series LIMIT :most"""  # noqa: S608
    ids = conn.values(first, **given, most=most)
    return DuePage(list(due(conn, today=today, ids=ids)), by_due.total(), by_due, by_plan)


class _Query:
    """The query in two halves, of cases and of workers; each term adds a condition to both."""

    def __init__(self, packs: Packs, today: date, names: bool) -> None:
        self._packs = packs
        self._today = today
        self._names = names
        self._given: dict[str, object] = {"today": today}
        self._of_case: list[str] = ["c.closed IS NULL"]
        self._of_worker: list[str] = ["1 = 1"]
        self._numbers = count()

    def add(self, term: Term) -> None:
        """Add the conditions of ``term``."""
        of_case, of_worker = self._conditions(term)
        self._of_case.append(f"NOT ({of_case})" if term.without else of_case)
        self._of_worker.append(f"NOT ({of_worker})" if term.without else of_worker)

    def matching(self) -> tuple[str, dict[str, object]]:
        """Return the whole query and its values."""
        columns = "o.id, o.subject, o.series, o.legal_due AS legal_due, o.plan_by AS plan_by"
        query = f"""SELECT {columns} FROM cases c
            JOIN obligation o ON o.subject = c.reference AND o.subject_kind = 'case'
            WHERE {" AND ".join(self._of_case)}
            UNION ALL SELECT {columns} FROM worker w
            JOIN obligation o ON o.subject = w.staff_id AND o.subject_kind = 'worker'
            WHERE {" AND ".join(self._of_worker)}"""  # noqa: S608
        return query, self._given

    def _bind(self, value: object) -> str:
        name = f"v{next(self._numbers)}"
        self._given[name] = value
        return f":{name}"

    def _like(self, text: str) -> str:
        return f"LIKE {self._bind(f'%{escape_like(text)}%')} ESCAPE '\\'"

    def _conditions(self, term: Term) -> tuple[str, str]:
        text = sort_key(term.text)
        match term.field:
            case "=team":
                exact = self._bind(term.text)
                return f"c.team = {exact}", _in_team(f"= {exact}")
            case "team":
                return f"c.team {self._like(text)}", _in_team(self._like(text))
            case "worker":
                return self._held_by(text), self._is_worker(text)
            case "case":
                return f"lower(c.reference) {self._like(text)}", "1 = 0"
            case "name":
                return self._named(text), self._is_worker(text)
            case "about":
                return _ABOUT.get(text, ("1 = 0", "1 = 0"))
            case "what" | "tier":
                ruled = self._ruled(text, only_tier=term.field == "tier")
                return ruled, ruled
            case "within" | "on" | "state":
                dated = self._dated(term.field, text)
                return dated, dated
            case _:
                return self._anywhere(text)

    def _held_by(self, text: str) -> str:
        if text in NOBODY:
            return f"{HELD_BY} IS NULL"
        return f"""EXISTS (SELECT 1 FROM allocation a JOIN worker k ON k.staff_id = a.worker
            WHERE a."case" = c.reference AND a.role = 'allocated_worker' AND {HOLDS} AND (k.sort_key {self._like(text)}
            OR lower(k.staff_id) = {self._bind(text)}))"""  # noqa: S608

    def _is_worker(self, text: str) -> str:
        return f"(w.sort_key {self._like(text)} OR lower(w.staff_id) = {self._bind(text)})"

    def _named(self, text: str) -> str:
        return f"c.sort_key {self._like(text)}" if self._names else "1 = 0"

    def _ruled(self, text: str, *, only_tier: bool = False) -> str:
        rules = self._packs.all("rule").items()
        return self._one_of(name for name, s in rules if _tier(s, text) or (not only_tier and _says(name, s, text)))

    def _one_of(self, rules: Iterable[str]) -> str:
        return f"o.rule IN {self._bind(list(rules))}"

    def _dated(self, field: str, text: str) -> str:
        if field == "within":
            days = whole_number(text)
            until = self._today + timedelta(days=min(days, 36_500)) if days is not None else date.min
            return f"o.legal_due <= {self._bind(until)}"
        if field == "on":
            on = self._bind(text)
            return f"(o.legal_due = {on} OR o.plan_by = {on})"
        if text == "postponed":
            return """EXISTS (SELECT 1 FROM postponement p WHERE (p."case" = o.subject OR p.worker = o.subject)
                AND p.rule IN (o.rule, o.series) AND p.cycle = o.cycle AND p."to" >= :today)"""
        if text == "unverified":
            return self._one_of(name for name, says in self._packs.all("rule").items() if not says.get("verified"))
        return "o.legal_due < :today"

    def _anywhere(self, text: str) -> tuple[str, str]:
        ruled = self._ruled(text)
        of_case = [f"lower(c.reference) {self._like(text)}", self._named(text), self._held_by(text), ruled]
        return f"({' OR '.join(of_case)})", f"({self._is_worker(text)} OR {ruled})"


def _in_team(wanted: str) -> str:
    return f"w.staff_id IN (SELECT i.staff_id FROM worker_on(:today) i WHERE i.team {wanted})"  # noqa: S608


def _tier(says: Mapping[str, Any], text: str) -> bool:
    return sort_key(str(says.get("tier", ""))) == text


def _says(name: str, says: Mapping[str, Any], text: str) -> bool:
    """Whether a rule is meant by ``text``: its id, series or a pathway, or part of its title."""
    words: Iterable[str] = (name, str(says.get("series", "")), *says.get("pathways", ()))
    return text in words or text in sort_key(str(says.get("title", "")))
