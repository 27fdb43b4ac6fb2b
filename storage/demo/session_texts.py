"""What is said in made-up supervision: nobody is named, and nothing of it was ever said about anybody."""

from __future__ import annotations

from random import Random

_CHILD = {
    "update": (
        "Attendance at school is up to nine days in ten since half-term.",
        "Family time took place twice; the second visit ended early and was calmer than the first.",
        "The carers ask for support at bedtime; nights are broken three times a week.",
        "The health assessment was held; glasses are ordered.",
        "A change of school is being talked about for September.",
        "Moved to a new room of their own and chose the colours.",
    ),
    "voice": (
        "Says that mornings are rushed and that evenings are good; showed their drawing of the house.",
        "Quiet when family time is mentioned; talked freely about football.",
        "Wants to see their brothers more often and says so every time.",
        "Slept well this week, and says that the dog helps.",
    ),
    "analysis": (
        "The plan is working where it is kept to; where it is not, the same two evenings go wrong.",
        "We know what the school tells us and suppose the rest: the weekend is not known to us.",
        "Settled for the first time in a year; the next review can look at what lasts.",
        "The risk has not changed; what has changed is who notices it.",
    ),
    "next": (
        "See the child alone before the next review.",
        "Ask the school what they see on Mondays.",
        "Look at the plan with the carers and take out what nobody does.",
        "Go through the life-story work and agree the next chapter.",
    ),
}
_ADULT = {
    "voice": (
        "Wants to stay in their own home and to cook again; says that mornings are the hard part.",
        "Misses the club on Thursdays more than anything else.",
        "Says that the visits are kind and too short.",
    ),
    "outcomes": (
        "To walk to the shop and back; to have their own front door key again.",
        "To see their daughter on Sundays without having to ask for a lift.",
    ),
    "strengths": (
        "Manages money without help, and knows everybody in the street.",
        "A neighbour looks in twice a day and would do more if asked.",
    ),
    "risks": (
        "Falls on the stairs; they know it, and want to go on using them.",
        "Medicines are missed at weekends, when nobody calls.",
    ),
    "plan": (
        "Reablement to look at the stairs; review in six weeks with the carer there.",
        "Ask for a weekend call for four weeks, and look again.",
    ),
}
_DANGERS = (
    "At home the adults argue when they have been drinking, and the child may be hurt or frightened.",
    "Nobody may notice when school is missed, and learning falls further behind.",
    "When placements change again, trust in adults may not come back.",
)
_GOALS = (
    "The adults keep evenings with the child free of drink, and the school and the health visitor see it.",
    "School is missed only for illness, and somebody rings the same morning.",
    "The child knows where they live next year, and who with.",
)
ACTIONS = (
    "Ring the school about the reading support",
    "Visit and see the child alone",
    "Send the chronology to the legal team",
    "Book the review and invite the grandparents",
    "Write the placement plan up with the carers",
    "Ask the health visitor for the growth chart",
    "Update the risk assessment after the home visit",
    "Check with housing when the repairs are done",
    "Arrange a carer's assessment",
    "Complete the life-story chapter on the first home",
    "Request the minutes of the strategy discussion",
    "Agree the contact plan with both parents",
)
MANAGING = (
    "Send the figures for the performance meeting",
    "Write the advert for the vacant post",
    "Prepare the team day and book the room",
    "Agree the cover for the holidays with the other teams",
    "Read two files for the audit and give feedback",
)
DROPPED = ("Overtaken by the review", "The family did it themselves", "No longer wanted by the young person")
DONE = ("By phone; noted on the record", "Done at the visit", "Sent, and an answer is there", "Agreed at the meeting")
DECISIONS = (
    ("Family time stays at twice a week", "It has become calmer, and more would crowd the school week"),
    ("Ask for a legal planning meeting", "The agreed plan has not been kept to for six weeks"),
    ("Keep the present placement", "The carers are managing with the new support"),
    ("Step down to a plan for a child in need", "The reasons for the plan are met and have held for three months"),
    ("A second worker joins the next visit", "Two earlier visits ended early, and nobody felt safe"),
    ("Apply for the equipment now", "Waiting for the review would cost six weeks at home"),
)
PANEL = (("Agree the plan for permanence", "Matched and settled; both reports recommend it"),)
WELLBEING = (
    "Tired after the court week; leave is booked and covered.",
    "A good month; the late visits are what takes strength.",
    "Sleep is back to normal. Wants no more than two new cases before the holidays.",
    "The family on the hill stays with them after hours; wants to talk about it again.",
)
HELPS = (
    "A walk after the last visit; the duty week swapped.",
    "Joint visits for a while.",
    "Nothing needed this time.",
)
RAISED = (
    "Whether I can take the training day in January",
    "How we record what children say in their own words",
    "Lone working on the estate after dark",
    "Feedback from the last audit",
)


def about_case(rng: Random, *, adult: bool, mapped: bool, danger: int) -> tuple[str, dict[str, str]]:
    """Return a format and what was said in it."""
    if adult:
        return "outcomes", {name: rng.choice(pool) for name, pool in _ADULT.items()}
    if not mapped:
        return "update", {name: rng.choice(pool) for name, pool in _CHILD.items()}
    said = {"danger": danger_of(danger), "goal": _GOALS[danger % len(_GOALS)]}
    return "mapping", {
        **said,
        "strengths": rng.choice(_CHILD["update"]),
        "voice": rng.choice(_CHILD["voice"]),
        "next": rng.choice(_CHILD["next"]),
    }


def danger_of(number: int) -> str:
    """Return the danger that one case's mapping is about, the same every time."""
    return _DANGERS[number % len(_DANGERS)]
