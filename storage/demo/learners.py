"""Who learns in the first made-up team: a student, two newly qualified workers, one on the way to a higher grade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from storage.demo.case_story import Every, office_day
from storage.demo.people import Person

Row = dict[str, Any]
Rows = dict[str, list[Row]]
Shown = tuple[int, str, str, tuple[str, ...], str]
KINDS = ("programme", "learning-need", "evidence", "cpd", "registration", "milestone", "placement-day", "closure")
PLACED, PART_YEAR, YEAR = 9 * 7, 310, 86  # days since each began
_PATTERN = (100, 100, 100, 100, 0)  # Monday to Thursday
_READING = 5  # the week of the placement that is the university's reading week
_BANK = ((1, 1), (12, 25), (12, 26))
_ODD = {6: ("sick", 100), 7: ("sick", 100), 12: ("recall", 100), 17: ("holiday", 100), 21: ("attended", 50)}

_PROFESSIONALISM = "pcf.professionalism"
_VALUES = "pcf.values-ethics"
_DIVERSITY = "pcf.diversity-equality"
_KNOWLEDGE = "pcf.knowledge"
_REFLECTION = "pcf.critical-reflection"
_SKILLS = "pcf.skills-interventions"
_CONTEXTS = "pcf.contexts-organisations"
_RELATIONSHIPS = "kss-cf.relationships"
_COMMUNICATION = "kss-cf.communication"
_ABUSE = "kss-cf.abuse-neglect"
_ASSESSMENT = "kss-cf.assessment"
_ANALYSIS = "kss-cf.analysis-decisions"
_LAW = "kss-cf.law"

LEARNERS = (
    Person(
        "Lindqvist, Ella", "student", "Student social worker", started=PLACED + 6, supervised=None, next_session=None
    ),
    Person(
        "Rahman, Imran", "asye", "Newly qualified social worker", fte=60, started=PART_YEAR, supervised=None,
        next_session=None, reductions=((20, "newly_qualified", "Newly qualified"),),
    ),
)  # fmt: skip


def tell(rows: Rows, held: Sequence[Row], staff: Mapping[str, str], today: date) -> None:
    """Add what the learners of the first team did. ``staff`` are staff ids by surname, ``held`` the team's cases."""
    teller = _Teller(rows, staff, today)
    teller.placement()
    teller.part_time_year()
    teller.full_time_year()
    teller.progression()
    teller.needs()
    teller.cpd()
    teller.registrations()
    teller.together(held)


