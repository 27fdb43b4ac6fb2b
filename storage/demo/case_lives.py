"""The kinds of case the demonstration knows, each told as the events that would have been recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from storage.demo.case_story import Every, Story, office_day

FORTNIGHT = Every(days=13)
SIX_WEEKS = Every(days=42)
TWENTY_DAYS = Every(days=25)  # twenty working days with a bank holiday or two to spare
EIGHT_WEEKS = Every(days=56)
THREE_MONTHS = Every(months=3)
SIX_MONTHS = Every(months=6)
YEAR = Every(months=12)
_SEEN = {"seen": True, "seen_alone": True, "bedroom_seen": True}

Life = Callable[[Story], None]


def _child(story: Story, youngest: int, oldest: int) -> None:
    age = timedelta(days=story.rng.randint(youngest * 365 + 30, oldest * 365 + 330))
    story.born = story.opened - age


def _adult(story: Story, youngest: int, oldest: int) -> None:
    story.born = story.opened - timedelta(days=story.rng.randint(youngest * 365, oldest * 365))


def _refer(story: Story) -> date:
    story.add("referral_received", story.opened)
    started = story.opened + timedelta(days=1)
    story.add("assessment_started", started)
    return started


def looked_after(story: Story) -> None:
    """A child in the council's care: reviews, visits, health."""
    _child(story, 1, 14)
    start = story.opened
    story.pathways, story.weight = ("looked_after",), (2, story.rng.choice((1, 2, 2, 3)), story.rng.choice((1, 2, 2)))
    story.add("became_looked_after", start)
    story.add("iro_named", start + timedelta(days=1))
    story.add("care_plan_prepared", start + timedelta(days=2))
    order = story.rng.random()
    if order < 0.45:
        story.add("interim_care_order_made", start + timedelta(days=10))
        story.add("care_order_made", start + timedelta(days=190))
    elif order < 0.6:
        story.add("interim_care_order_made", start + timedelta(days=5))
        story.pathways, story.weight = ("looked_after", "court"), (3, 3, 2)
    end = _leaving_care(story)
    _placements(story, end)
    _reviews(story, end)
    _health(story, end)


def _leaving_care(story: Story) -> date | None:
    end = story.opened + story.days(240, 640)
    if story.rng.random() > 0.32 or end > story.today or story.behind:
        return None
    story.add("ceased_looked_after", end)
    story.add("placement_ended", end)
    story.close(end + timedelta(days=7), "Returned home or special guardianship order made")
    return end


def _placements(story: Story, end: date | None) -> None:
    lasting = story.rng.random() < 0.4 and not story.behind
    kind = story.rng.choice(("U4", "U4", "U6", "U1", "K2", "U5"))
    moved = story.opened + story.days(60, 300)
    stays = story.rng.random() < 0.7 or moved >= (end or story.today) - timedelta(days=70)
    story.add("placement_started", story.opened, placement_type=kind, intended_to_18=lasting and stays)
    _placed(story, story.opened)
    first = story.opened + timedelta(days=7)
    if stays:
        _visits(story, first, end)
        return
    _visits(story, first, moved)
    story.add("placement_ended", moved)
    story.add("placement_started", moved, placement_type="U4", intended_to_18=lasting)
    _placed(story, moved)
    _visits(story, moved + timedelta(days=7), end)


def _placed(story: Story, day: date) -> None:
    story.add("placement_notified", day)
    story.add("placement_plan_signed", day + timedelta(days=1))


def _visits(story: Story, first: date, end: date | None) -> None:
    story.recur("lac_visit", first, SIX_WEEKS, end, **_SEEN)


def _reviews(story: Story, end: date | None) -> None:
    stop = end or story.today
    first = office_day(story.opened + timedelta(days=story.rng.randint(20, 26)))
    if first > stop:
        return
    story.add("lac_review_held", first)
    second = office_day(THREE_MONTHS.after(first) - story.days(0, 9))
    if second > stop:
        return
    story.add("lac_review_held", second)
    story.recur("lac_review_held", SIX_MONTHS.after(second), SIX_MONTHS, end, early=14)
    story.add("permanence_decided", second)


