"""The tables of the Standard Safeguarding Dataset, and what their columns give.

A table of dated events says here whose its rows are, what happened on which day, and with which details. What else is
made of a table stands in ssd_people.py, ssd_cases.py and ssd_care.py. A column may be listed that nothing is taken
from: it is known, so it is not reported as an unknown column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from domain.core.enums import Pathway
from domain.core.text import whole_number
from storage.importing.files.aliases import change_reason, yes
from storage.importing.files.headings import heading_key
from storage.importing.files.rows import Row

_CONFERENCE = re.compile(r'"CP_CONFERENCE_FLAG"\s*:\s*"(\w+)"')

# A field's name, with the function that makes its value, and the columns whose texts that function is given.
Fields = Mapping[str, tuple[Callable[..., object], *tuple[str, ...]]]


def text(*texts: str) -> str | None:
    """Return the first text that is filled in."""
    return next((one for one in texts if one), None)


def score(points: str) -> int | None:
    """Return a score of up to three figures."""
    return whole_number(points, 3)


def conference_needed(outcome: str, nothing_further: str) -> bool | None:
    """Return whether an enquiry led to a conference: as its outcome says, else no when nothing further was done."""
    if match := _CONFERENCE.search(outcome):
        return yes(match[1])
    return False if yes(nothing_further) else None


def filled(row: Row, fields: Fields) -> dict[str, object]:
    """Return the fields that a row gives; those it leaves empty are left out."""
    found = {name: make(*(row[column] for column in columns)) for name, (make, *columns) in fields.items()}
    return {name: value for name, value in found.items() if value is not None}


class On(NamedTuple):
    """A column with a day, the kind of event that happened on it ("" for none), and the event's details."""

    column: str
    event: str = ""
    details: Fields = {}


class DatasetTable(NamedTuple):
    """A table and what its columns give.

    ``person`` are the columns that may say whose a row is, ``ref`` has the row's own number, and by the one in ``link``
    other tables may name the person. Rows either begin on a day and may end on another, with the person on ``pathway``
    in between, or have one or several ``days`` that may be empty, the first of them perhaps ``due`` on another.
    ``fields`` are those of the worker, team or allocation that a row becomes.
    """

    name: str
    person: tuple[str, ...] = ()
    ref: str = ""
    starts: On = On("")
    ends: On = On("")
    days: tuple[On, ...] = ()
    due: str = ""
    cancelled: str = ""
    pathway: Pathway | None = None
    team: str = ""
    link: str = ""
    fields: Fields = {}
    others: str = ""

    @property
    def day_columns(self) -> list[str]:
        """The columns of days."""
        found = (self.starts.column, self.ends.column, self.due, *(on.column for on in self.days))
        return [column for column in found if column]

    @property
    def columns(self) -> set[str]:
        """Every column of the table that is known."""
        details = (self.fields, self.starts.details, self.ends.details, *(on.details for on in self.days))
        named = {*self.person, self.ref, *self.day_columns, self.cancelled, self.team, self.link, *self.others.split()}
        return named.union(*(columns for fields in details for _, *columns in fields.values())) - {""}


# fmt: off
# people and workers
PERSON = DatasetTable(
    "person", days=(On("pers_dob"), On("pers_expected_dob"), On("pers_death_date")),
    others="""pers_person_id pers_forename pers_surname pers_sex pers_gender pers_ethnicity pers_common_child_id
    pers_legacy_id pers_upn_unknown pers_send_flag pers_is_mother pers_nationality""")
PROFESSIONALS = DatasetTable(
    "professionals", fields={
        "role": (text, "prof_professional_job_title"), "registration": (text, "prof_social_worker_registration_no"),
        "agency": (yes, "prof_agency_worker_flag")},
    others="""prof_professional_id prof_staff_id prof_professional_name prof_professional_caseload
    prof_professional_department prof_full_time_equivalency""")
DEPARTMENT = DatasetTable(
    "department", fields={"service": (text, "dept_team_parent_name")},
    others="dept_team_id dept_team_name dept_team_parent_id")
