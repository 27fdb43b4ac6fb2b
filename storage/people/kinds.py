"""The kinds of record about teams and workers."""

from __future__ import annotations

from domain.core.dates import FROM_UNTIL
from domain.people.dated import TeamPeriod, TeamPeriodFields, WorkerPeriod, WorkerPeriodFields
from domain.people.former_keys import FormerKey, FormerKeyFields
from domain.people.not_the_same import NotTheSame, NotTheSameFields
from domain.people.people import Team, TeamFields, Worker, WorkerEvent, WorkerEventFields, WorkerFields
from domain.people.timeline import CONTRACT
from storage.people import checks
from storage.people.dated_facts import TEAM_FACTS, WORKER_FACTS
from storage.people.former_keys import note_former, of_former_key, touches_former
from storage.people.not_the_same import in_words, of_not_the_same
from storage.records.kind import ByHand, Kind, sorted_by_name, touch, touch_nothing
from storage.tables import (
    FormerKeyRow,
    NotTheSameRow,
    TeamPeriodRow,
    TeamRow,
    WorkerEventRow,
    WorkerPeriodRow,
    WorkerRow,
)

KINDS = (
    Kind(
        "team",
        TeamFields,
        Team,
        TeamRow,
        key="name",
        touches=touch("teams", "name"),
        complete=sorted_by_name,
        check=checks.of_team,
        dated=TEAM_FACTS,
        renamed=note_former("team"),
    ),
    Kind(
        "worker",
        WorkerFields,
        Worker,
        WorkerRow,
        key="staff_id",
        touches=touch("workers", "staff_id"),
        complete=sorted_by_name,
        check=checks.of_worker,
        by_hand=ByHand(instead="Say when they leave: almoner amend worker STAFF_ID leaves=2026-11-20"),
        dated=WORKER_FACTS,
        either=CONTRACT,
        renamed=note_former("worker"),
    ),
    Kind(
        "team-period",
        TeamPeriodFields,
        TeamPeriod,
        TeamPeriodRow,
        touches=touch("teams", "team"),
        check=checks.of_team_period,
        by_hand=ByHand(removable=True),
        written=FROM_UNTIL,
    ),
    Kind(
        "worker-period",
        WorkerPeriodFields,
        WorkerPeriod,
        WorkerPeriodRow,
        touches=touch("workers", "worker"),
        check=checks.of_worker_period,
        either=CONTRACT,
        by_hand=ByHand(removable=True),
        written=FROM_UNTIL,
    ),
    Kind(
        "worker-event",
        WorkerEventFields,
        WorkerEvent,
        WorkerEventRow,
        touches=touch("workers", "worker"),
        check=checks.of_worker_event,
    ),
    Kind(
        "former-key",
        FormerKeyFields,
        FormerKey,
        FormerKeyRow,
        touches=touches_former,
        check=of_former_key,
        by_hand=ByHand(removable=True),
    ),
    Kind(
        "not-the-same",
        NotTheSameFields,
        NotTheSame,
        NotTheSameRow,
        noun="pair note",
        describe=in_words,
        touches=touch_nothing,
        check=of_not_the_same,
        by_hand=ByHand(removable=True),
    ),
)