def _health(story: Story, end: date | None) -> None:
    stop = end or story.today
    first = office_day(story.opened + timedelta(days=story.rng.randint(14, 26)))
    if first > stop:
        return
    story.add("health_assessment_held", first)
    assert story.born is not None
    fifth = Every(months=60).after(story.born)
    if first < fifth:
        first = (
            story.recur(
                "health_assessment_held", SIX_MONTHS.after(first), SIX_MONTHS, min(SIX_MONTHS.after(fifth), stop)
            )
            or first
        )
    if stop >= fifth:
        story.recur("health_assessment_held", YEAR.after(first), YEAR, end)
    story.recur("dental_check", YEAR.after(story.opened), YEAR, end, early=60)
    story.recur("sdq_completed", YEAR.after(story.opened), YEAR, end, early=40)
    story.recur("immunisations_checked", YEAR.after(story.opened), YEAR, end, early=90)


def care_leaver(story: Story) -> None:
    """A young person after care: pathway plan and its reviews, a personal adviser's visits."""
    story.born = story.opened - timedelta(days=18 * 365 + story.rng.randint(5, 40))
    story.pathways, story.weight = ("care_leaver",), (1, story.rng.choice((1, 1, 2)), 1)
    story.add("became_care_leaver", story.opened)
    planned = story.opened + timedelta(days=20)
    story.add("pathway_plan_started", planned)
    end = _close_some(story, 0.2, 500, 700, "Turned 21 and asked for no more support")
    story.recur("pathway_review_held", SIX_MONTHS.after(planned), SIX_MONTHS, end, early=12)
    story.recur("pa_visit", planned + timedelta(days=14), Every(days=54), end)


def _close_some(story: Story, share: float, low: int, high: int, reason: str) -> date | None:
    end = story.opened + story.days(low, high)
    if story.rng.random() > share or end > story.today or story.behind:
        return None
    story.close(end, reason)
    return end


def adoption(story: Story) -> None:
    """A child with a placement order, waiting for a match or settling in."""
    looked_after(story)
    if story.closed is None and (story.today - story.opened).days > 240:
        story.pathways, story.weight = ("looked_after", "adoption"), (3, 2, 3)
        ordered = story.opened + timedelta(days=200)
        story.add("placement_order_made", ordered)
        review = office_day(THREE_MONTHS.after(ordered))
        while story.add("adoption_review_held", review):
            review = office_day(SIX_MONTHS.after(review))


def child_protection(story: Story) -> None:
    """A child on a protection plan: conference, core groups, visits; later perhaps a child in need plan."""
    _child(story, 0, 15)
    story.pathways, story.weight = ("child_protection",), (3, story.rng.choice((2, 3, 3)), 1)
    _refer(story)
    strategy = office_day(story.opened + timedelta(days=4))
    story.add("strategy_discussion_held", strategy, s47=True)
    story.add("s47_started", strategy)
    conference = office_day(strategy + timedelta(days=story.rng.randint(15, 19)))
    if not story.add("icpc_held", conference):
        return
    story.add("assessment_completed", conference - timedelta(days=1))
    story.add("s47_ended", conference - timedelta(days=1))
    story.add("cp_plan_started", conference)
    end = _plan_ends(story, conference)
    first = office_day(conference + timedelta(days=9))
    if story.add("core_group_held", min(first, end or first)):
        story.recur("core_group_held", first + timedelta(days=35), Every(days=38), end)
    story.recur("cp_visit", conference + timedelta(days=11), FORTNIGHT, end, early=3, **_SEEN)
    review = office_day(THREE_MONTHS.after(conference) - story.days(1, 8))
    if story.add("rcpc_held", review):
        story.recur("rcpc_held", SIX_MONTHS.after(review), SIX_MONTHS, end, early=10)


def _plan_ends(story: Story, conference: date) -> date | None:
    end = office_day(conference + story.days(260, 420))
    if end > story.today or story.behind:
        return None
    story.add("cp_plan_ended", end)
    story.pathways, story.weight = ("child_in_need",), (2, 1, 1)
    _in_need(story, end)
    return end


def child_in_need(story: Story) -> None:
    """A child in need plan after an assessment."""
    _child(story, 0, 15)
    story.pathways, story.weight = ("child_in_need",), (story.rng.choice((1, 2)), story.rng.choice((1, 2, 2)), 1)
    started = _refer(story)
    assessed = office_day(started + story.days(25, 55))
    if story.add("assessment_completed", assessed):
        _in_need(story, assessed)
    else:
        story.pathways = ("assessment",)


