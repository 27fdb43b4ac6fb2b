"""The closed lists of words that records, packs and screens share."""

from __future__ import annotations

from enum import StrEnum


class Nation(StrEnum):
    """The nation whose law and bank holidays apply to a case."""

    ENGLAND = "england"
    WALES = "wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern_ireland"


NATION_TITLES = {
    Nation.ENGLAND: "England",
    Nation.WALES: "Wales",
    Nation.SCOTLAND: "Scotland",
    Nation.NORTHERN_IRELAND: "Northern Ireland",
}


class Pathway(StrEnum):
    """What a case is being worked under; one case may be on several."""

    ASSESSMENT = "assessment"
    CHILD_IN_NEED = "child_in_need"
    FAMILY_HELP = "family_help"
    CHILD_PROTECTION = "child_protection"
    PRE_PROCEEDINGS = "pre_proceedings"
    COURT = "court"
    LOOKED_AFTER = "looked_after"
    ADOPTION = "adoption"
    SPECIAL_GUARDIANSHIP = "special_guardianship"
    PRIVATE_FOSTERING = "private_fostering"
    SHORT_BREAKS = "short_breaks"
    CARE_LEAVER = "care_leaver"
    FOSTER_CARER = "foster_carer"
    CARE_ACT = "care_act"
    CARER_SUPPORT = "carer_support"
    DIRECT_PAYMENT = "direct_payment"
    SAFEGUARDING_ADULT = "safeguarding_adult"
    MENTAL_CAPACITY = "mental_capacity"
    MENTAL_HEALTH = "mental_health"
    TRANSITION = "transition"


PATHWAY_TITLES = {
    Pathway.ASSESSMENT: "Assessment",
    Pathway.CHILD_IN_NEED: "Child in need",
    Pathway.FAMILY_HELP: "Family Help",
    Pathway.CHILD_PROTECTION: "Child protection",
    Pathway.PRE_PROCEEDINGS: "Pre-proceedings",
    Pathway.COURT: "Court",
    Pathway.LOOKED_AFTER: "Looked after",
    Pathway.ADOPTION: "Adoption",
    Pathway.SPECIAL_GUARDIANSHIP: "Special guardianship",
    Pathway.PRIVATE_FOSTERING: "Private fostering",
    Pathway.SHORT_BREAKS: "Short breaks",
    Pathway.CARE_LEAVER: "Care leaver",
    Pathway.FOSTER_CARER: "Foster carer",
    Pathway.CARE_ACT: "Care Act plan",
    Pathway.CARER_SUPPORT: "Carer support",
    Pathway.DIRECT_PAYMENT: "Direct payment",
    Pathway.SAFEGUARDING_ADULT: "Safeguarding (adult)",
    Pathway.MENTAL_CAPACITY: "Mental capacity and DoLS",
    Pathway.MENTAL_HEALTH: "Mental health",
    Pathway.TRANSITION: "Transition",
}


class Role(StrEnum):
    """How a worker stands to a case."""

    ALLOCATED = "allocated_worker"
    CO_WORKER = "co_worker"
    CONSULTANT = "consultant"
    COVER = "cover"
    PERSONAL_ADVISER = "personal_adviser"
    SUPERVISED = "supervised"


ROLE_TITLES = {
    Role.ALLOCATED: "Allocated worker",
    Role.CO_WORKER: "Co-worker",
    Role.CONSULTANT: "Consultant",
    Role.COVER: "Cover",
    Role.PERSONAL_ADVISER: "Personal adviser",
    Role.SUPERVISED: "Holds under supervision",
}


class WeighReason(StrEnum):
    """On what occasion a case was weighed."""

    FIRST = "first"
    ALLOCATION = "allocation"
    STEP_UP = "step_up"
    STEP_DOWN = "step_down"
    SUPERVISION = "supervision"
    REVIEW = "review"
    OTHER = "other"


WEIGH_REASON_TITLES = {
    WeighReason.FIRST: "First weighing",
    WeighReason.ALLOCATION: "Allocation",
    WeighReason.STEP_UP: "Step up",
    WeighReason.STEP_DOWN: "Step down",
    WeighReason.SUPERVISION: "Supervision",
    WeighReason.REVIEW: "Review of the caseload",
    WeighReason.OTHER: "Other",
}