INVOLVEMENTS = DatasetTable(
    "involvements", ("invo_person_id", "invo_referral_id"), "invo_involvements_id",
    starts=On("invo_involvement_start_date"), ends=On("invo_involvement_end_date"), team="invo_professional_team",
    fields={"reason": (change_reason, "invo_worker_change_reason")},
    others="invo_professional_id invo_professional_role_id")

# children in need
CIN_EPISODES = DatasetTable(
    "cin_episodes", ("cine_person_id",), "cine_referral_id", link="cine_referral_id", team="cine_referral_team",
    starts=On("cine_referral_date", "referral_received"), ends=On("cine_close_date"),
    others="""cine_cin_primary_need_code cine_referral_source_code cine_referral_source_desc cine_referral_outcome_json
    cine_referral_nfa cine_close_reason cine_referral_worker_id""")
CIN_PLANS = DatasetTable(
    "cin_plans", ("cinp_person_id", "cinp_referral_id"), "cinp_cin_plan_id", team="cinp_cin_plan_team",
    pathway=Pathway.CHILD_IN_NEED, starts=On("cinp_cin_plan_start_date", "cin_plan_started"),
    ends=On("cinp_cin_plan_end_date", "cin_plan_ended"), others="cinp_cin_plan_worker_id")
CIN_VISITS = DatasetTable(
    "cin_visits", ("cinv_person_id",), "cinv_cin_visit_id", starts=On("cinv_cin_visit_date", "cin_visit", {
        "seen": (yes, "cinv_cin_visit_seen"), "seen_alone": (yes, "cinv_cin_visit_seen_alone"),
        "bedroom_seen": (yes, "cinv_cin_visit_bedroom")}))
CIN_ASSESSMENTS = DatasetTable(
    "cin_assessments", ("cina_person_id", "cina_referral_id"), "cina_assessment_id", pathway=Pathway.ASSESSMENT,
    starts=On("cina_assessment_start_date", "assessment_started"),
    ends=On("cina_assessment_auth_date", "assessment_completed", {
        "seen": (yes, "cina_assessment_child_seen"), "no_further_action": (yes, "cina_assessment_outcome_nfa")}),
    others="cina_assessment_outcome_json cina_assessment_team cina_assessment_worker_id")

# child protection
S47_ENQUIRY = DatasetTable(
    "s47_enquiry", ("s47e_person_id", "s47e_referral_id"), "s47e_s47_enquiry_id",
    starts=On("s47e_s47_start_date", "s47_started"),
    ends=On("s47e_s47_end_date", "s47_ended", {
        "conference_needed": (conference_needed, "s47e_s47_outcome_json", "s47e_s47_nfa")}),
    others="s47e_s47_completed_by_worker_id s47e_s47_completed_by_team")
INITIAL_CP_CONFERENCE = DatasetTable(
    "initial_cp_conference", ("icpc_person_id", "icpc_referral_id"), "icpc_icpc_id",
    due="icpc_icpc_target_date", days=(On("icpc_icpc_date", "icpc_held", {
        "plan_made": (yes, "icpc_icpc_outcome_cp_flag"), "transfer_in": (yes, "icpc_icpc_transfer_in")}),),
    others="""icpc_icpc_meeting_id icpc_s47_enquiry_id icpc_cp_plan_id icpc_icpc_outcome_json icpc_icpc_team
    icpc_icpc_worker_id""")
CP_PLANS = DatasetTable(
    "cp_plans", ("cppl_person_id", "cppl_referral_id"), "cppl_cp_plan_id", pathway=Pathway.CHILD_PROTECTION,
    starts=On("cppl_cp_plan_start_date", "cp_plan_started", {
        "category": (text, "cppl_cp_plan_latest_category", "cppl_cp_plan_initial_category")}),
    ends=On("cppl_cp_plan_end_date", "cp_plan_ended"), others="cppl_icpc_id cppl_cp_plan_ola")