def _in_need(story: Story, start: date) -> None:
    story.add("cin_plan_started", start)
    end: date | None = office_day(start + story.days(170, 420))
    if end and (end > story.today or story.behind):
        end = None
    story.recur("cin_visit", start + timedelta(days=20), TWENTY_DAYS, end, early=4, seen=True, seen_alone=True)
    story.recur("cin_review_held", THREE_MONTHS.after(start), THREE_MONTHS, end, early=9)
    if end:
        story.add("cin_plan_ended", end)
        story.close(end, "Needs met: stepped down to early help")


def assessment(story: Story) -> None:
    """A child and family assessment: recent ones still open, older ones ended without further action."""
    _child(story, 0, 16)
    story.pathways, story.weight = ("assessment",), (2, story.rng.choice((1, 2, 3)), 1)
    started = _refer(story)
    done = office_day(started + story.days(22, 50))
    if story.add("assessment_completed", done):
        story.close(done + timedelta(days=1), "Assessed: no further action")


def care_act(story: Story) -> None:
    """An adult with a care and support plan, some of it paid for directly."""
    _adult(story, 62, 95)
    story.pathways, story.weight = ("care_act",), (story.rng.choice((1, 2, 2)), story.rng.choice((1, 1, 2)), 1)
    story.factors = tuple(story.rng.sample(("long-term condition", "advanced dementia", "complex family"), 1))
    agreed = office_day(story.opened + story.days(14, 30))
    if not story.add("care_plan_agreed", agreed):
        return
    story.add("service_started", agreed + timedelta(days=3))
    end = _close_some(story, 0.25, 200, 600, "Moved to a care home out of area, or died")
    _plan_reviews(story, agreed, end, "plan_review_held")
    if story.rng.random() < 0.22:
        _direct_payment(story, agreed, end)
    if end:
        story.add("care_plan_ended", end)


def _plan_reviews(story: Story, agreed: date, end: date | None, kind: str) -> None:
    stop = end or story.today
    light = office_day(agreed + timedelta(days=story.rng.randint(44, 54)))
    if light <= stop:
        story.add(kind, light)
        story.recur(kind, YEAR.after(light), YEAR, end, early=25)


def _direct_payment(story: Story, agreed: date, end: date | None) -> None:
    story.pathways = (*story.pathways, "direct_payment")
    started = agreed + timedelta(days=14)
    if not story.add("direct_payment_started", started):
        return
    first = office_day(SIX_MONTHS.after(started) - story.days(0, 20))
    if first <= (end or story.today):
        story.add("direct_payment_review_held", first)
        story.recur("direct_payment_review_held", YEAR.after(first), YEAR, end, early=20)
    if end:
        story.add("direct_payment_ended", end)


def younger_adult(story: Story) -> None:
    """An adult of working age with a plan."""
    care_act(story)
    _adult(story, 18, 60)
    story.weight = (story.rng.choice((2, 3)), story.rng.choice((1, 2)), story.rng.choice((1, 2)))
    story.factors = tuple(story.rng.sample(("autism", "mental health", "transition", "learning disability"), 1))


def carer(story: Story) -> None:
    """An unpaid carer with a support plan of their own."""
    _adult(story, 35, 85)
    story.pathways, story.weight = ("carer_support",), (1, 1, 1)
    agreed = office_day(story.opened + story.days(10, 30))
    if story.add("carer_plan_agreed", agreed):
        end = _close_some(story, 0.2, 200, 600, "No longer caring")
        _plan_reviews(story, agreed, end, "carer_review_held")
        if end:
            story.add("carer_plan_ended", end)


def safeguarding(story: Story) -> None:
    """A safeguarding concern about an adult, looked into."""
    _adult(story, 20, 92)
    story.pathways, story.weight = ("safeguarding_adult",), (2, 3, 1)
    story.add("safeguarding_concern_received", story.opened)
    begun = story.add("safeguarding_enquiry_started", office_day(story.opened + timedelta(days=3)))
    ended = office_day(story.opened + story.days(24, 60))
    if begun and story.add("safeguarding_enquiry_ended", ended):
        story.close(ended + timedelta(days=2), "Enquiry ended: risk removed or reduced")