class _Teller:
    """Tells each learner's story; programmes are numbered in the order in which they are told."""

    def __init__(self, rows: Rows, staff: Mapping[str, str], today: date) -> None:
        self._rows = rows
        self._staff = staff
        self._today = today

    def _add(self, what: str, /, **row: Any) -> None:
        self._rows[what].append(row)

    def _programme(self, who: str, kind: str, starts: date, **more: Any) -> int:
        self._add("programme", worker=self._staff[who], kind=kind, starts=starts, **more)
        return len(self._rows["programme"])

    def _milestones(self, programme: int, starts: date, by: str, reached: Mapping[str, int]) -> None:
        """Note what was reached so many days after the start, as far as that is past."""
        for kind, days in reached.items():
            on = office_day(starts + timedelta(days=days))
            if on <= self._today:
                self._add("milestone", programme=programme, kind=kind, on=on, by=by)

    def _evidence(self, programme: int, who: str, shown: Sequence[Shown], level: str | None = None) -> None:
        """Keep evidence that was seen so many days ago."""
        for days, kind, title, domains, by in shown:
            on = office_day(self._today - timedelta(days=days))
            row = {"worker": self._staff[who], "on": on, "kind": kind, "title": title, "domains": domains}
            self._add("evidence", **row, programme=programme, level=level, seen_by=by)

    def _session(self, who: str, supervisor: str, on: date, minutes: int = 90, kind: str = "line") -> None:
        agreed = {"agreed_worker": on, "agreed_supervisor": on}
        by = {"agreed_worker_by": f"{who} (worker)", "agreed_supervisor_by": f"{supervisor} (supervisor)"}
        self._add(
            "session", worker=self._staff[who], supervisor=self._staff[supervisor], on=on, start="09:30",
            minutes=minutes, state="held", held_on=on, kind=kind, recorded_on=on, **agreed, **by,
        )  # fmt: skip

    def _agreement(self, who: str, supervisor: str, standard: str, starts: date) -> None:
        signed = {"signed_worker": starts, "signed_worker_by": f"{who} (worker)"}
        signed |= {"signed_supervisor": starts, "signed_supervisor_by": f"{supervisor} (supervisor)"}
        self._add(
            "agreement", worker=self._staff[who], supervisor=self._staff[supervisor], standard=standard,
            starts=starts, minutes=90, agenda=("Wellbeing", "Cases", "Learning"), **signed,
        )  # fmt: skip

    # the student -----------------------------------------------------------------------------------------------------

    def placement(self) -> None:
        """Nine weeks of a first placement of 70 days: a reading week, two days ill, a recall day; this week is open."""
        monday = self._today - timedelta(days=self._today.weekday())
        starts = monday - timedelta(days=PLACED)
        number = self._programme(
            "Lindqvist", "placement-70-per-five-days", starts, days=7000, pattern=_PATTERN, level="first",
            educator=self._staff["Mensah"], on_site=self._staff["Okafor"], university="Northbridge University",
        )  # fmt: skip
        self._agreement("Lindqvist", "Mensah", "student-five-days", starts)
        rest = starts + timedelta(weeks=_READING)
        self._add("closure", programme=number, starts=rest, ends=rest + timedelta(days=4), why="Reading week")
        for on, (kind, part) in zip(_days(starts, monday, rest), _kinds(), strict=False):
            self._add("placement-day", programme=number, on=on, kind=kind, part=part)
        self._milestones(
            number, starts, "Mensah, Abena", {"pre_meeting": -7, "induction": 10, "learning_agreement": 11}
        )
        shown = (
            (20, "observation", "Observed a home visit", (_PROFESSIONALISM, _SKILLS), "Mensah, Abena"),
            (38, "reflection", "First weeks in the team", (_REFLECTION,), ""),
            (16, "reflection", "Power in a home visit", (_VALUES, _DIVERSITY), ""),
        )
        self._evidence(number, "Lindqvist", shown, "first-placement")
        for week in range(PLACED // 7):
            if week != _READING:
                on = starts + timedelta(weeks=week, days=2)
                taught = week % 2 == 0
                self._session("Lindqvist", "Mensah" if taught else "Okafor", on, 90 if taught else 60,
                              "off_site" if taught else "on_site")  # fmt: skip

    # newly qualified -------------------------------------------------------------------------------------------------

    def part_time_year(self) -> None:
        """Ten months of a year at 0.6: the six-month review, due after ten months, has just gone by."""
        starts = self._today - timedelta(days=PART_YEAR)
        number = self._programme("Rahman", "asye", starts, educator=self._staff["Mensah"])
        self._milestones(
            number, starts, "Hughes, Anwen",
            {"agreement": 18, "reflection_1": 16, "plan_1": 20, "self_assessment_1": 17, "review_3": 150,
             "reflection_2": 145, "plan_2": 152, "documents": 150},
        )  # fmt: skip
        shown = (
            (170, "observation", "Observed a first visit to a family", (_SKILLS, _RELATIONSHIPS), "Mensah, Abena"),
            (60, "observation", "Observed chairing a core group", (_KNOWLEDGE, _ANALYSIS), "Hughes, Anwen"),
            (155, "feedback_professional", "Feedback from a school", (_CONTEXTS,), ""),
        )
        self._evidence(number, "Rahman", shown, "asye")
        self._agreement("Rahman", "Hughes", "newly-qualified", office_day(starts + timedelta(days=10)))
        self._often("Rahman", "Hughes", starts, self._today)

    def full_time_year(self) -> None:
        """Twelve weeks of a full-time year: the first review is close."""
        starts = self._today - timedelta(days=YEAR)
        number = self._programme("Patel", "asye", starts, educator=self._staff["Mensah"])
        self._milestones(
            number,
            starts,
            "Hughes, Anwen",
            {"agreement": 15, "reflection_1": 13, "plan_1": 15, "self_assessment_1": 14},
        )
        shown = ((30, "observation", "Observed direct work with a child", (_SKILLS, _RELATIONSHIPS), "Mensah, Abena"),)
        self._evidence(number, "Patel", shown, "asye")

    def _often(self, who: str, supervisor: str, starts: date, until: date) -> None:
        """Hold sessions every week for six weeks, every two weeks to six months, every month from then on."""
        half = Every(months=6).after(starts)
        days = [starts + timedelta(weeks=n) for n in range(1, 7)]
        days += [starts + timedelta(weeks=n) for n in range(8, 28, 2) if starts + timedelta(weeks=n) <= half]
        days += [Every(months=n).after(starts) for n in range(7, 24)]
        for on in days:
            if office_day(on) < until:
                self._session(who, supervisor, office_day(on))

    # progression -----------------------------------------------------------------------------------------------------

    def progression(self) -> None:
        """Gather evidence for the higher grade, with gaps."""
        starts = office_day(self._today - timedelta(days=120))
        number = self._programme("Begum", "children-progression", starts)
        shown = (
            (100, "case_study", "A placement that nearly broke down", (_ABUSE, _ANALYSIS), "Hughes, Anwen"),
            (60, "observation", "Observed a looked-after review", (_RELATIONSHIPS, _COMMUNICATION), "Hughes, Anwen"),
            (25, "feedback_people", "Letter from the carers of a young person", (_RELATIONSHIPS,), ""),
        )
        self._evidence(number, "Begum", shown)

    # needs, development, registrations -------------------------------------------------------------------------------

    def needs(self) -> None:
        """Raise what people need to learn: some met, one overdue, one that several share."""
        told = (
            (
                "Patel",
                40,
                "Direct work with teenagers",
                "supervision",
                (_SKILLS, _RELATIONSHIPS),
                "shadowing",
                30,
                None,
            ),
            ("Rahman", 75, "Chairing a core group", "observation", (_SKILLS, _ANALYSIS), "co_working", -12, None),
            ("Begum", 60, "Pre-birth assessment", "audit", (_KNOWLEDGE, _ASSESSMENT), "course", 45, None),
            ("Żak", 50, "Pre-birth assessment", "audit", (_KNOWLEDGE, _ASSESSMENT), "course", 45, None),
            ("Okafor", 120, "Giving evidence in court", "feedback", (_CONTEXTS, _LAW), "course", -20, 22),
            ("Lindqvist", 30, "Writing up a visit", "supervision", (_SKILLS,), "coaching", 10, None),
        )
        for who, days, title, source, domains, method, due, met in told:
            raised = office_day(self._today - timedelta(days=days))
            ended = None if met is None else office_day(self._today - timedelta(days=met))
            self._add(
                "learning-need", worker=self._staff[who], title=title, raised_on=raised, raised_by="Hughes, Anwen",
                source=source, domains=domains, method=method, due=self._today + timedelta(days=due),
                priority="high" if due < 0 else "medium", ended_on=ended, outcome="met" if met else None,
            )  # fmt: skip

    def cpd(self) -> None:
        """Keep pieces of development: complete, a draft, and none at all."""
        written = {
            "learning": "Slowing down helps me see who is not in the room.",
            "impact": "I plan visits around the child.",
        }
        peer = {"peer": True, "peer_note": "A colleague asked what the child would say; I had not thought of that."}
        told: tuple[tuple[str, int, str, str, dict[str, Any]], ...] = (
            ("Okafor", 150, "Training", "Working with interpreters", {**written}),
            ("Okafor", 70, "Reflection with peers", "A contested contact plan", {**written, **peer}),
            ("Begum", 90, "Reading", "Permanence for older children", {**written}),
            ("Patel", 20, "Supervision", "Direct work with teenagers", {"learning": written["learning"]}),
        )
        for who, days, kind, title, more in told:
            on = office_day(self._today - timedelta(days=days))
            self._add("cpd", worker=self._staff[who], on=on, kind=kind, title=title, **more)

    def registrations(self) -> None:
        """Keep the currency of the practice educator, and a check that soon ends."""
        granted = self._today - timedelta(days=500)
        self._add("registration", worker=self._staff["Mensah"], kind="pe2", granted=granted,
                  expires=self._today + timedelta(days=230))  # fmt: skip
        for who, days in (("Rahman", 900), ("Patel", 200), ("Lindqvist", 120)):
            self._add("registration", worker=self._staff[who], kind="dbs", granted=self._today - timedelta(days=days))

    def together(self, held: Sequence[Row]) -> None:
        """Let the student and the part-time newly qualified worker work beside those who hold the cases."""
        for who, beside, most, days in (("Lindqvist", "Mensah", 3, PLACED - 20), ("Rahman", "Al-Khatib", 6, 45)):
            theirs = [row for row in held if row["worker"] == self._staff[beside] and row["ends"] is None]
            for row in theirs[:most]:
                starts = max(row["starts"], self._today - timedelta(days=days))
                self._rows["allocation"].append(
                    {**row, "worker": self._staff[who], "role": "co_worker", "starts": starts, "reason": None}
                )


def _days(starts: date, until: date, rest: date) -> Iterator[date]:
    """Yield the days of the placement before ``until``: by its pattern, without the reading week and bank holidays."""
    for n in range((until - starts).days):
        on = starts + timedelta(days=n)
        resting = rest <= on < rest + timedelta(days=7) or (on.month, on.day) in _BANK
        if on.weekday() < len(_PATTERN) and _PATTERN[on.weekday()] and not resting:
            yield on


def _kinds() -> Iterator[tuple[str, int]]:
    """Yield what each day in turn was: attended but for a few."""
    number = 0
    while True:
        yield _ODD.get(number, ("attended", 100))
        number += 1
