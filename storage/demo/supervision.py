"""What supervision leaves behind in a made-up team: agreements, what was said, decided and agreed to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any, NamedTuple

from domain.supervision.actions import CARRIED
from domain.supervision.agenda import PARKS
from storage.demo import session_texts
from storage.demo.case_story import office_day

Row = dict[str, Any]
KINDS = ("agreement", "discussion", "rating", "decision", "action", "agenda-item")
TOLD_IN_FULL = 60  # sessions: more than anybody had in two years
_MOST = 9  # cases talked through in one session
_NEVER = 13  # about one case in so many never comes up
_FIRST = frozenset(("child_protection", "pre_proceedings", "court", "safeguarding_adult"))
_ADULTS = frozenset(
    ("care_act", "carer_support", "safeguarding_adult", "mental_capacity", "mental_health", "transition")
)
_STANDING = ("Wellbeing", "Actions from last time", "Cases", "Lone working and safety", "Learning")
_CONFIDENTIAL = "Between the two, and the supervisor's manager where they need to know. Safety comes before that."
_DISAGREE = "We talk first, then write both views down; then it goes to the supervisor's manager."


class Pair(NamedTuple):
    """Somebody and who supervises them, with their names; from ``since`` to the day they leave."""

    worker: str
    name: str
    supervisor: str
    supervisor_name: str
    grade: str
    fte: int
    since: date | None
    leaves: date | None = None


class Held(NamedTuple):
    """A session that was held, by its number."""

    id: int
    worker: str
    supervisor: str
    on: date


class Case(NamedTuple):
    """A case somebody held from a day up to another."""

    reference: str
    pathways: Sequence[str]
    starts: date
    ends: date | None

    @property
    def number(self) -> int:
        """The number in its reference."""
        return int(self.reference.rpartition("-")[2])


@dataclass
class Numbers:
    """Numbers run on from team to team, as they will in the database."""

    sessions: int = 0
    actions: Iterator[int] = field(default_factory=lambda: count(1))


class Talks:
    """Tells the supervision of one team; only the newest ``told`` sessions of each person in full."""

    def __init__(self, rows: dict[str, list[Row]], rng: Random, numbers: Numbers, today: date, told: int) -> None:
        self._rows = rows
        self._rng = rng
        self._numbers = numbers
        self._today = today
        self._told = told
        self._cases = _cases_of(rows)
        self._held: dict[str, list[Held]] = defaultdict(list)

    def tell(self, pairs: Sequence[Pair]) -> None:
        """Tell everybody's supervision."""
        by_worker = {pair.worker: pair for pair in pairs}
        for place, row in enumerate(self._rows["session"], self._numbers.sessions + 1):
            if row["state"] == "held":
                self._held[row["worker"]].append(Held(place, row["worker"], row["supervisor"], row["held_on"]))
                self._record(row, by_worker[row["worker"]])
        self._numbers.sessions += len(self._rows["session"])
        for number, pair in enumerate(pairs):
            self._agree(pair, number)
            self._talk(pair)
            self._raise(pair)

    @property
    def _in_full(self) -> bool:
        return self._told >= TOLD_IN_FULL

    # agreements and records ------------------------------------------------------------------------------------------

    def _agree(self, pair: Pair, number: int) -> None:
        last = min(pair.leaves or self._today, self._today)
        begun = max(pair.since or date.min, last - timedelta(days=340 - 37 * number % 300))
        starts = office_day(min(begun + timedelta(days=10), last))
        signed = min(starts + timedelta(days=3), last)
        half = number % 5 == 4  # one in five is still without the supervisor's signature
        self._rows["agreement"].append(
            {
                "worker": pair.worker, "supervisor": pair.supervisor, "standard": _standard(pair), "starts": starts,
                "minutes": 90, "agenda": _STANDING, "confidentiality": _CONFIDENTIAL, "disagreement": _DISAGREE,
                "signed_worker": signed, "signed_worker_by": pair.name,
                "signed_supervisor": None if half else signed,
                "signed_supervisor_by": "" if half else pair.supervisor_name,
            }
        )  # fmt: skip

    def _record(self, session: Row, pair: Pair) -> None:
        """Say when the record was complete and agreed; a few records wait for it."""
        rng, on = self._rng, session["held_on"]
        recorded = on + timedelta(days=rng.choice((0, 0, 0, 1, 1, 3, 8)))
        agreed = [recorded + timedelta(days=rng.choice((0, 1, 2, 5, 9))) for _ in range(2)]
        if recorded > self._today or rng.random() < 0.04:
            return
        session["recorded_on"] = recorded
        if max(agreed) <= self._today and rng.random() < 0.93:
            session["agreed_worker"], session["agreed_supervisor"] = agreed
            session["agreed_worker_by"], session["agreed_supervisor_by"] = pair.name, pair.supervisor_name

    # sessions --------------------------------------------------------------------------------------------------------

    def _talk(self, pair: Pair) -> None:
        talked: dict[str, date] = {}
        sessions = self._held[pair.worker][-self._told :]
        for number, held in enumerate(sessions):
            cases = self._chosen(held, talked)
            for case in cases:
                self._discuss(held, case, rated=number + 1 == len(sessions) or self._in_full)
                talked[case.reference] = held.on
            if self._rng.random() < 0.85:
                self._wellbeing(held)
            self._settle(held, cases, newest=len(sessions) - 1 - number)

    def _chosen(self, held: Held, talked: Mapping[str, date]) -> list[Case]:
        """Return the cases talked through: where more is at risk first, then those that waited longest."""
        there = [
            case
            for case in self._cases[held.worker]
            if case.starts <= held.on and (case.ends is None or held.on < case.ends) and case.number % _NEVER != 5
        ]
        there.sort(key=lambda c: (not _FIRST & set(c.pathways), talked.get(c.reference, date.min), c.reference))
        return there[: min(_MOST, -(-len(there) * 3 // 5))]

    def _discuss(self, held: Held, case: Case, *, rated: bool) -> None:
        adult = bool(_ADULTS & set(case.pathways))
        form, answers = session_texts.about_case(
            self._rng, adult=adult, mapped=case.number % 3 == 0, danger=case.number
        )
        talk = {"session": held.id, "topic": "case", "case": case.reference, "format": form, "answers": answers}
        self._rows["discussion"].append(talk)
        if form == "mapping" and rated:
            for rater, least in (("Worker", 3), ("Manager", 2)):
                rating = {"case": case.reference, "session": held.id, "on": held.on, "about": answers["danger"]}
                score = min(10, least + self._rng.randint(0, 4))
                self._rows["rating"].append({**rating, "rater": rater, "score": score})

    def _wellbeing(self, held: Held) -> None:
        answers = {"how": self._rng.choice(session_texts.WELLBEING), "support": self._rng.choice(session_texts.HELPS)}
        talk = {"session": held.id, "topic": "wellbeing", "worker": held.worker, "format": "wellbeing"}
        self._rows["discussion"].append({**talk, "answers": answers})

    def _settle(self, held: Held, cases: Sequence[Case], newest: int) -> None:
        rng = self._rng
        for case in rng.sample(cases, min(len(cases), rng.randint(1, 3))):
            self._act(held, case.reference, rng.choice(session_texts.ACTIONS), newest)
        for case in rng.sample(cases, min(len(cases), rng.randint(0, 2))):
            self._decide(held, case.reference, newest)
        if not cases:
            self._act(held, None, rng.choice(session_texts.MANAGING), newest)

    def _act(self, held: Held, case: str | None, what: str, newest: int) -> None:
        """Set an action. Of the newest two sessions about half wait still; those before them ended one way or other."""
        rng = self._rng
        due = office_day(held.on + timedelta(days=rng.randint(9, 26)))
        row: Row = {"session": held.id, "case": case, "owner": held.worker, "what": what, "set_on": held.on, "due": due}
        ended = max(held.on, office_day(due + timedelta(days=rng.randint(-5, 6))))
        if ended <= self._today and (newest > 1 or rng.random() < 0.5):
            if rng.random() < 0.06:
                row |= {"dropped_on": ended, "dropped_why": rng.choice(session_texts.DROPPED)}
            else:
                row |= {"done_on": ended, "how": rng.choice(session_texts.DONE)}
        elif newest > 1:
            row |= {"done_on": self._today, "how": rng.choice(session_texts.DONE)}
        self._add_action(row)

    def _add_action(self, row: Row) -> int:
        self._rows["action"].append(row)
        return next(self._numbers.actions)

    def _decide(self, held: Held, case: str, newest: int) -> None:
        rng = self._rng
        panel = rng.random() < 0.15
        decision, rationale = rng.choice(session_texts.PANEL if panel else session_texts.DECISIONS)
        row: Row = {
            "case": case, "session": held.id, "decision": decision, "rationale": rationale, "on": held.on,
            "decided_by": "Permanence panel" if panel else "Supervisor", "body": "panel" if panel else "supervision",
        }  # fmt: skip
        if panel or rng.random() < 0.4:
            row["follow_by"] = office_day(held.on + timedelta(days=rng.randint(25, 60)))
            done = row["follow_by"] + timedelta(days=rng.randint(-6, 10))
            if held.on <= done <= self._today and (newest > 3 or rng.random() < 0.7):
                row |= {"followed_on": done, "outcome": rng.choice(session_texts.DONE)}
        self._rows["decision"].append(row)

    # what waits ------------------------------------------------------------------------------------------------------

    def _raise(self, pair: Pair) -> None:
        held = self._held[pair.worker]
        if not held or self._rng.random() < 0.5:
            return
        on = min(held[-1].on + timedelta(days=self._rng.randint(1, 8)), self._today)
        self.put_on(pair.worker, pair.name, on, self._rng.choice(session_texts.RAISED))

    def put_on(self, worker: str, by: str, on: date, what: str, **more: Any) -> None:
        """Put something on an agenda."""
        self._rows["agenda-item"].append({"worker": worker, "raised_by": by, "on": on, "what": what, **more})

    def stale(self, pair: Pair) -> None:
        """Give one person an action of every stale kind: carried three times, copied, vague and without a date."""
        held = self._held[pair.worker][-4:]
        cases = [case.reference for case in self._cases[pair.worker] if case.ends is None and case.starts <= held[0].on]
        self._carried(held, cases[0])
        first, last = held[-2], held[-1]
        once = {"case": cases[1], "owner": pair.worker, "what": "Ring the dentist and book the check for half-term"}
        done = {"done_on": first.on + timedelta(days=6), "how": "By phone"}
        days = [{"session": one.id, "set_on": one.on, "due": one.on + timedelta(days=20)} for one in (first, last)]
        self._add_action({**once, **days[0], **done})
        self._add_action({**once, **days[1], "what": "Ring the dentist and book the check for half-term again"})
        self._add_action({**days[1], "case": cases[2], "owner": pair.worker, "what": "Monitor contact"})
        undated = {"case": cases[3], "owner": pair.worker, "what": "Find out who holds the birth certificate"}
        self._add_action({**undated, "set_on": first.on})

    def _carried(self, held: Sequence[Held], case: str) -> None:
        """Set one action in each of the sessions, each time carrying the one before."""
        what, before = "Get the passport application signed by both parents", None
        for one, following in zip(held, [*held[1:], None], strict=True):
            due = one.on + timedelta(days=10)
            row: Row = {
                "session": one.id,
                "case": case,
                "owner": one.worker,
                "what": what,
                "set_on": one.on,
                "due": due,
            }
            number = self._add_action({**row, "carries": before})
            if following is not None:
                self._rows["action"][-1] |= {
                    "dropped_on": following.on, "dropped_why": f"{CARRIED} as action {number + 1}",
                }  # fmt: skip
            before = number

    def park(self, pair: Pair) -> None:
        """Park one case and one question of a person, with their reasons."""
        case = next(case.reference for case in self._cases[pair.worker] if case.ends is None)
        on, until = self._held[pair.worker][-1].on, self._today + timedelta(days=18)
        why = {"parked_until": until, "parked_why": "The assessment of the carers comes first"}
        self.put_on(pair.worker, pair.supervisor_name, on, PARKS, case=case, **why)
        later = {"parked_until": until, "parked_why": "After the audit"}
        self.put_on(pair.worker, pair.name, on, "How we share what we learnt from the audit", **later)


def _cases_of(rows: Mapping[str, list[Row]]) -> dict[str, list[Case]]:
    pathways = {row["reference"]: row["pathways"] for row in rows["case"]}
    found: dict[str, list[Case]] = defaultdict(list)
    for row in rows["allocation"]:
        found[row["worker"]].append(Case(row["case"], pathways[row["case"]], row["starts"], row["ends"]))
    return found


def _standard(pair: Pair) -> str:
    if pair.grade == "asye":
        return "newly-qualified"
    return "managers-four-weekly" if pair.grade == "team-manager" else "monthly"
