"""Teams, workers and who holds which case, out of the dataset's departments, professionals and involvements."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from domain.core.enums import Role
from storage.importing.files import aliases
from storage.importing.files.rows import Row
from storage.importing.sources import ssd_tables as tables
from storage.importing.sources.ssd_tables import filled
from storage.importing.sources.ssd_work import DEFAULT_TEAM, Work

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def read_teams(work: Work) -> None:
    """Take departments as teams, known by their number and their name."""
    for row in work.rows(tables.DEPARTMENT):
        number, name = row["dept_team_id"], row["dept_team_name"] or row["dept_team_id"]
        if not name:
            work.extract.set_aside(row.origin, "dept_team_name", "", "the team has neither name nor number")
            continue
        if name not in work.teams.values():
            work.extract.add("team", {"name": name} | filled(row, tables.DEPARTMENT.fields), *row.origin)
        work.teams[number or name] = name
        work.teams.setdefault(name, name)


def read_workers(work: Work) -> None:
    """Take professionals as workers, known by staff id; the row number stands in where there is none."""
    listed: dict[str, dict[str, Any]] = {}
    usual = _usual_teams(work)
    for row in work.rows(tables.PROFESSIONALS):
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
    """Return the team of each professional's newest involvement: professionals often carry none of their own."""
    newest: dict[str, tuple[date, str]] = {}
    for row in work.rows(tables.INVOLVEMENTS):
        start, team = row.day("invo_involvement_start_date"), row["invo_professional_team"]
        who = row["invo_professional_id"]
        if start and team and (who not in newest or start >= newest[who][0]):
            newest[who] = (start, team)
    for table in work.data.tables.get("involvements", ()):
        table.problems.clear()  # the days are read again, with their rows, when the involvements are taken
        table.notes.clear()
    return {who: team for who, (_, team) in newest.items()}


def _worker(work: Work, row: Row, staff_id: str, usual_team: str) -> dict[str, Any]:
    team = work.team_name(row["prof_professional_department"] or usual_team)
    if not team:
        listed = set(work.teams.values())
        team = work.team or (listed.pop() if len(listed) == 1 else DEFAULT_TEAM)
        work.need_team(team)
    data = {
        "staff_id": staff_id,
        "name": row["prof_professional_name"] or staff_id,
        "team": team,
        "grade": _grade(work, row),
    }
    fte = _fte(work, row)
    return data | filled(row, tables.PROFESSIONALS.fields) | ({} if fte is None else {"fte": fte})


def _grade(work: Work, row: Row) -> str:
    title = row["prof_professional_job_title"]
    found = aliases.grade(title) if title else None
    if found is None:
        why = f"no grade is known for this title; taken as {aliases.FALLBACK_GRADE}"
        work.extract.fault(row.origin, "prof_professional_job_title", title, why)
    return found or aliases.FALLBACK_GRADE


def _fte(work: Work, row: Row) -> int | None:
    """Return the share of full time in hundredths; one that cannot be is left out."""
    share = row["prof_full_time_equivalency"]
    if not share:
        return None
    hundredths = round(float(share) * 100) if _NUMBER.fullmatch(share) and len(share) < 12 else 0
    if 0 < hundredths <= 150:
        return hundredths
    work.extract.fault(row.origin, "prof_full_time_equivalency", share, "FTE must lie between 0.01 and 1.5; left out")
    return None


def read_involvements(work: Work) -> None:
    """Take involvements as dated allocations; roles that hold no caseload are left out and counted."""
    left_out = 0
    for row in work.rows(tables.INVOLVEMENTS):
        known_as = row["invo_professional_role_id"]
        role = aliases.role(known_as)
        if role == "none":
            left_out += 1
        elif role is None:
            work.extract.set_aside(row.origin, "invo_professional_role_id", known_as, "not a role that is known here")
        else:
            _involvement(work, row, role)
    if left_out:
        work.extract.notes.append(
            f"{left_out:,} involvements are of people who hold no caseload (reviewing officers, chairs and the like)."
        )


def _involvement(work: Work, row: Row, role: str) -> None:
    who = work.person(row, tables.INVOLVEMENTS)
    start = who and work.happened(row, "invo_involvement_start_date")
    if not who or not start:
        return
    number = row["invo_professional_id"]
    worker = work.workers.get(number, number)
    if not worker:
        work.extract.set_aside(row.origin, "invo_professional_id", "", "no worker is named")
        return
    stands, end = work.ended(row, "invo_involvement_end_date", start)
    if not stands:
        return
    work.opens(who, start)
    data = {"case": who, "worker": worker, "role": role, "starts": start}
    data |= {} if end is None else {"ends": end}
    data |= filled(row, tables.INVOLVEMENTS.fields)
    work.extract.add("allocation", data, *row.origin, row["invo_involvements_id"])
    if role == Role.ALLOCATED:
        work.in_team(who, work.team_name(row["invo_professional_team"]), start)
