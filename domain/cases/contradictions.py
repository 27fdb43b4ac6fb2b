"""Events that cannot all be right: twice the same, an end before its start, before birth, in the future."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

from domain.cases.subject import Gap, Happening, Subject
from domain.core.dates import show_day

# Before birth a case has these only.
PREBIRTH = frozenset({"referral_received", "assessment_started", "assessment_completed", "strategy_discussion_held"})
PREBIRTH_PREFIXES = ("s47_", "icpc_", "cp_plan_", "rcpc_", "core_group_", "plo_", "case_note", "cp_visit")
# Begins and ends that do not name each other by "_started" and "_ended".
_PAIRS = {"ceased_looked_after": "became_looked_after"}
_ENDED, _STARTED = "_ended", "_started"


def before_birth(kind: str, on: date, born: date | None) -> bool:
    """Whether an event of ``kind`` cannot have happened on ``on``, the child not being born."""
    return born is not None and on < born and kind not in PREBIRTH and not kind.startswith(PREBIRTH_PREFIXES)


def all_gaps(subject: Subject, found: Sequence[Gap], titles: Mapping[str, str], today: date) -> list[Gap]:
    """Return what contradicts itself in a subject's events, and then what the engine found missing.

    Where an end lies before its start, the engine's own remark that it has none before it is left out.
    """
    doubts = [Gap("", words) for words in contradictions(subject, titles, today)]
    ends = tuple(f"{_title(kind, titles)} recorded on {show_day(on)} with no start" for kind, on, _ in _early(subject))
    return [*doubts, *(gap for gap in found if not (ends and gap.message.startswith(ends)))]


def contradictions(subject: Subject, titles: Mapping[str, str], today: date) -> list[str]:
    """Return in plain words what cannot be right among a subject's events, in order of day."""
    told = [*_each(subject, titles, today), *_twice(subject, titles), *_out_of_order(subject, titles)]
    return [words for _, words in sorted(dict.fromkeys(told))]


def _each(subject: Subject, titles: Mapping[str, str], today: date) -> Iterator[tuple[date, str]]:
    for event in subject.happenings:
        said = f"{_title(event.kind, titles)} recorded on {show_day(event.on)}"
        if event.on > today:
            yield event.on, f"{said}, which lies in the future"
        if before_birth(event.kind, event.on, subject.born):
            yield event.on, f"{said}, before the birth"
        if subject.closed is not None and event.on > subject.closed:
            yield event.on, f"{said}, after the case closed on {show_day(subject.closed)}"


def _twice(subject: Subject, titles: Mapping[str, str]) -> Iterator[tuple[date, str]]:
    times = Counter((event.kind, event.on, _facts(event)) for event in subject.happenings)
    for (kind, on, _), number in times.items():
        if number > 1 and kind != "case_note":
            how_often = "twice" if number == 2 else f"{number} times"
            yield on, f"{_title(kind, titles)} recorded {how_often} on {show_day(on)}"


def _facts(event: Happening) -> tuple[str, ...]:
    return tuple(sorted(f"{name}={value}" for name, value in event.details.items()))


def _out_of_order(subject: Subject, titles: Mapping[str, str]) -> Iterator[tuple[date, str]]:
    for kind, on, start in _early(subject):
        later = f"{_title(start.kind, titles)} on {show_day(start.on)}"
        yield on, f"{_title(kind, titles)} recorded on {show_day(on)}, before {_small(later)}"


def _early(subject: Subject) -> Iterator[tuple[str, date, Happening]]:
    """Yield every end with no start open before it, though one comes later, with that start."""
    open_now: set[str] = set()
    events = sorted(subject.happenings, key=lambda event: event.on)
    for on, group in groupby(events, key=lambda event: event.on):
        kinds = sorted({event.kind for event in group})
        ends = {kind: start for kind in kinds if (start := _start_of(kind)) is not None}
        # What ends and what begins on one day: the old one ends before the new one begins.
        settled = {kind for kind, start in ends.items() if start in open_now}
        open_now -= {ends[kind] for kind in settled}
        open_now.update(kinds)
        for kind in sorted(ends.keys() - settled):
            later = next((e for e in events if e.kind == ends[kind] and e.on > on), None)
            if ends[kind] in open_now:
                open_now.discard(ends[kind])
            elif later is not None:
                yield kind, on, later


def _start_of(kind: str) -> str | None:
    """Return the kind of event that an end ends; None where ``kind`` ends nothing."""
    if kind in _PAIRS:
        return _PAIRS[kind]
    return kind.removesuffix(_ENDED) + _STARTED if kind.endswith(_ENDED) else None


def _title(kind: str, titles: Mapping[str, str]) -> str:
    return titles.get(kind, kind.replace("_", " "))


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]
