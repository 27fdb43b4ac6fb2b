"""What is made of the dataset's people, referrals and enquiries beside their dated events."""

from __future__ import annotations

from datetime import date

from domain.core.enums import Pathway
from storage.importing.sources import ssd_tables as tables
from storage.importing.sources.ssd_work import Person, Work

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


def read_people(work: Work) -> None:
    """Take the people; who is listed twice with another birth date is set aside."""
    for row in work.rows(tables.PERSON):
        who, born, died = row["pers_person_id"], row.day("pers_dob"), row.day("pers_death_date")
        if not who:
            work.extract.set_aside(row.origin, "pers_person_id", "", "no person is named")
            continue
        if born is not None and born > work.today:
            work.extract.fault(row.origin, "pers_dob", "", "the birth date lies in the future; left out")
            born = None
        if who not in work.people:
            name = ", ".join(part for part in (row["pers_surname"], row["pers_forename"]) if part)
            died = died if died is not None and died <= work.today else None
            work.people[who] = Person(row.origin, name, born, row.day("pers_expected_dob"), died)
        elif born != work.people[who].born:
            work.extract.set_aside(row.origin, "pers_person_id", who, "listed twice with different data")
    work.listed = len(work.people)


def read_referrals(work: Work) -> None:
    """Take the referrals; an open one keeps a case open."""
    for row in work.rows(tables.CIN_EPISODES):
        spell = work.take(row, tables.CIN_EPISODES)
        if spell is None:
            continue
        person = work.people[spell.who]
        if spell.end is None:
            person.open_referral = True
        else:
            code = row["cine_close_reason"]
            person.closings.append((spell.end, CLOSE_REASONS.get(code.upper(), code)))
            person.past[Pathway.CHILD_IN_NEED] = max(spell.end, person.past.get(Pathway.CHILD_IN_NEED, spell.end))


def read_enquiries(work: Work) -> None:
    """Take section 47 enquiries and conferences; a child waiting for either's outcome is on child protection."""
    waiting: dict[str, date] = {}
    for row in work.rows(tables.S47_ENQUIRY):
        spell = work.take(row, tables.S47_ENQUIRY)
        if spell and (spell.end is None or tables.conference_needed(row["s47e_s47_outcome_json"], row["s47e_s47_nfa"])):
            waiting[spell.who] = max(spell.start, waiting.get(spell.who, spell.start))
    for row in work.rows(tables.INITIAL_CP_CONFERENCE):
        held = work.take(row, tables.INITIAL_CP_CONFERENCE)
        if held and held.start >= waiting.get(held.who, held.start):
            waiting.pop(held.who, None)
    for who, start in waiting.items():
        work.on_pathway(who, Pathway.CHILD_PROTECTION, start, None)