CP_VISITS = DatasetTable(
    "cp_visits", ("cppv_person_id",), "cppv_cp_visit_id", starts=On("cppv_cp_visit_date", "cp_visit", {
        "seen": (yes, "cppv_cp_visit_seen"), "seen_alone": (yes, "cppv_cp_visit_seen_alone"),
        "bedroom_seen": (yes, "cppv_cp_visit_bedroom")}), others="cppv_cp_plan_id")
CP_REVIEWS = DatasetTable(
    "cp_reviews", ("cppr_person_id",), "cppr_cp_review_id",
    due="cppr_cp_review_due", days=(On("cppr_cp_review_date", "rcpc_held", {
        "quorate": (yes, "cppr_cp_review_quorate"), "continues": (yes, "cppr_cp_review_outcome_continue_cp")}),),
    others="cppr_cp_plan_id cppr_cp_review_meeting_id cppr_cp_review_participation")

# looked-after children
CLA_EPISODES = DatasetTable(
    "cla_episodes", ("clae_person_id", "clae_referral_id"), "clae_cla_episode_id", link="clae_cla_id",
    starts=On("clae_cla_episode_start_date"), ends=On("clae_cla_episode_ceased_date"),
    others="""clae_cla_episode_start_reason clae_cla_primary_need_code clae_cla_episode_ceased_reason
    clae_cla_placement_id clae_entered_care_date clae_cla_last_iro_contact_date""")
CLA_PLACEMENT = DatasetTable(
    "cla_placement", ("clap_person_id", "clap_cla_id"), "clap_cla_placement_id",
    starts=On("clap_cla_placement_start_date", "placement_started"),
    ends=On("clap_cla_placement_end_date", "placement_ended"),
    others="""clap_cla_placement_type clap_cla_placement_urn clap_cla_placement_distance clap_cla_placement_provider
    clap_cla_placement_postcode clap_cla_placement_change_reason""")
CLA_REVIEWS = DatasetTable(
    "cla_reviews", ("clar_cla_id",), "clar_cla_review_id",
    due="clar_cla_review_due_date", cancelled="clar_cla_review_cancelled", days=(
        On("clar_cla_review_date", "lac_review_held", {"participation": (text, "clar_cla_review_participation")}),))
CLA_VISITS = DatasetTable(
    "cla_visits", ("clav_person_id", "clav_cla_id"), "clav_cla_visit_id",
    starts=On("clav_cla_visit_date", "lac_visit", {
        "seen": (yes, "clav_cla_visit_seen"), "seen_alone": (yes, "clav_cla_visit_seen_alone")}))
LEGAL_STATUS = DatasetTable(
    "legal_status", ("lega_person_id",), "lega_legal_status_id", starts=On("lega_legal_status_start_date"),
    others="lega_legal_status lega_legal_status_end_date")
CLA_HEALTH = DatasetTable(
    "cla_health", ("clah_person_id",), "clah_health_check_id", starts=On("clah_health_check_date"),
    others="clah_health_check_type clah_health_check_status")
SDQ_SCORES = DatasetTable(
    "sdq_scores", ("csdq_person_id",), "csdq_table_id",
    starts=On("csdq_sdq_completed_date", "sdq_completed", {"score": (score, "csdq_sdq_score")}),
    others="csdq_sdq_reason")
MISSING = DatasetTable(
    "missing", ("miss_person_id",), "miss_table_id",
    starts=On("miss_missing_episode_start_date", "missing_started", {"type": (text, "miss_missing_episode_type")}),
    ends=On("miss_missing_episode_end_date", "missing_ended", {
        "interview_offered": (yes, "miss_missing_rhi_offered"),
        "interview_accepted": (yes, "miss_missing_rhi_accepted")}))

