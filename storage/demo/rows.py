"""Records of the demonstration as plain sets of fields, each as its kind wants them."""

from __future__ import annotations

from datetime import date
from typing import Any

from storage.demo.people import Person

Row = dict[str, Any]
SCHEME = "three-factor"
AREAS = ("Town", "Coast", "Hills")
MISSED = {
    "Worker off sick": "supervisee_sick",
    "Manager called to court": "court",
    "Annual leave": "leave",
    "Urgent safeguarding work": "safeguarding",
}


def team(name: str, service: str, points: int | None) -> Row:
    """Return a team."""
    return {
        "name": name, "nation": "england", "service": service, "scheme": SCHEME, "full_time_points": points,
        "full_time_hours": 3700, "red_weeks": None,
    }  # fmt: skip


def areas_covered(staff_id: str) -> tuple[str, ...]:
    """Return the areas a worker covers: two of the three, in turns."""
    left_out = int(staff_id[1:]) % 3
    return tuple(area for n, area in enumerate(AREAS) if n != left_out)


def most_supervised(grade: str) -> int | None:
    """Return how many people somebody of a grade is agreed to supervise."""
    return {"team-manager": 9, "senior-practitioner": 2}.get(grade)


def weighing(case: str, on: date, answers: dict[str, str], *, agreed: bool) -> Row:
    """Return a weighing of a case."""
    return {
        "case": case, "scheme": SCHEME, "on": on, "answers": answers, "note": "", "uplift": 0, "uplift_reason": "",
        "why": "first", "agreed_worker": on if agreed else None, "agreed_supervisor": on if agreed else None,
    }  # fmt: skip


def lasting(row: Row, starts: date) -> Row:
    """Return a row that holds from a day on."""
    return {**row, "starts": starts, "ends": None, "note": ""}


def registration(person: Person, staff_id: str) -> str:
    """Return a made-up registration number; empty for grades that have none."""
    return "" if person.grade in ("personal-adviser", "student") else f"SW{staff_id[1:].zfill(6)}"


def reduction(worker: str, percent: int, kind: str, reason: str, starts: date) -> Row:
    """Return a reduction that lasts."""
    return lasting({"worker": worker, "percent": percent, "kind": kind, "reason": reason}, starts)


def session(worker: str, supervisor: str, on: date, state: str, reason: str = "") -> Row:
    """Return a supervision session."""
    return {
        "worker": worker, "supervisor": supervisor, "on": on, "start": "10:00", "minutes": 90, "place": "",
        "state": state, "held_on": on if state == "held" else None, "reason": reason, "note": "",
        "reason_code": MISSED.get(reason),
    }  # fmt: skip


def allocation(case: str, worker: str, starts: date, ends: date | None, reason: str | None) -> Row:
    """Return an allocated worker of a case."""
    return {
        "case": case, "worker": worker, "role": "allocated_worker", "starts": starts, "ends": ends,
        "reason": reason, "note": "", "overruled": (), "approved_by": "", "under": None,
    }  # fmt: skip
