"""The columns of a list of cases, the same wherever cases are listed."""

from __future__ import annotations

from rich.text import Text

from domain.core.dates import distance
from domain.core.enums import PATHWAY_TITLES, ROLE_TITLES, Role
from storage.cases.case_lists import CaseLine
from tui.core.look import Look, hundredths
from tui.grid.columns import Column

_PATHWAYS = {str(pathway): title for pathway, title in PATHWAY_TITLES.items()}
_ROLES = {str(role): title for role, title in ROLE_TITLES.items()}


def case_columns(*, held: bool) -> list[Column[CaseLine]]:
    """Return the columns; ``held`` adds what matters when the list is one worker's: the role, and since when.

    In a narrow window they go in this order: opened, team, role, held since, last event, points, name.
    """
    every: list[Column[CaseLine]] = [
        Column("case", "Case", lambda r: r.reference, least=8, most=18),
        Column("name", "Name", lambda r: r.name, _name, names="served", gives_way=1, most=24),
        Column("pathway", "Pathway", _pathway, stretch=True, least=10, most=40),
        Column("role", "Role", lambda r: _ROLES.get(r.role, r.role), _role, gives_way=5, at_first=held),
        Column("points", "Points", lambda r: r.points / 100, _points, right=True, gives_way=2),
        Column("late", "Late", lambda r: r.late, _late, least=4),
        Column("due", "Next due", lambda r: r.next_due, lambda r, look: look.due(r.next_due, far=False), least=12),
        Column("far", "When", lambda r: r.next_due, _far, gives_way=3),
        Column("what", "What", lambda r: r.next_title, gives_way=3, most=30),
        Column("since", "Held since", lambda r: r.since, gives_way=4, at_first=held),
        Column("event", "Last event", lambda r: r.last_event_on, _event, gives_way=6),
        Column("opened", "Opened", lambda r: r.opened, gives_way=7, at_first=not held),
        Column("team", "Team", lambda r: r.team, gives_way=8, at_first=False),
    ]
    return [column for column in every if held or column.id not in {"role", "since"}]


def _name(row: CaseLine, look: Look) -> Text:
    return look.plain("" if look.no_names else row.name)


def _pathway(row: CaseLine) -> str:
    return ", ".join(_PATHWAYS.get(pathway, pathway) for pathway in row.pathways)


def _role(row: CaseLine, look: Look) -> Text:
    return look.plain("" if row.role == Role.ALLOCATED else _ROLES.get(row.role, row.role))


def _points(row: CaseLine, look: Look) -> Text:
    return look.plain(hundredths(row.points) + ("?" if row.assumed else ""), right=True)


def _far(row: CaseLine, look: Look) -> Text:
    return look.plain(distance(row.next_due, look.today) if row.next_due else "")


def _late(row: CaseLine, look: Look) -> Text:
    return look.mark("late", str(row.late)) if row.late else look.plain("")


def _event(row: CaseLine, look: Look) -> Text:
    return look.since(row.last_event_on) if row.last_event_on else look.mark("unset", "none yet")
