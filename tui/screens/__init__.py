"""The screens, by the name under which they are opened; each is imported when it is first opened."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from textual.screen import Screen

PAGES = {
    "team": "tui.screens.team:TeamScreen",
    "unallocated": "tui.screens.unallocated:UnallocatedScreen",
    "headroom": "tui.screens.headroom:HeadroomScreen",
    "phantom": "tui.screens.phantom:PhantomScreen",
    "worker": "tui.screens.worker:WorkerScreen",
    "case": "tui.screens.case:CaseScreen",
    "planner": "tui.screens.planner:PlannerScreen",
    "points": "tui.screens.points:PointsScreen",
    "case-points": "tui.screens.casepoints:CasePointsScreen",
    "due": "tui.screens.due:DueScreen",
    "month": "tui.screens.month:MonthScreen",
    "timeliness": "tui.screens.timeliness:TimelinessScreen",
    "plan": "tui.screens.plan:PlanScreen",
    "plans": "tui.screens.plans:PlansScreen",
    "scenario": "tui.screens.scenario:ScenarioScreen",
    "pictures": "tui.screens.pictures:PicturesScreen",
    "import": "tui.screens.imports:ImportScreen",
    "supervision": "tui.screens.supervision:SupervisionScreen",
    "session": "tui.screens.session:SessionScreen",
    "actions": "tui.screens.actions:ActionsScreen",
    "record": "tui.screens.record:RecordScreen",
    "compliance": "tui.screens.compliance:ComplianceScreen",
    "coverage": "tui.screens.coverage:CoverageScreen",
    "disagreements": "tui.screens.disagreements:DisagreementsScreen",
    "learning": "tui.screens.learning:LearningScreen",
    "learner": "tui.screens.learner:LearnerScreen",
    "register": "tui.screens.register:RegisterScreen",
    "learning-needs": "tui.screens.learningneeds:LearningNeedsScreen",
    "registrations": "tui.screens.registrations:RegistrationsScreen",
    "cpd": "tui.screens.cpd:CpdScreen",
    "cpd-pieces": "tui.screens.cpd:PiecesScreen",
    "progression": "tui.screens.progression:ProgressionScreen",
    "calendar": "tui.screens.calendar:CalendarScreen",
    "calendar-feeds": "tui.screens.calendarfeeds:FeedsScreen",
    "calendar-outbox": "tui.screens.calendaroutbox:OutboxScreen",
    "settings": "tui.screens.settings:SettingsScreen",
    "keys": "tui.screens.keys:KeysScreen",
    "welcome": "tui.screens.welcome:WelcomeScreen",
}


def page(name: str, *args: object, **options: object) -> Screen[None]:
    """Return a new screen by name: ``self.app.push_screen(page("worker", "W-12"))``."""
    module, _, kind = PAGES[name].partition(":")
    return cast("Screen[None]", getattr(import_module(module), kind)(*args, **options))
