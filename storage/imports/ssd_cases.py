"""People, referrals, assessments, plans and visits of children in need and on child protection plans."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from domain.ids import Pathway
from storage.imports import aliases
from storage.imports.ssd_people import team_name
from storage.imports.ssd_tables import Row
from storage.imports.ssd_work import Person, Work, flags

CLOSE_REASONS = {
    "RC1": "Adopted",
    "RC2": "Died",
    "RC3": "Child arrangements order",
    "RC4": "Special guardianship order",
    "RC5": "Transferred to another council",
    "RC6": "Transferred to adult social care",
    "RC7": "Services ceased",
    "RC8": "No further action after assessment",
    "RC9": "No further action after referral",
}


def read(work: Work) -> None:
    """Take the tables in the order in which they lean on each other."""
    _people(work)
    _referrals(work)
    _assessments(work)
    _cin_plans(work)
    _cin_visits(work)
    _enquiries(work)
    _conferences(work)
    _cp_plans(work)
    _cp_visits(work)
    _cp_reviews(work)


def _people(work: Work) -> None:
    for row in work.data.rows("person", "pers_dob", "pers_expected_dob", "pers_death_date"):
        who = row["pers_person_id"]
        if not who:
            work.extract.set_aside(row.origin, "pers_person_id", "", "no person is named")
            continue
        born = row.day("pers_dob")
        if born is not None and born > work.today:
            work.extract.fault(row.origin, "pers_dob", "", "the birth date lies in the future; left out", personal=True)
            born = None
        if who in work.people:
            if born != work.people[who].born:
                work.extract.set_aside(row.origin, "pers_person_id", who, "listed twice with different data")
            continue
        person = Person(row.origin, _name(row), born, row.day("pers_expected_dob"))
        died = row.day("pers_death_date")
        person.died = died if died is not None and died <= work.today else None
        work.people[who] = person


def _name(row: Row) -> str:
    return ", ".join(part for part in (row["pers_surname"], row["pers_forename"]) if part)


def _referrals(work: Work) -> None:
    for row in work.data.rows("cin_episodes", "cine_referral_date", "cine_close_date"):
        who = work.person(row, "cine_person_id")
        start = who and work.happened(row, "cine_referral_date")
        if not who or not start:
            continue
        work.referrals[row["cine_referral_id"]] = who
        stands, end = work.ended(row, "cine_close_date", start)
        if not stands:
            continue
        work.event(who, "referral_received", start, row, ref="cine_referral_id")
        work.opens(who, start)
        work.in_team(who, team_name(work, row["cine_referral_team"]), start)
        person = work.people[who]
        if end is None:
            person.open_referral = True
        else:
            code = row["cine_close_reason"]
            person.closings.append((end, CLOSE_REASONS.get(code.upper(), code)))
            person.past[Pathway.CHILD_IN_NEED] = max(end, person.past.get(Pathway.CHILD_IN_NEED, end))


def _assessments(work: Work) -> None:
    for row in work.data.rows("cin_assessments", "cina_assessment_start_date", "cina_assessment_auth_date"):
        who = work.person(row, "cina_person_id", "cina_referral_id")
        start = who and work.happened(row, "cina_assessment_start_date")
        if not who or not start:
            continue
        stands, end = work.ended(row, "cina_assessment_auth_date", start)
        if not stands:
            continue
        work.event(who, "assessment_started", start, row, ref="cina_assessment_id")
        if end is not None:
            seen = flags(row, seen="cina_assessment_child_seen", no_further_action="cina_assessment_outcome_nfa")
            work.event(who, "assessment_completed", end, row, seen, "cina_assessment_id")
        work.on_pathway(who, Pathway.ASSESSMENT, start, end)


def _cin_plans(work: Work) -> None:
    for row in work.data.rows("cin_plans", "cinp_cin_plan_start_date", "cinp_cin_plan_end_date"):
        who = work.person(row, "cinp_person_id", "cinp_referral_id")
        start = who and work.happened(row, "cinp_cin_plan_start_date")
        if not who or not start:
            continue
        stands, end = work.ended(row, "cinp_cin_plan_end_date", start)
        if not stands:
            continue
        _span(work, row, who, ("cin_plan_started", "cin_plan_ended"), (start, end), ref="cinp_cin_plan_id")
        work.on_pathway(who, Pathway.CHILD_IN_NEED, start, end)
        work.in_team(who, team_name(work, row["cinp_cin_plan_team"]), start)


def _span(
    work: Work,
    row: Row,
    who: str,
    kinds: tuple[str, str],
    days: tuple[Any, Any],
    details: dict[str, Any] | None = None,
    ref: str = "",
) -> None:
    """Take a beginning, and an end that has come."""
    work.event(who, kinds[0], days[0], row, details, ref)
    if days[1] is not None:
        work.event(who, kinds[1], days[1], row, None, ref)


def _cin_visits(work: Work) -> None:
    for row in work.data.rows("cin_visits", "cinv_cin_visit_date"):
        who = work.person(row, "cinv_person_id")
        day = who and work.happened(row, "cinv_cin_visit_date")
        if who and day:
            seen = flags(
                row,
                seen="cinv_cin_visit_seen",
                seen_alone="cinv_cin_visit_seen_alone",
                bedroom_seen="cinv_cin_visit_bedroom",
            )
            work.event(who, "cin_visit", day, row, seen, "cinv_cin_visit_id")
            work.opens(who, day)


def _enquiries(work: Work) -> None:
    """Section 47 enquiries; one still open, or one whose conference is still to come, is child protection work."""
    for row in work.data.rows("s47_enquiry", "s47e_s47_start_date", "s47e_s47_end_date"):
        who = work.person(row, "s47e_person_id", "s47e_referral_id")
        start = who and work.happened(row, "s47e_s47_start_date")
        if not who or not start:
            continue
        stands, end = work.ended(row, "s47e_s47_end_date", start)
        if not stands:
            continue
        needed = _conference_needed(row)
        work.event(who, "s47_started", start, row, None, "s47e_s47_enquiry_id")
        if end is not None:
            said = {} if needed is None else {"conference_needed": needed}
            work.event(who, "s47_ended", end, row, said, "s47e_s47_enquiry_id")
        if end is None or needed:
            work.enquiries[who] = max(start, work.enquiries.get(who, start))
        work.opens(who, start)


def _conference_needed(row: Row) -> bool | None:
    """Whether an enquiry led to a conference: from its outcome, else no when nothing further was done."""
    if match := _CONFERENCE.search(row["s47e_s47_outcome_json"]):
        return aliases.yes(match[1])
    return False if aliases.yes(row["s47e_s47_nfa"]) else None


def _conferences(work: Work) -> None:
    for row in work.data.rows("initial_cp_conference", "icpc_icpc_target_date", "icpc_icpc_date"):
        who = work.person(row, "icpc_person_id", "icpc_referral_id")
        if not who:
            continue
        day = _met(work, row, who, "icpc_held", ("icpc_icpc_target_date", "icpc_icpc_date"), "icpc_icpc_id", _ICPC)
        if day is not None and day >= work.enquiries.get(who, day):
            work.enquiries.pop(who, None)
    for who, start in work.enquiries.items():
        work.on_pathway(who, Pathway.CHILD_PROTECTION, start, None)


_CONFERENCE = re.compile(r'"CP_CONFERENCE_FLAG"\s*:\s*"(\w+)"')
_ICPC = {"plan_made": "icpc_icpc_outcome_cp_flag", "transfer_in": "icpc_icpc_transfer_in"}
_RCPC = {"quorate": "cppr_cp_review_quorate", "continues": "cppr_cp_review_outcome_continue_cp"}


def _met(
    work: Work, row: Row, who: str, kind: str, days: tuple[str, str], ref: str, details: dict[str, str]
) -> date | None:
    """Take a meeting that has a due day, a day held, or both; returns the day it was held."""
    due, held = row.day(days[0]), row.day(days[1])
    day = work.happened(row, days[1], needed=due is None) if held or due is None else None
    if day is not None:
        work.event(who, kind, day, row, flags(row, **details), ref)
        work.opens(who, day)
    if due is not None:
        work.extract.council_date(who, kind, due, row.origin, day, row[ref])
    return day


def _cp_plans(work: Work) -> None:
    for row in work.data.rows("cp_plans", "cppl_cp_plan_start_date", "cppl_cp_plan_end_date"):
        who = work.person(row, "cppl_person_id", "cppl_referral_id")
        start = who and work.happened(row, "cppl_cp_plan_start_date")
        if not who or not start:
            continue
        stands, end = work.ended(row, "cppl_cp_plan_end_date", start)
        if not stands:
            continue
        category = row["cppl_cp_plan_latest_category"] or row["cppl_cp_plan_initial_category"]
        details = {"category": category} if category else None
        _span(work, row, who, ("cp_plan_started", "cp_plan_ended"), (start, end), details, "cppl_cp_plan_id")
        work.on_pathway(who, Pathway.CHILD_PROTECTION, start, end)


def _cp_visits(work: Work) -> None:
    for row in work.data.rows("cp_visits", "cppv_cp_visit_date"):
        who = work.person(row, "cppv_person_id")
        day = who and work.happened(row, "cppv_cp_visit_date")
        if who and day:
            seen = flags(
                row,
                seen="cppv_cp_visit_seen",
                seen_alone="cppv_cp_visit_seen_alone",
                bedroom_seen="cppv_cp_visit_bedroom",
            )
            work.event(who, "cp_visit", day, row, seen, "cppv_cp_visit_id")
            work.opens(who, day)


def _cp_reviews(work: Work) -> None:
    for row in work.data.rows("cp_reviews", "cppr_cp_review_due", "cppr_cp_review_date"):
        who = work.person(row, "cppr_person_id")
        if who:
            _met(work, row, who, "rcpc_held", ("cppr_cp_review_due", "cppr_cp_review_date"), "cppr_cp_review_id", _RCPC)