# before proceedings, permanence, leaving care
PRE_PROCEEDINGS = DatasetTable(
    "pre_proceedings", ("prep_person_id",), "prep_table_id",
    days=(On("prep_pre_pro_decision_date"), On("prep_pre_pro_letter_date", "plo_letter_sent"),
          On("prep_initial_pre_pro_meeting_date", "plo_meeting_held")),
    others="""prep_plo_family_id prep_pre_pro_outcome prep_agree_stepdown_issue_date prep_cp_plans_referral_period
    prep_legal_gateway_outcome prep_prev_pre_proc_child prep_prev_care_proc_child prep_care_pro_letter_date
    prep_pre_pro_meetings_num prep_pre_pro_parents_legal_rep prep_parents_legal_rep_point_of_issue prep_court_reference
    prep_care_proc_court_hearings prep_care_proc_short_notice prep_proc_short_notice_reason
    prep_la_inital_plan_approved prep_la_initial_care_plan prep_la_final_plan_approved prep_la_final_care_plan""")
PERMANENCE = DatasetTable(
    "permanence", ("perm_person_id", "perm_cla_id"), "perm_table_id",
    days=(On("perm_adm_decision_date", "permanence_decided"), On("perm_placement_order_date", "placement_order_made"),
          On("perm_placed_for_adoption_date", "placed_for_adoption")),
    others="""perm_ffa_cp_decision_date perm_matched_date perm_adopted_by_carer_flag perm_placed_ffa_cp_date
    perm_decision_reversed_date perm_placed_foster_carer_date perm_part_of_sibling_group perm_siblings_placed_together
    perm_siblings_placed_apart perm_placement_provider_urn perm_decision_reversed_reason perm_permanence_order_date
    perm_permanence_order_type perm_adoption_worker_id perm_adopter_sex perm_adopter_legal_status
    perm_number_of_adopters""")
CARE_LEAVERS = DatasetTable(
    "care_leavers", ("clea_person_id",), "clea_table_id",
    days=(On("clea_care_leaver_latest_contact"), On("clea_pathway_plan_review_date")),
    team="clea_care_leaver_allocated_team", fields={"eligibility": (text, "clea_care_leaver_eligibility")},
    others="""clea_care_leaver_in_touch clea_care_leaver_accommodation clea_care_leaver_accom_suitable
    clea_care_leaver_activity clea_care_leaver_personal_advisor clea_care_leaver_worker_id""")

# known, and nothing is taken from them
CONTACTS = DatasetTable(
    "contacts", others="""cont_contact_id cont_person_id cont_contact_date cont_contact_source_code
    cont_contact_source_desc cont_contact_outcome_json""")
EARLY_HELP_EPISODES = DatasetTable(
    "early_help_episodes", others="""earl_episode_id earl_person_id earl_episode_start_date earl_episode_end_date
    earl_episode_reason earl_episode_end_reason earl_episode_organisation earl_episode_worker_id""")
CLA_CARE_PLAN = DatasetTable(
    "cla_care_plan", others="""lacp_table_id lacp_person_id lacp_cla_care_plan_start_date lacp_cla_care_plan_end_date
    lacp_cla_care_plan_json""")
# fmt: on

UNUSED = (CONTACTS.name, EARLY_HELP_EPISODES.name, CLA_CARE_PLAN.name)
TABLES = (
    PERSON, PROFESSIONALS, DEPARTMENT, INVOLVEMENTS, CIN_EPISODES, CIN_PLANS, CIN_VISITS, CIN_ASSESSMENTS, S47_ENQUIRY,
    INITIAL_CP_CONFERENCE, CP_PLANS, CP_VISITS, CP_REVIEWS, CLA_EPISODES, CLA_PLACEMENT, CLA_REVIEWS, CLA_VISITS,
    CLA_HEALTH, CLA_CARE_PLAN, SDQ_SCORES, MISSING, CARE_LEAVERS, PERMANENCE, PRE_PROCEEDINGS, LEGAL_STATUS, CONTACTS,
    EARLY_HELP_EPISODES,
)  # fmt: skip


@cache
def fields() -> dict[str, dict[str, str]]:
    """Return each table's fields by heading key, with the key they have without the table's prefix."""
    return {
        table.name: {heading_key(name): heading_key(name.split("_", 1)[1]) for name in table.columns}
        for table in TABLES
    }
