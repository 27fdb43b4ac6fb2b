"""What an extract brings a second time under another key: cases, workers and teams that are probably on file already.

It is said and not refused, and nothing is merged by itself. A row of a case or worker that is known by another key now,
corrected or merged, is read as that one's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from domain.core.text import sort_key
from domain.people.similar_keys import alike
from storage.database.connection import Connection
from storage.importing.compare_cases import Work
from storage.importing.extract import Extract, Item
from storage.records.keys import former_keys

MOST_OF_IT = 0.5  # of a new team's workers who are on file in one other team

_KEYS = {"case": "reference", "worker": "staff_id", "team": "name"}
_NAMING = {"case": ("case", "reference"), "worker": ("worker", "staff_id", "supervisor", "line_manager")}


# known by another key now ---------------------------------------------------------------------------------------------


def follow_former(conn: Connection, extract: Extract) -> None:
    """Read rows under a former key as rows of what it leads to; that one's own row, where it has one, counts."""
    for kind, fields in _NAMING.items():
        led = former_keys.led_by(conn, kind)
        if led:
            _follow(extract, kind, fields, led)


def _follow(extract: Extract, kind: str, fields: Iterable[str], led: Mapping[str, str]) -> None:
    own = {item.data[_KEYS[kind]] for item in extract.items[kind]}
    extract.items[kind] = [item for item in extract.items[kind] if led.get(item.data[_KEYS[kind]]) not in own]
    for items in extract.items.values():
        for item in items:
            for field in fields:
                if item.data.get(field) in led:
                    item.data[field] = led[item.data[field]]


# probably one --------------------------------------------------------------------------------------------------------


class _OnFile(NamedTuple):
    key: str
    name: str
    born: date | None = None
    registration: str = ""
    email: str = ""


def note_probably_one(conn: Connection, work: Work) -> None:
    """Note, beside what is new, what on file or in the extract it may be one with."""
    _cases(conn, work)
    _workers(conn, work)
    _teams(work)


def _new(work: Work, kind: str) -> Iterator[tuple[Item, dict[str, Any]]]:
    rows = {row[_KEYS[kind]]: row for row in work.diff.additions[kind]}
    for item in work.extract.items[kind]:
        row = rows.pop(item.data[_KEYS[kind]], None)
        if row is not None:
            yield item, row


def _cases(conn: Connection, work: Work) -> None:
    if not work.diff.additions["case"]:
        return
    references: dict[str, str] = {}
    children: dict[tuple[str, date], str] = {}
    for one in conn.each(_OnFile, "SELECT reference AS key, sort_key AS name, born FROM cases ORDER BY id"):
        references.setdefault(alike(one.key), one.key)
        if one.name and one.born:
            children.setdefault((one.name, one.born), one.key)
    for item, row in _new(work, "case"):
        key, child = row["reference"], (sort_key(row["name"]), row["born"])
        like = references.setdefault(alike(key), key)
        same = children.setdefault(child, key) if all(child) else key
        for other, why in ((like, "references alike"), (same, "same name and birth date")):
            if other != key:
                words = f"may be the same child as {other} ({why}); taken as a case of its own"
                work.note(item, "reference", key, words)
                break


def _workers(conn: Connection, work: Work) -> None:
    if not work.diff.additions["worker"]:
        return
    known: dict[tuple[str, str], str] = {}
    query = "SELECT staff_id AS key, sort_key AS name, NULL AS born, registration, email FROM worker ORDER BY id"
    for one in conn.each(_OnFile, query):
        for likeness in _likenesses(one.key, one.name, one.registration, one.email):
            known.setdefault(likeness, one.key)
    for item, row in _new(work, "worker"):
        key = row["staff_id"]
        name = "" if row["name"] == key else sort_key(row["name"])
        found = {
            by: known.setdefault((by, like), key)
            for by, like in _likenesses(key, name, row["registration"], row["email"])
        }
        other = next(((by, who) for by, who in found.items() if who != key), None)
        if other is not None:
            words = f"may be the same person as {other[1]} ({other[0]}); taken as a worker of their own"
            work.note(item, "staff_id", key, words)


def _likenesses(key: str, name: str, registration: str, email: str) -> Iterator[tuple[str, str]]:
    yield "staff ids alike", alike(key)
    if registration:
        yield "same registration number", registration.upper().replace(" ", "")
    if email:
        yield "same e-mail address", email.casefold()
    if name:
        yield "same name", name


def _teams(work: Work) -> None:
    """Note a new team whose workers are mostly on file in one other: it may have another name now."""
    members: dict[str, Counter[str]] = defaultdict(Counter)
    known = {alike(name): name for name in work.kept.teams}
    for item in (*work.extract.items["worker"], *work.extract.items["allocation"]):
        was = work.kept.workers.get(item.data.get("staff_id") or item.data.get("worker") or "")
        team = item.data.get("team") or _team_of_case(work, item)
        if team and was is not None:
            members[team][was.fields["team"]] += 1
    for item, row in _new(work, "team"):
        name = row["name"]
        like, (other, count) = known.get(alike(name)), _most(members[name])
        if like is not None:
            work.note(item, "name", name, f"is like the team {like!r}; taken as a team of its own")
        elif other and other != name and count > MOST_OF_IT * members[name].total():
            words = f"has the workers of {other!r}: has that team another name now? Taken as a team of its own"
            work.note(item, "name", name, words)


def _team_of_case(work: Work, item: Item) -> str:
    case = work.cases.get(item.data.get("case") or "")
    return str(case["team"]) if case else ""


def _most(counts: Counter[str]) -> tuple[str, int]:
    return counts.most_common(1)[0] if counts else ("", 0)
