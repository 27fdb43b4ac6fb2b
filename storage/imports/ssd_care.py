"""Looked-after children, permanence, pre-proceedings and care leavers, out of the dataset."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from domain.ids import Pathway, Role
from storage.imports import aliases, care
from storage.imports.care import Episode, Period
from storage.imports.ssd_people import team_name
from storage.imports.ssd_tables import Row
from storage.imports.ssd_work import Work, flags

NOT_DONE = ("refus", "cancel", "declin", "not ", "did not", "dna")
ELIGIBLE_AT = 18


def read(work: Work) -> None:
    """Take the tables in the order in which they lean on each other."""
    _episodes(work)
    _placements(work)
    _reviews(work)
    _visits(work)
    _legal_statuses(work)
    _health(work)
    _questionnaires(work)
    _missing(work)
    _permanence(work)
    _pre_proceedings(work)
    _care_leavers(work)


def _episodes(work: Work) -> None:
    per_person: dict[str, list[Episode]] = defaultdict(list)
    entered: dict[tuple[str, int], date] = {}
    fields = ("clae_cla_episode_start_date", "clae_cla_episode_ceased_date", "clae_entered_care_date")
    for row in work.data.rows("cla_episodes", *fields):
        who = work.person(row, "clae_person_id", "clae_referral_id")
        start = who and work.happened(row, "clae_cla_episode_start_date")
        if not who or not start:
            continue
        if row["clae_cla_id"]:
            work.care[row["clae_cla_id"]] = who
        stands, end = work.ended(row, "clae_cla_episode_ceased_date", start)
        if not stands:
            continue
        into_care = row.day("clae_entered_care_date")
        if into_care is not None and into_care <= start:
            entered[row.origin] = into_care
        why = row["clae_cla_episode_start_reason"].upper()[:1]
        ended = (row["clae_cla_episode_ceased_reason"].upper().split() or [""])[0]
        ref = row["clae_cla_episode_id"]
        per_person[who].append(Episode(row.origin, start, end, why, ended if end else "", ref=ref))
    for who, episodes in per_person.items():
        for period in care.periods(episodes, _aside(work), _noted(work)):
            _take_period(work, who, period, entered.get(period.episodes[0].origin))


_NAMES = {"start": "clae_cla_episode_start_date", "end": "clae_cla_episode_ceased_date"}


def _aside(work: Work) -> care.Fault:
    return lambda episode, column, value, why: work.extract.set_aside(episode.origin, _NAMES[column], value, why)


def _noted(work: Work) -> care.Fault:
    return lambda episode, column, value, why: work.extract.fault(episode.origin, _NAMES[column], value, why)


def _take_period(work: Work, who: str, period: Period, entered: date | None) -> None:
    """Becoming looked after once, on the day the child entered care where the extract has it, and ceasing."""
    first, last = period.episodes[0], period.episodes[-1]
    details = {} if period.seen_start or entered else {"assumed": True}
    start = entered or first.start
    work.extract.event(who, "became_looked_after", start, first.origin, details, first.ref)
    if period.ended is not None:
        why = {"reason": period.why_ended} if period.why_ended else {}
        work.extract.event(who, "ceased_looked_after", period.ended, last.origin, why, last.ref)
    work.on_pathway(who, Pathway.LOOKED_AFTER, start, period.ended)


def _placements(work: Work) -> None:
    for row in work.data.rows("cla_placement", "clap_cla_placement_start_date", "clap_cla_placement_end_date"):
        who = work.person(row, "clap_person_id", "clap_cla_id")
        start = who and work.happened(row, "clap_cla_placement_start_date")
        if not who or not start:
            continue
        stands, end = work.ended(row, "clap_cla_placement_end_date", start)
        if not stands:
            continue
        text = row["clap_cla_placement_type"]
        code = text.upper().split()[0].rstrip(":-") if text else ""
        if code and code not in care.PLACEMENTS:
            work.extract.fault(row.origin, "clap_cla_placement_type", text, "not a placement code; left out")
            code = ""
        details = care.placement(code) if code else {}
        work.event(who, "placement_started", start, row, details, "clap_cla_placement_id")
        if end is not None:
            work.event(who, "placement_ended", end, row, None, "clap_cla_placement_id")
        work.opens(who, start)


def _reviews(work: Work) -> None:
    for row in work.data.rows("cla_reviews", "clar_cla_review_due_date", "clar_cla_review_date"):
        who = work.person(row, "clar_cla_id")
        if not who:
            continue
        due, held = row.day("clar_cla_review_due_date"), row.day("clar_cla_review_date")
        cancelled = aliases.yes(row["clar_cla_review_cancelled"]) is True
        if due is None and (held is None or cancelled):
            if not cancelled:
                work.extract.set_aside(
                    row.origin, "clar_cla_review_date", row["clar_cla_review_date"], "a day is needed here"
                )
            continue
        day = None
        if held is not None and not cancelled:
            day = work.happened(row, "clar_cla_review_date", needed=due is None)
        if day is not None:
            said = row["clar_cla_review_participation"]
            details = {"participation": said} if said else None
            work.event(who, "lac_review_held", day, row, details, "clar_cla_review_id")
            work.opens(who, day)
        if due is not None:
            work.extract.council_date(who, "lac_review_held", due, row.origin, day, row["clar_cla_review_id"])


def _visits(work: Work) -> None:
    for row in work.data.rows("cla_visits", "clav_cla_visit_date"):
        who = work.person(row, "clav_person_id", "clav_cla_id")
        day = who and work.happened(row, "clav_cla_visit_date")
        if who and day:
            seen = flags(row, seen="clav_cla_visit_seen", seen_alone="clav_cla_visit_seen_alone")
            work.event(who, "lac_visit", day, row, seen, "clav_cla_visit_id")
            work.opens(who, day)


def _legal_statuses(work: Work) -> None:
    newest: dict[str, tuple[date, str]] = {}
    for row in work.data.rows("legal_status", "lega_legal_status_start_date", "lega_legal_status_end_date"):
        who = work.person(row, "lega_person_id")
        start = who and work.happened(row, "lega_legal_status_start_date")
        if not who or not start:
            continue
        text = row["lega_legal_status"]
        code = text.upper().split()[0].rstrip(":-") if text else ""
        if code not in care.LEGAL_STATUSES:
            work.extract.set_aside(row.origin, "lega_legal_status", text, "not a legal status code")
            continue
        care.take_legal_status(work.extract, who, code, start, row.origin, row["lega_legal_status_id"])
        work.opens(who, start)
        newest[who] = max((start, code), newest.get(who, (start, "")))
    for who, (start, code) in newest.items():
        if code in care.SHORT_BREAKS and Pathway.LOOKED_AFTER in work.people[who].current:
            work.on_pathway(who, Pathway.SHORT_BREAKS, start, None)


def _health(work: Work) -> None:
    for row in work.data.rows("cla_health", "clah_health_check_date"):
        words, status = row["clah_health_check_type"], row["clah_health_check_status"].casefold()
        kind = aliases.health(words) if words else "health_assessment_held"
        if kind is None:
            work.health_unknown[words] += 1
            continue
        if any(word in f"{status} " for word in NOT_DONE):
            continue
        who = work.person(row, "clah_person_id")
        day = who and work.happened(row, "clah_health_check_date")
        if who and day:
            work.event(who, kind, day, row, None, "clah_health_check_id")
            work.opens(who, day)


def _questionnaires(work: Work) -> None:
    for row in work.data.rows("sdq_scores", "csdq_sdq_completed_date"):
        if not row["csdq_sdq_score"] and row["csdq_sdq_reason"]:
            continue
        who = work.person(row, "csdq_person_id")
        day = who and work.happened(row, "csdq_sdq_completed_date")
        if who and day:
            score = row["csdq_sdq_score"]
            details: dict[str, Any] | None = {"score": int(score)} if score.isdecimal() and len(score) < 4 else None
            work.event(who, "sdq_completed", day, row, details, "csdq_table_id")
            work.opens(who, day)


def _missing(work: Work) -> None:
    for row in work.data.rows("missing", "miss_missing_episode_start_date", "miss_missing_episode_end_date"):
        who = work.person(row, "miss_person_id")
        start = who and work.happened(row, "miss_missing_episode_start_date")
        if not who or not start:
            continue
        stands, end = work.ended(row, "miss_missing_episode_end_date", start)
        if not stands:
            continue
        kind = row["miss_missing_episode_type"]
        work.event(who, "missing_started", start, row, {"type": kind} if kind else None, "miss_table_id")
        if end is not None:
            said = flags(
                row, interview_offered="miss_missing_rhi_offered", interview_accepted="miss_missing_rhi_accepted"
            )
            work.event(who, "missing_ended", end, row, said, "miss_table_id")
        work.opens(who, start)


_PERMANENCE = (
    ("perm_adm_decision_date", "permanence_decided"),
    ("perm_placement_order_date", "placement_order_made"),
    ("perm_placed_for_adoption_date", "placed_for_adoption"),
)


def _permanence(work: Work) -> None:
    days = [name for name, _ in _PERMANENCE]
    for row in work.data.rows("permanence", *days, "perm_decision_reversed_date", "perm_permanence_order_date"):
        who = work.person(row, "perm_person_id", "perm_cla_id")
        if not who:
            continue
        for name, kind in _PERMANENCE:
            day = work.happened(row, name, needed=False)
            if day is not None:
                work.event(who, kind, day, row, None, "perm_table_id")
                work.opens(who, day)
        placed = row.day("perm_placed_for_adoption_date")
        over = row.day("perm_decision_reversed_date") or row.day("perm_permanence_order_date")
        if placed is not None and placed <= work.today:
            work.on_pathway(who, Pathway.ADOPTION, placed, over if over and over <= work.today else None)


def _pre_proceedings(work: Work) -> None:
    days = ("prep_pre_pro_decision_date", "prep_pre_pro_letter_date", "prep_initial_pre_pro_meeting_date")
    for row in work.data.rows("pre_proceedings", *days, "prep_agree_stepdown_issue_date"):
        who = work.person(row, "prep_person_id")
        if not who:
            continue
        found = {name: work.happened(row, name, needed=False) for name in days}
        for name, kind in ((days[1], "plo_letter_sent"), (days[2], "plo_meeting_held")):
            if (day := found[name]) is not None:
                work.event(who, kind, day, row, None, "prep_table_id")
        start = min((day for day in found.values() if day), default=None)
        over = row.day("prep_agree_stepdown_issue_date")
        if start is not None:
            done = over if over and start <= over <= work.today else None
            work.on_pathway(who, Pathway.PRE_PROCEEDINGS, start, done)


def _care_leavers(work: Work) -> None:
    for row in work.data.rows("care_leavers", "clea_care_leaver_latest_contact", "clea_pathway_plan_review_date"):
        who = work.person(row, "clea_person_id")
        if not who:
            continue
        since = _left_care(work, who)
        category = row["clea_care_leaver_eligibility"]
        if since is not None:
            details = {"eligibility": category} if category else None
            work.event(who, "became_care_leaver", since, row, details, "clea_table_id")
        contact = work.happened(row, "clea_care_leaver_latest_contact", needed=False)
        if contact is not None:
            work.event(who, "pa_contact", contact, row)
        review = row.day("clea_pathway_plan_review_date")
        if review is not None and review <= work.today:
            work.event(who, "pathway_review_held", review, row)
        elif review is not None:
            work.extract.council_date(who, "pathway_review_held", review, row.origin)
        start = since or min((d for d in (contact, review) if d and d <= work.today), default=work.today)
        work.on_pathway(who, Pathway.CARE_LEAVER, start, None)
        _advisers(work, row, who, start)


def _left_care(work: Work, who: str) -> date | None:
    """The day care ended, or the eighteenth birthday: the dataset has no day of its own for becoming a care leaver."""
    person = work.people[who]
    if Pathway.LOOKED_AFTER in person.past and Pathway.LOOKED_AFTER not in person.current:
        return person.past[Pathway.LOOKED_AFTER]
    if person.born is None:
        return None
    leap = person.born.month == 2 and person.born.day == 29
    birthday = date(person.born.year + ELIGIBLE_AT, 3 if leap else person.born.month, 1 if leap else person.born.day)
    return birthday if birthday <= work.today else None


def _advisers(work: Work, row: Row, who: str, start: date) -> None:
    work.in_team(who, team_name(work, row["clea_care_leaver_allocated_team"]), start)
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
