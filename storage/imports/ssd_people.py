"""Teams, workers and who holds which case, out of the dataset's departments, professionals and involvements."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from domain.ids import Role
from storage.imports import aliases
from storage.imports.ssd_tables import Row
from storage.imports.ssd_work import DEFAULT_TEAM, Work

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def read_teams(work: Work) -> None:
    """Departments become teams, known by their number and their name."""
    for row in work.data.rows("department"):
        number, name = row["dept_team_id"], row["dept_team_name"] or row["dept_team_id"]
        if not name:
            work.extract.set_aside(row.origin, "dept_team_name", "", "the team has neither name nor number")
            continue
        if name not in work.teams.values():
            data = {"name": name}
            if row["dept_team_parent_name"]:
                data["service"] = row["dept_team_parent_name"]
            work.extract.add("team", data, *row.origin)
        work.teams[number or name] = name
        work.teams.setdefault(name, name)


def team_name(work: Work, text: str) -> str:
    """Return the team a number or name stands for; one not listed becomes a team of its own."""
    if text and text not in work.teams:
        work.need_team(text)
    return work.teams.get(text, "")


def read_workers(work: Work) -> None:
    """Professionals become workers, known by staff id; the row number stands in where there is none."""
    listed: dict[str, dict[str, Any]] = {}
    usual = _usual_teams(work)
    for row in work.data.rows("professionals"):
        number = row["prof_professional_id"]
        staff_id = row["prof_staff_id"] or number
        if not staff_id:
            work.extract.set_aside(row.origin, "prof_staff_id", "", "the worker has no number")
            continue
        for known_as in (number, staff_id, row["prof_professional_name"], row["prof_social_worker_registration_no"]):
            if known_as:
                work.workers.setdefault(known_as, staff_id)
        data = _worker(work, row, staff_id, usual.get(number) or usual.get(staff_id, ""))
        if staff_id in listed:
            listed[staff_id].update(data)
            continue
        listed[staff_id] = data
        work.extract.add("worker", data, *row.origin)


def _usual_teams(work: Work) -> dict[str, str]:
    """The team of each professional's newest involvement: professionals often carry none of their own."""
    newest: dict[str, tuple[date, str]] = {}
    for row in work.data.rows("involvements", "invo_involvement_start_date"):
        start, team = row.day("invo_involvement_start_date"), row["invo_professional_team"]
        who = row["invo_professional_id"]
        if start and team and (who not in newest or start >= newest[who][0]):
            newest[who] = (start, team)
    for table in work.data.tables.get("involvements", ()):
        table.problems.clear()  # the days are read again, with their rows, when the involvements are taken
        table.notes.clear()
    return {who: team for who, (_, team) in newest.items()}


def _worker(work: Work, row: Row, staff_id: str, usual_team: str) -> dict[str, Any]:
    title = row["prof_professional_job_title"]
    team = team_name(work, row["prof_professional_department"] or usual_team)
    if not team:
        listed = set(work.teams.values())
        team = work.team or (listed.pop() if len(listed) == 1 else DEFAULT_TEAM)
        work.need_team(team)
    data: dict[str, Any] = {
        "staff_id": staff_id,
        "name": row["prof_professional_name"] or staff_id,
        "team": team,
        "grade": _grade(work, row, title),
    }
    if title:
        data["role"] = title
    if registration := row["prof_social_worker_registration_no"]:
        data["registration"] = registration
    if (fte := _fte(work, row)) is not None:
        data["fte"] = fte
    if (agency := aliases.yes(row["prof_agency_worker_flag"])) is not None:
        data["agency"] = agency
    return data


def _grade(work: Work, row: Row, title: str) -> str:
    found = aliases.grade(title) if title else None
    if found is None:
        work.extract.fault(
            row.origin,
            "prof_professional_job_title",
            title,
            f"no grade is known for this title; taken as {aliases.FALLBACK_GRADE}",
        )
    return found or aliases.FALLBACK_GRADE


def _fte(work: Work, row: Row) -> int | None:
    """Full-time equivalent in hundredths; a share that cannot be is left out."""
    text = row["prof_full_time_equivalency"]
    if not text:
        return None
    hundredths = round(float(text) * 100) if _NUMBER.fullmatch(text) and len(text) < 12 else 0
    if 0 < hundredths <= 150:
        return hundredths
    work.extract.fault(row.origin, "prof_full_time_equivalency", text, "FTE must lie between 0.01 and 1.5; left out")
    return None


def read_involvements(work: Work) -> None:
    """Involvements become dated allocations; roles that hold no caseload are left out and counted."""
    left_out = 0
    for row in work.data.rows("involvements", "invo_involvement_start_date", "invo_involvement_end_date"):
        left_out += not _involvement(work, row)
    if left_out:
        work.extract.notes.append(
            f"{left_out:,} involvements are of people who hold no caseload (reviewing officers, chairs and the like)."
        )


def _involvement(work: Work, row: Row) -> bool:
    """Take one involvement; False when its role holds no caseload."""
    text = row["invo_professional_role_id"]
    role = aliases.role(text)
    if role == "none":
        return False
    if role is None:
        work.extract.set_aside(row.origin, "invo_professional_role_id", text, "not a role that is known here")
        return True
    who = work.person(row, "invo_person_id", "invo_referral_id")
    start = who and work.happened(row, "invo_involvement_start_date")
    if not who or not start:
        return True
    number = row["invo_professional_id"]
    worker = work.workers.get(number, number)
    if not worker:
        work.extract.set_aside(row.origin, "invo_professional_id", "", "no worker is named")
        return True
    stands, end = work.ended(row, "invo_involvement_end_date", start)
    if not stands:
        return True
    work.opens(who, start)
    data: dict[str, Any] = {"case": who, "worker": worker, "role": role, "starts": start}
    if end is not None:
        data["ends"] = end
    if reason := aliases.change_reason(row["invo_worker_change_reason"]):
        data["reason"] = reason
    work.extract.add("allocation", data, *row.origin, row["invo_involvements_id"])
    if role is Role.ALLOCATED:
        work.in_team(who, team_name(work, row["invo_professional_team"]), start)
    return True