class ConflictReason(StrEnum):
    """Why a worker must not, or had better not, hold a case."""

    INTEREST = "conflict_of_interest"
    RISK = "risk_to_worker"
    KNOWN = "known_to_worker"
    FAMILY_ASKED = "family_asked"
    OTHER = "other"


CONFLICT_REASON_TITLES = {
    ConflictReason.INTEREST: "Conflict of interest",
    ConflictReason.RISK: "Risk to the worker",
    ConflictReason.KNOWN: "Known to the worker outside work",
    ConflictReason.FAMILY_ASKED: "The person or family asked",
    ConflictReason.OTHER: "Other",
}


class ChangeReason(StrEnum):
    """Why a worker changed: the Standard Safeguarding Dataset's list (invo_worker_change_reason)."""

    MANAGE = "MANAGE"
    FIRST_CONTACT = "FCONTA"
    LEFT_ROLE = "LEFTRL"
    RESTRUCTURE = "ORGRST"
    TRANSFER = "TSPROC"
    ABSENCE = "ABSENC"
    CHILD_ASKED = "CHCHAN"
    PARENT_ASKED = "PCCHAN"
    WORKER_DIED = "SWDIED"
    OTHER = "OTHERS"


CHANGE_REASON_TITLES = {
    ChangeReason.MANAGE: "Managing caseloads",
    ChangeReason.FIRST_CONTACT: "First contact or re-referral",
    ChangeReason.LEFT_ROLE: "Worker left the role",
    ChangeReason.RESTRUCTURE: "Restructure",
    ChangeReason.TRANSFER: "Standard transfer",
    ChangeReason.ABSENCE: "Absence",
    ChangeReason.CHILD_ASKED: "The child asked",
    ChangeReason.PARENT_ASKED: "A parent or carer asked",
    ChangeReason.WORKER_DIED: "Worker died",
    ChangeReason.OTHER: "Other",
}


class Outcome(StrEnum):
    """What became of a meeting or visit that was planned; an event without one was held."""

    HELD = "held"
    ADJOURNED = "adjourned"
    CANCELLED = "cancelled"
    NOT_DONE = "not_done"


OUTCOME_TITLES = {
    Outcome.HELD: "Held",
    Outcome.ADJOURNED: "Adjourned",
    Outcome.CANCELLED: "Cancelled",
    Outcome.NOT_DONE: "Not done",
}


class SubjectKind(StrEnum):
    """What an obligation is about."""

    CASE = "case"
    WORKER = "worker"
    PROGRAMME = "programme"


class SupervisionKind(StrEnum):
    """What a supervision agreement or a session is for."""

    LINE = "line"
    REFLECTIVE = "reflective"
    ON_SITE = "on_site"
    OFF_SITE = "off_site"
    GROUP = "group"
    JOINT = "joint"
    AD_HOC = "ad_hoc"


SUPERVISION_KIND_TITLES = {
    SupervisionKind.LINE: "Line management",
    SupervisionKind.REFLECTIVE: "Reflective",
    SupervisionKind.ON_SITE: "On-site supervisor",
    SupervisionKind.OFF_SITE: "Off-site educator",
    SupervisionKind.GROUP: "Group",
    SupervisionKind.JOINT: "Joint",
    SupervisionKind.AD_HOC: "Unplanned",
}


class DecidedBy(StrEnum):
    """Who may take a decision that is followed through."""

    SUPERVISION = "supervision"
    MANAGER = "manager"
    PANEL = "panel"


class LearningSource(StrEnum):
    """What brought a learning need to light."""

    SUPERVISION = "supervision"
    AUDIT = "audit"
    FEEDBACK = "feedback"
    APPRAISAL = "appraisal"
    OBSERVATION = "observation"
    COMPLAINT = "complaint"
    PRACTICE_EVENT = "practice_event"
    OWN = "own"


class Priority(StrEnum):
    """How soon something matters."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class LearningOutcome(StrEnum):
    """How a learning need ended."""

    MET = "met"
    CHANGED = "changed"
    DROPPED = "dropped"


class DayKind(StrEnum):
    """What a day of a placement was."""

    ATTENDED = "attended"
    RECALL = "recall"
    SKILLS = "skills"
    SICK = "sick"
    HOLIDAY = "holiday"
    ABSENT = "absent"


class SessionState(StrEnum):
    """Where a supervision session stands."""

    PLANNED = "planned"
    HELD = "held"
    MISSED = "missed"
    CANCELLED = "cancelled"
