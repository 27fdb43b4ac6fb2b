"""What is made of the dataset's looked-after children and care leavers beside their dated events."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from domain.core.enums import Pathway, Role
from storage.importing.files import aliases
from storage.importing.files.rows import Row
from storage.importing.sources import care_periods
from storage.importing.sources import ssd_tables as tables
from storage.importing.sources.care_periods import Episode, Period
from storage.importing.sources.ssd_work import Work

NOT_DONE = ("refus", "cancel", "declin", "not ", "did not", "dna")
ELIGIBLE_AT = 18


def read_episodes(work: Work) -> None:
    """Put the episodes of care together into periods: becoming looked after once, and ceasing."""
    per_person: dict[str, list[Episode]] = defaultdict(list)
    entered: dict[tuple[str, int], date] = {}
    for row in work.rows(tables.CLA_EPISODES, "clae_entered_care_date"):
        spell = work.spell(row, tables.CLA_EPISODES)
        if spell is None:
            continue
        into_care = row.day("clae_entered_care_date")
        if into_care is not None and into_care <= spell.start:
            entered[row.origin] = into_care
        why = row["clae_cla_episode_start_reason"].upper()[:1]
        ended = next(iter(row["clae_cla_episode_ceased_reason"].upper().split()), "") if spell.end else ""
        ref = row["clae_cla_episode_id"]
        per_person[spell.who].append(Episode(row.origin, spell.start, spell.end, why, ended, ref=ref))
    for who, episodes in per_person.items():
        for period in care_periods.periods(episodes, work.extract, *tables.CLA_EPISODES.day_columns):
            _take_period(work, who, period, entered.get(period.episodes[0].origin))


def _take_period(work: Work, who: str, period: Period, entered: date | None) -> None:
    """Take a period of care, from the day the child entered care where the extract has it."""
    first, last = period.episodes[0], period.episodes[-1]
    details = {} if period.seen_start or entered else {"assumed": True}
    start = entered or first.start
    work.extract.event(who, "became_looked_after", start, first.origin, details, first.ref)
    if period.ended is not None:
        why = {"reason": period.why_ended} if period.why_ended else {}
        work.extract.event(who, "ceased_looked_after", period.ended, last.origin, why, last.ref)
    work.on_pathway(who, Pathway.LOOKED_AFTER, start, period.ended)


def _code(text: str) -> str:
    """Return the code that a text begins with, as in "U6 - other foster care"."""
    return text.upper().split()[0].rstrip(":-") if text else ""


def read_placements(work: Work) -> None:
    """Take the placements; a code that is not known is left out."""
    for row in work.rows(tables.CLA_PLACEMENT):
        text = row["clap_cla_placement_type"]
        code = _code(text)
        known = code in care_periods.PLACEMENTS
        stands = work.take(row, tables.CLA_PLACEMENT, care_periods.placement(code) if known else None)
        if stands and code and not known:
            work.extract.fault(row.origin, "clap_cla_placement_type", text, "not a placement code; left out")


def read_legal_statuses(work: Work) -> None:
    """Take changes of legal status with the orders they mean; a newest one of short breaks is a pathway."""
    newest: dict[str, tuple[date, str]] = {}
    for row in work.rows(tables.LEGAL_STATUS, "lega_legal_status_end_date"):
        spell = work.spell(row, tables.LEGAL_STATUS)
        if spell is None:
            continue
        text, (who, start, _) = row["lega_legal_status"], spell
        code = _code(text)
        if code not in care_periods.LEGAL_STATUSES:
            work.extract.set_aside(row.origin, "lega_legal_status", text, "not a legal status code")
            continue
        care_periods.take_legal_status(work.extract, who, code, start, row.origin, row["lega_legal_status_id"])
        work.opens(who, start)
        newest[who] = max((start, code), newest.get(who, (start, "")))
    for who, (start, code) in newest.items():
        if code in care_periods.SHORT_BREAKS and Pathway.LOOKED_AFTER in work.people[who].current:
            work.on_pathway(who, Pathway.SHORT_BREAKS, start, None)


def read_health(work: Work) -> None:
    """Take health checks that were done, counting kinds that are not known, and questionnaires that were filled in."""
    for row in work.rows(tables.CLA_HEALTH):
        words, status = row["clah_health_check_type"], row["clah_health_check_status"].casefold()
        kind = aliases.health(words) if words else "health_assessment_held"
        if kind is None:
            work.health_unknown[words] += 1
        elif not any(word in f"{status} " for word in NOT_DONE):
            spell = work.take(row, tables.CLA_HEALTH)
            if spell is not None:
                work.extract.event(spell.who, kind, spell.start, row.origin, None, row["clah_health_check_id"])
    for row in work.rows(tables.SDQ_SCORES):
        if row["csdq_sdq_score"] or not row["csdq_sdq_reason"]:
            work.take(row, tables.SDQ_SCORES)


def read_permanence(work: Work) -> None:
    """Take the steps to permanence; a child placed for adoption is on that pathway until it is reversed or granted."""
    for row in work.rows(tables.PERMANENCE, "perm_decision_reversed_date", "perm_permanence_order_date"):
        taken = work.take(row, tables.PERMANENCE)
        placed = row.day("perm_placed_for_adoption_date")
        over = row.day("perm_decision_reversed_date") or row.day("perm_permanence_order_date")
        if taken is not None and placed is not None and placed <= work.today:
            work.on_pathway(taken.who, Pathway.ADOPTION, placed, over if over and over <= work.today else None)


def read_pre_proceedings(work: Work) -> None:
    """Take the steps before care proceedings; the pathway begins with the first of them."""
    for row in work.rows(tables.PRE_PROCEEDINGS, "prep_agree_stepdown_issue_date"):
        taken = work.take(row, tables.PRE_PROCEEDINGS)
        over = row.day("prep_agree_stepdown_issue_date")
        if taken is not None:
            done = over if over and taken.start <= over <= work.today else None
            work.on_pathway(taken.who, Pathway.PRE_PROCEEDINGS, taken.start, done)


def read_care_leavers(work: Work) -> None:
    """Take care leavers, with the last contact, the review of the pathway plan and who works with them."""
    for row in work.rows(tables.CARE_LEAVERS):
        who = work.person(row, tables.CARE_LEAVERS)
        if not who:
            continue
        since = _left_care(work, who)
        if since is not None:
            details = tables.filled(row, tables.CARE_LEAVERS.fields)
            work.extract.event(who, "became_care_leaver", since, row.origin, details, row["clea_table_id"])
        contact = work.happened(row, "clea_care_leaver_latest_contact", needed=False)
        if contact is not None:
            work.extract.event(who, "pa_contact", contact, row.origin)
        review = row.day("clea_pathway_plan_review_date")
        if review is not None and review <= work.today:
            work.extract.event(who, "pathway_review_held", review, row.origin)
        elif review is not None:
            work.extract.council_date(who, "pathway_review_held", review, row.origin)
        start = since or min((d for d in (contact, review) if d and d <= work.today), default=work.today)
        work.on_pathway(who, Pathway.CARE_LEAVER, start, None)
        _advisers(work, row, who, start)


def _left_care(work: Work, who: str) -> date | None:
    """Return the day care ended, or the eighteenth birthday: the dataset has no day for becoming a care leaver."""
    person = work.people[who]
    if Pathway.LOOKED_AFTER in person.past and Pathway.LOOKED_AFTER not in person.current:
        return person.past[Pathway.LOOKED_AFTER]
    if person.born is None:
        return None
    leap = person.born.month == 2 and person.born.day == 29
    birthday = date(person.born.year + ELIGIBLE_AT, 3 if leap else person.born.month, 1 if leap else person.born.day)
    return birthday if birthday <= work.today else None


def _advisers(work: Work, row: Row, who: str, start: date) -> None:
    work.in_team(who, work.team_name(row["clea_care_leaver_allocated_team"]), start)
    named = (
        (Role.PERSONAL_ADVISER, "clea_care_leaver_personal_advisor"),
        (Role.ALLOCATED, "clea_care_leaver_worker_id"),
    )
    for role, field in named:
        text = row[field]
        if not text:
            continue
        worker = work.workers.get(text)
        if worker is None:
            work.extract.fault(row.origin, field, "", "this worker is not among the professionals; left out")
        elif role is Role.PERSONAL_ADVISER or not work.data.has("involvements"):
            data = {"case": who, "worker": worker, "role": role, "starts": work.today, "undated": True}
            work.extract.add("allocation", data, *row.origin)
