"""Work that leaves a trail which can be checked: events with their lines in the change log, a set at a time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from storage.records import change_log

Execute = Callable[..., Any]

CASES = 4
_EVENT = 'INSERT INTO event (id, version, changed_by, "case", kind, "on", details, note, source) '


def lay_out(execute: Execute) -> None:
    """Put in a team and a few cases to work on."""
    execute(
        "INSERT INTO team (id, version, changed_by, name, nation, service, scheme, sort_key) "
        "VALUES (1, 1, '', 'North', 'england', '', 'three-factor', 'north')"
    )
    columns = (
        "version, changed_by, reference, team, nation, opened, close_reason, name, sibling_group, pathways, factors, "
        "area, must_have, prefers"
    )
    for n in range(CASES):
        execute(
            f"INSERT INTO cases ({columns}, sort_key) VALUES (1, '', ?, 'North', 'england', '2026-01-02', '', '', '', "
            "'[\"court\"]', '[]', '', '[]', '[]', '')",
            (f"C-{n}",),
        )


def work(execute: Execute, sets: int, chance: random.Random) -> Iterator[int]:
    """Commit ``sets`` change sets one after the other and yield the number of each once it is saved."""
    chain, next_event, states = change_log.START, 1, {}
    for number in range(1, sets + 1):
        execute("BEGIN IMMEDIATE")
        lines = []
        for _ in range(5):
            state = _state(number, chance)
            values = (next_event, state["case"], state["note"], state["source"])
            execute(_EVENT + "VALUES (?, 1, '', ?, 'case_note', '2026-03-03', '{}', ?, ?)", values)
            lines.append(change_log.LoggedRecord("event", next_event, None, change_log.canonical(state)))
            states[next_event] = state
            next_event += 1
        chosen = chance.sample(sorted(states), min(4, len(states)))
        lines += [_change(execute, key, states, chance) for key in chosen]
        chain = _log(execute, number, lines, chain)
        execute("COMMIT")
        yield number


def _state(number: int, chance: random.Random) -> dict[str, str]:
    note = chance.choice("abcdefgh") * chance.choice((10, 200, 6000))
    case = f"C-{chance.randrange(CASES)}"
    return {"case": case, "kind": "case_note", "on": "2026-03-03", "note": note, "source": str(number)}


def _change(
    execute: Execute, key: int, states: dict[int, dict[str, str]], chance: random.Random
) -> change_log.LoggedRecord:
    before = states[key]
    if chance.random() < 0.3:
        execute("DELETE FROM event WHERE id = ?", (key,))
        del states[key]
        return change_log.LoggedRecord("event", key, change_log.canonical(before), None)
    after = {**before, "note": chance.choice("stuvwxyz") * chance.choice((0, 900, 9000))}
    execute("UPDATE event SET note = ? WHERE id = ?", (after["note"], key))
    states[key] = after
    return change_log.LoggedRecord("event", key, change_log.canonical(before), change_log.canonical(after))


def _log(execute: Execute, number: int, lines: list[change_log.LoggedRecord], chain: str) -> str:
    salts = change_log.salts(len(lines))
    commitments = [change_log.commit_to(line, salt) for line, salt in zip(lines, salts, strict=True)]
    heading = [
        "A. Hughes",
        "ahughes",
        "2026-11-20T10:00:00Z",
        f"set {number}",
        None,
        len(lines),
        change_log.commit_to_all(commitments),
    ]
    chain = change_log.link(chain, heading)
    execute("INSERT INTO change_set VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (number, *heading, chain))
    for line, salt, commitment in zip(lines, salts, commitments, strict=True):
        values = (number, line.record, line.key, line.before, line.after, salt, commitment)
        execute("INSERT INTO change VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", values)
    return chain
