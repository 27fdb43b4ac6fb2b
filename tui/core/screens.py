"""The screens and questions, by the name under which they are opened; each is imported when it is first opened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from textual.screen import Screen

PAGES = {
    "team": "tui.home.team_screen:TeamScreen",
    "unallocated": "tui.allocation.unallocated_screen:UnallocatedScreen",
    "headroom": "tui.allocation.candidates_screen:HeadroomScreen",
    "phantom": "tui.allocation.phantom_screen:PhantomScreen",
    "worker": "tui.people.worker_screen:WorkerScreen",
    "case": "tui.cases.case_screen:CaseScreen",
    "planner": "tui.due.year_screen:PlannerScreen",
    "points": "tui.load.points_screen:PointsScreen",
    "case-points": "tui.load.case_points_screen:CasePointsScreen",
    "due": "tui.due.due_list.due_screen:DueScreen",
    "month": "tui.due.month_screen:MonthScreen",
    "timeliness": "tui.due.timeliness_screen:TimelinessScreen",
    "plan": "tui.load.weeks_screen:PlanScreen",
    "plans": "tui.planning.plans_screen:PlansScreen",
    "scenario": "tui.planning.plan_screen:ScenarioScreen",
    "pictures": "tui.load.pictures_screen:PicturesScreen",
    "import": "tui.importing.import_screen:ImportScreen",
    "supervision": "tui.supervision.month_screen:SupervisionScreen",
    "session": "tui.supervision.session.session_screen:SessionScreen",
    "actions": "tui.supervision.actions_screen:ActionsScreen",
    "record": "tui.supervision.session.record_screen:RecordScreen",
    "compliance": "tui.supervision.compliance_screen:ComplianceScreen",
    "coverage": "tui.supervision.coverage_screen:CoverageScreen",
    "disagreements": "tui.supervision.disagreements_screen:DisagreementsScreen",
    "learning": "tui.learning.learners_screen:LearningScreen",
    "learner": "tui.learning.learner_screen:LearnerScreen",
    "register": "tui.learning.attendance_screen:RegisterScreen",
    "learning-needs": "tui.learning.needs_screen:LearningNeedsScreen",
    "registrations": "tui.learning.registrations_screen:RegistrationsScreen",
    "cpd": "tui.learning.cpd_screen:CpdScreen",
    "cpd-pieces": "tui.learning.cpd_screen:PiecesScreen",
    "progression": "tui.learning.progression_screen:ProgressionScreen",
    "calendar": "tui.calendar.calendar_screen:CalendarScreen",
    "calendar-feeds": "tui.calendar.feeds_screen:FeedsScreen",
    "calendar-outbox": "tui.calendar.outbox_screen:OutboxScreen",
    "history": "tui.home.history.history_screen:HistoryScreen",
    "settings": "tui.home.settings_screen:SettingsScreen",
    "keys": "tui.home.keys_screen:KeysScreen",
    "welcome": "tui.home.welcome_screen:WelcomeScreen",
}


# What asks its own questions over any screen, by the name under which it is asked.
QUESTIONS = {
    "team": "tui.dialogs.choose_team:ask_team",
    "weigh": "tui.load.weigh_dialog:weigh",
    "answer-due-concern": "tui.load.concern_form:answer_due_concern",
    "hold-session": "tui.supervision.held_form:hold_session",
    "book-session": "tui.supervision.booking_form:book_session",
    "edit-session": "tui.supervision.booking_form:edit_session",
}


def question(name: str) -> Callable[..., Awaitable[Any]]:
    """Return what asks by name, and answers what was done or chosen: ``await question("team")(self)``."""
    module, _, asking = QUESTIONS[name].partition(":")
    return cast("Callable[..., Awaitable[Any]]", getattr(import_module(module), asking))


def page(name: str, *args: object, **options: object) -> Screen[None]:
    """Return a new screen by name: ``self.app.push_screen(page("worker", "W-12"))``."""
    module, _, kind = PAGES[name].partition(":")
    return cast("Screen[None]", getattr(import_module(module), kind)(*args, **options))
