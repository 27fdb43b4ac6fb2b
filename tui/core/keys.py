"""Every command, declared once: its key, its words, its place. Bindings, footer, palette and help all come from here.

A screen or widget names the commands it answers (``BINDINGS = bindings("open", "why")``) and has a method
``action_open`` for each. Keys can be changed in the settings, by command.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual.binding import ActiveBinding, Binding, BindingType


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can do. ``action`` names the method behind it where that is not the id's own."""

    id: str
    keys: str
    title: str
    tooltip: str
    group: str
    footer: bool = True
    action: str = ""
    priority: bool = False

    @property
    def runs(self) -> str:
        """The action the binding calls."""
        return self.action or self.id.replace("-", "_")


AREAS, HERE, LISTS, EVERYWHERE, MOVING, FORMS = "Areas", "Here", "Lists", "Everywhere", "Moving about", "Forms"

COMMANDS: tuple[Command, ...] = (
    Command("open", "enter", "Open", "Open what is under the cursor", HERE),
    Command("new", "n", "New", "Add something new here", HERE),
    Command("edit", "e", "Edit", "Change what is under the cursor", HERE),
    Command("record", "r", "Record", "Record what happened: held, visited, placed", HERE),
    Command("why", "w", "Why", "Show the working behind a date or a figure", HERE),
    Command("allocate", "a", "Allocate", "Give the case to a worker", HERE),
    Command("everyone", "o", "All teams", "List the workers of every team, or only of the case's own team", HERE),
    Command("together", "b", "Siblings", "Give the siblings' cases to the same worker as well, or leave them", HERE),
    Command("reviewed", "h", "Reviewed", "Record that this unallocated case was reviewed", HERE),
    Command("postpone", "p", "Postpone", "Plan it for a later day, with a reason; the legal date stays", HERE),
    Command("weigh", "l", "Weigh", "Answer the weighting questions for this case again", HERE),
    Command(
        "own-interval",
        "o",
        "Own interval",
        "Give this case an interval of its own for a rule, or end it",
        HERE,
        footer=False,
    ),
    Command(
        "points",
        "P",
        "Points",
        "Where points come from: means by month, cases to be weighed, how one case was weighed",
        HERE,
        footer=False,
    ),
    Command("agree", "A", "Agree", "Note on which day the worker and the supervisor agreed to a weighing", HERE),
    Command("version", "b", "Version", "Count the weighings under another version of the scheme", HERE),
    Command("details", "d", "Details", "Show or hide more: who held the case, how it was weighed, what changed", HERE),
    Command("history", "H", "History", "What was recorded here, when, by whom, from what to what", HERE, footer=False),
    Command("close-case", "C", "Close case", "Close the case, with a reason", HERE, footer=False),
    Command("merge-case", "M", "Merge case", "Put the case into another that is the same child's", HERE, footer=False),
    Command(
        "merge-worker", "M", "Merge worker", "Put the worker into another that is the same person", HERE, footer=False
    ),
    Command("merge-two", "M", "Merge", "Put the marked one into the one it is like, once it is said what moves", HERE),
    Command(
        "are-two", "N", "Are two", "Say that these two are not one, and how you know: then they are not shown", HERE
    ),
    Command("reset", "backspace", "Usual key", "Give the marked command its usual key again", HERE),
    Command("folder-up", "backspace", "Folder up", "Show the folder that holds this one", HERE),
    Command("preview", "ctrl+s", "Look", "See what the extract would change; nothing is written", HERE),
    Command("apply", "ctrl+s", "Apply", "Write all of these changes; one undo takes them back", HERE),
    Command("clarify", "m", "Headings", "Say what unclear headings mean", HERE),
    Command("learning-needs", "l", "Needs", "Learning needs of the team, by capability", HERE),
    Command("progression", "p", "Progression", "Evidence for the next grade, by criterion", HERE),
    Command(
        "registrations",
        "R",
        "Registrations",
        "Registrations, warrants, checks, training: until when they are valid",
        HERE,
    ),
    Command("cpd", "y", "CPD", "Professional development in this registration year, and what is still needed", HERE),
    Command("plan-together", "p", "Plan together", "Plan one course or session for all who share this need", HERE),
    Command(
        "calendar-export",
        "x",
        "Export",
        "Save calendar files: the team's or one worker's, all or only what is new",
        HERE,
    ),
    Command("calendar-preview", "p", "Look first", "See what a file would hold; nothing is written", HERE),
    Command("calendar-month", "m", "Month", "Show a sheet of the month, or the agenda again", HERE),
    Command("calendar-feeds", "f", "Feeds", "Publish calendars, give out their addresses or withdraw them", HERE),
    Command("calendar-outbox", "o", "Outbox", "What goes out by mail: waiting, sent, failed", HERE),
    Command("feed-publish", "p", "Publish", "Write every calendar that changed into the feed folder", HERE),
    Command("feed-renew", "r", "Renew", "Give a new address; the old one stops working", HERE),
    Command("feed-revoke", "delete,D", "Withdraw", "Make every address of this calendar stop working", HERE),
    Command("copy-address", "c", "Copy", "Copy the address to the clipboard, where the terminal allows it", HERE),
    Command("mail-send", "m", "Send now", "Put what is new into the outbox, and send what waits", HERE),
    Command("mail-retry", "r", "Try again", "Let this message go out with the next sending", HERE),
    Command("mail-drop", "delete,D", "Drop", "Do not send this message", HERE),
    Command("mail-dry", "y", "Dry run", "Write the messages into a folder; nothing is sent", HERE),
    Command("calendar-council", "S", "Council", "Settings for every calendar, and for feeds and mail", HERE),
    Command("choose-team", "t", "Team", "Choose which team is shown", HERE),
    Command("month", "m", "Month", "How much is to be done on each day of a month, and which days are full", HERE),
    Command("year", "y", "Year", "What falls when on this case in the next twelve months", HERE),
    Command("month-before", "pageup,left_square_bracket", "Month before", "Show the month before", HERE),
    Command("month-after", "pagedown,right_square_bracket", "Next month", "Show the next month", HERE),
    Command("today", "home", "Today", "Go to today", HERE),
    Command("this-month", "0", "This month", "Show the month of today", HERE, footer=False),
    Command(
        "supervision-more",
        "o",
        "More",
        "Actions, sessions held in time, cases discussed, disagreements",
        HERE,
    ),
    Command("session-fate", "m", "Move, miss", "Move, cancel or miss a session, have it covered, book it again", HERE),
    Command("timeliness", "o", "On time", "How much of what fell due was done in time", HERE, footer=False),
    Command("choose-period", "y", "Period", "Choose the first and last day for which due dates are counted", HERE),
    Command("new-plan", "n", "New plan", "Plan for a leaver, an absence, a starter, new cases, or an even load", HERE),
    Command("plans", "p", "Plans", "The plans that were saved: open, compare or apply one", HERE),
    Command("accept-move", "space", "Accept", "Accept this move, or take that back; siblings go together", HERE),
    Command("pin", "p", "Pin", "Choose who holds this case, and work the plan out again", HERE),
    Command("forbid", "f", "Forbid", "Never give this case to that worker; work the plan out again", HERE),
    Command(
        "solve-again", "r", "Work out again", "Work the plan out again from present data, keeping accepted moves", HERE
    ),
    Command("save-plan", "S", "Save", "Keep this plan under a name", HERE),
    Command("fewer-moves", "minus,left", "Fewer moves", "Show the plan with fewer further moves", HERE),
    Command("more-moves", "plus,right", "More moves", "Show the plan with more further moves", HERE),
    Command("close-gap", "z", "Solver", "Let the optional solver look for a better plan", HERE, footer=False),
    Command("compare", "b", "Compare", "Set this plan beside another", HERE),
    Command("delete-plan", "delete,D", "Delete", "Delete this plan; what was applied from it stays", HERE),
    Command(
        "pictures",
        "i",
        "Pictures",
        "Number of cases beside their weight, what changed since last month, the weeks ahead",
        HERE,
    ),
    Command("next-picture", "i,right_square_bracket", "Next picture", "Show the next picture of the load", HERE),
    Command("whose", "d", "Whose weeks", "Show the weeks of the next worker, or of the team", HERE),
    Command("next-item", "ctrl+n", "Next item", "Save what was typed and go to the next item of the agenda", HERE),
    Command("item-before", "ctrl+b", "Item before", "Save what was typed and go to the item before", HERE),
    Command("in-editor", "ctrl+o", "Editor", "Write this field in an editor of your own ($EDITOR)", HERE),
    Command("park", "p", "Park", "Leave this item for another time, with a reason", HERE),
    Command("other-format", "f", "Format", "Talk this through in another format", HERE),
    Command("prompts", "i", "Questions", "Questions to reflect on", HERE),
    Command("last-time", "l", "Last time", "Read what was said about this last time", HERE),
    Command("book-next", "b", "Next date", "Book the next session", HERE, footer=False),
    Command("see-record", "o", "As filed", "See the two records as they will be filed", HERE),
    Command("session-timer", "T", "Timer", "Show or hide how long this session and this item take", HERE, footer=False),
    Command("actions", "f", "Actions", "Actions and decisions to follow up, and which of them are stale", HERE),
    Command(
        "carry-forward", "f", "Carry forward", "Carry this action forward to a later day; how often is counted", HERE
    ),
    Command("drop-action", "d", "Drop", "Drop this action, with a reason", HERE),
    Command("group-by", "b", "Group by", "Group by worker, supervisor or month, or show the open records", HERE),
    Command("raise-case", "a", "Agenda", "Put the case on the next agenda of whoever holds it", HERE),
    Command("next-stage", "m", "Next stage", "Take the disagreement to its next stage", HERE),
    Command("settle", "o", "End", "End the disagreement with its outcome", HERE),
    Command("with-ended", "d", "Ended", "Show those that have ended as well, or hide them", HERE, footer=False),
    Command("placement-days", "d", "Days", "The register of a placement: what each day was", HERE),
    Command("papers", "o", "Documents", "Save the register, the log or another document as Word and CSV", HERE),
    Command("save-days", "ctrl+s", "Save", "Save every marked day; one undo takes them back", HERE),
    Command("mark-attended", "a", "Attended", "Attended, the whole day", HERE),
    Command("mark-half", "h", "Half", "Half a day", HERE),
    Command("mark-sick", "s", "Sick", "Off sick: made up at the end", HERE),
    Command("mark-recall", "r", "Recall", "Recall day at the university: counts", HERE),
    Command("mark-skills", "k", "Skills", "Skills day: does not count", HERE),
    Command("mark-holiday", "l", "Leave", "On leave: made up at the end", HERE),
    Command("mark-absent", "m", "Missed", "Missed for another reason: made up at the end", HERE),
    Command("mark-usual", "space", "Usual", "Mark this day as the weekly pattern says, and go on to the next", HERE),
    Command("mark-week", "f", "Fill week", "Fill what is empty in this week as the pattern says", HERE),
    Command("mark-none", "backspace,delete", "Clear", "Clear what is marked on this day", HERE),
    Command(
        "agree-record",
        "A",
        "Agree",
        "Agree this record as yourself, or withdraw that while others have not agreed",
        HERE,
    ),
    Command("written-up", "W", "Written up", "Say that the record is complete, before anybody agrees it", HERE),
    Command("amend-record", "e", "Add", "Add to the agreed record, which itself stays as it is", HERE),
    Command("copy-record", "c", "Copy", "Copy this record as text to paste into the case system", HERE),
    Command("export-record", "x", "Export", "Write this record or all of them as Word documents or text", HERE),
    Command("private-part", "p", "Private part", "Show or hide what is private to the two of you", HERE),
    Command("filter", "/", "Filter", "Show only the lines that match: okafor, worker:okafor, late:>2", LISTS),
    Command("sort", "s", "Sort", "Sort by the marked column; press again to reverse the order", LISTS),
    Command("columns", "c", "Columns", "Choose which columns show, and in which order", LISTS),
    Command("views", "v", "Views", "Choose, save, rename or delete a view: filter, order and columns by a name", LISTS),
    Command("export", "x", "Export", "Save or copy what is shown: CSV, XLSX, Markdown, clipboard", LISTS),
    Command("clear-filter", "escape", "Clear filter", "Show every line again", LISTS),
    Command(
        "area-team",
        "1",
        "Team",
        "Who is over capacity, what is late, what is unallocated",
        AREAS,
        action="app.area('team')",
        footer=False,
    ),
    Command(
        "area-due",
        "2",
        "Due",
        "Everything that falls due, soonest first",
        AREAS,
        action="app.area('due')",
        footer=False,
    ),
    Command(
        "area-supervision",
        "3",
        "Supervision",
        "The month of supervision: who is supervised when, agreements and records",
        AREAS,
        action="app.area('supervision')",
        footer=False,
    ),
    Command(
        "area-learning",
        "4",
        "Learning",
        "Students, newly qualified workers and progression: what is done, what comes next, what is late",
        AREAS,
        action="app.area('learning')",
        footer=False,
    ),
    Command(
        "area-plan",
        "5",
        "Plan",
        "Load by worker and week, what is booked or likely, and plans to share cases out",
        AREAS,
        action="app.area('plan')",
        footer=False,
    ),
    Command(
        "area-calendar",
        "6",
        "Calendar",
        "What each worker's Outlook would show, and what waits to be sent",
        AREAS,
        action="app.area('calendar')",
        footer=False,
    ),
    Command(
        "area-settings",
        "7",
        "Import and settings",
        "Take in an extract; choose who is working, colours and keys",
        AREAS,
        action="app.area('settings')",
        footer=False,
    ),
    Command("back", "escape", "Back", "Go back to where you were", EVERYWHERE),
    Command("goto", "g", "Go to", "Go to any worker, case or team by a few letters", EVERYWHERE),
    Command("undo", "u", "Undo", "Take back your last change, or one before it", EVERYWHERE),
    Command("redo", "U", "Redo", "Bring forward again what you took back last", EVERYWHERE, footer=False),
    Command(
        "log", "L", "Log", "What was recorded by anybody: when, by whom, from what to what", EVERYWHERE, footer=False
    ),
    Command("names", "f2", "Names", "Hide or show names: for open-plan offices and shared screens", EVERYWHERE),
    Command(
        "reload", "f5", "Read again", "Read the screen again, with what others have saved", EVERYWHERE, footer=False
    ),
    Command("theme", "ctrl+t", "Light or dark", "Change between light and dark colours", EVERYWHERE, footer=False),
    Command(
        "palette",
        "ctrl+p",
        "Commands",
        "Find any command by a few letters",
        EVERYWHERE,
        action="command_palette",
        priority=True,
        footer=False,
    ),
    Command("help", "question_mark,f1", "Help", "What can be done here; enter on a line does it", EVERYWHERE),
    Command("quit", "q,ctrl+q", "Quit", "Leave Almoner; it asks about what is not saved", EVERYWHERE, footer=False),
    Command(
        "leave",
        "ctrl+c",
        "Quit or copy",
        "Copy what is marked with the mouse; otherwise say how to quit",
        EVERYWHERE,
        footer=False,
    ),
    Command(
        "next-part",
        "tab",
        "Next part",
        "Move to the next part of the screen",
        MOVING,
        action="app.focus_next",
        footer=False,
    ),
    Command(
        "previous-part",
        "shift+tab",
        "Previous part",
        "Move to the part before",
        MOVING,
        action="app.focus_previous",
        footer=False,
    ),
    Command("up", "up,k", "Up", "Move up a line", MOVING, action="cursor_up", footer=False),
    Command("down", "down,j", "Down", "Move down a line", MOVING, action="cursor_down", footer=False),
    Command("left", "left", "Column left", "Mark the column to the left", MOVING, action="column_left", footer=False),
    Command(
        "right", "right", "Column right", "Mark the column to the right", MOVING, action="column_right", footer=False
    ),
    Command("day-before", "left", "Day before", "Mark the day before", MOVING, footer=False),
    Command("day-after", "right", "Day after", "Mark the day after", MOVING, footer=False),
    Command("week-before", "left", "Week before", "Mark the week before", MOVING, footer=False),
    Command("week-after", "right", "Week after", "Mark the week after", MOVING, footer=False),
    Command(
        "row-up", "up", "Week before", "Mark the same day of the week before", MOVING, footer=False, action="cursor_up"
    ),
    Command(
        "row-down",
        "down",
        "Next week",
        "Mark the same day of the next week",
        MOVING,
        footer=False,
        action="cursor_down",
    ),
    Command("page-up", "pageup", "Page up", "Move up a screenful", MOVING, footer=False),
    Command("page-down", "pagedown", "Page down", "Move down a screenful", MOVING, footer=False),
    Command("first", "home", "First line", "Move to the first line", MOVING, footer=False),
    Command("last", "end", "Last line", "Move to the last line", MOVING, footer=False),
    Command("save", "ctrl+s", "Save", "Save what is filled in", FORMS),
    Command("cancel", "escape", "Cancel", "Close this without doing anything", FORMS),
    Command("accept", "enter", "Choose", "Take the marked line", FORMS),
    Command("close", "enter,escape", "Close", "Close this; nothing is changed", FORMS, action="cancel"),
    Command("year-before", "pageup,left_square_bracket", "Year before", "Show the registration year before", HERE),
    Command("year-after", "pagedown,right_square_bracket", "Next year", "Show the next registration year", HERE),
    Command(
        "close-year", "C", "Close year", "Close a registration year that ended unmet, with a reason", HERE, footer=False
    ),
    Command("list-up", "up", "Up", "Mark the line above", FORMS, footer=False),
    Command("list-down", "down", "Down", "Mark the line below", FORMS, footer=False),
    Command("next-field", "enter", "Next", "Go on to the next field; on the last one, save", FORMS),
    Command("tick", "space", "Show or hide", "Show or hide what is marked", FORMS, footer=False),
    Command("value-more", "right,plus", "More", "The next choice, or a longer notice", FORMS),
    Command("value-less", "left,minus", "Less", "The choice before, or a shorter notice", FORMS),
    Command("turn-on", "space", "On or off", "Switch what is marked on or off", FORMS),
    Command("earlier", "shift+up,K", "Earlier", "Move this column to the left", FORMS, footer=False),
    Command("later", "shift+down,J", "Later", "Move this column to the right", FORMS, footer=False),
)
# What changes records, calendars or mail: none of it is offered while an earlier day is shown, which only reads.
WRITES = frozenset(
    (
        "new", "edit", "record", "allocate", "reviewed", "postpone", "weigh", "own-interval", "agree", "close-case",
        "apply", "plan-together", "calendar-export", "feed-publish", "feed-renew", "feed-revoke", "mail-send",
        "mail-retry", "mail-drop", "mail-dry", "calendar-council", "session-fate", "save-plan", "delete-plan",
        "next-item", "item-before", "park", "book-next", "carry-forward", "drop-action", "raise-case", "next-stage",
        "settle", "save-days", "mark-attended", "mark-half", "mark-sick", "mark-recall", "mark-skills", "mark-holiday",
        "mark-absent", "mark-usual", "mark-week", "mark-none", "agree-record", "written-up", "amend-record", "undo",
        "redo", "close-year",
    )
)  # fmt: skip
BY_ID: Mapping[str, Command] = {command.id: command for command in COMMANDS}
PLACE: Mapping[str, int] = {command.id: place for place, command in enumerate(COMMANDS)}
_WRITING = frozenset(BY_ID[one].runs for one in WRITES)


def bindings(*ids: str) -> list[BindingType]:
    """Return the bindings of the commands named, for a class's ``BINDINGS``."""
    return [_binding(BY_ID[one]) for one in ids]


def _binding(command: Command) -> Binding:
    return Binding(
        command.keys,
        command.runs,
        command.title,
        show=command.footer,
        tooltip=command.tooltip,
        id=command.id,
        priority=command.priority,
    )


def writes(action: str) -> bool:
    """Whether an action changes records, calendars or mail."""
    return action.partition("(")[0].rpartition(".")[2] in _WRITING


def answered(active: Mapping[str, ActiveBinding]) -> dict[str, list[ActiveBinding]]:
    """Return the commands that work now, in the order of their declaration, each with its bindings (one a key)."""
    found: dict[str, list[ActiveBinding]] = {}
    for one in active.values():
        if one.binding.id is not None and one.binding.id in BY_ID and one.enabled:
            found.setdefault(one.binding.id, []).append(one)
    return {name: found[name] for name in sorted(found, key=PLACE.__getitem__)}


def clash(keys: Mapping[str, str], changed: str) -> Command | None:
    """Return another command that already answers to the key given to ``changed``, one of its own group first."""
    wanted = set(keys.get(changed, BY_ID[changed].keys).split(","))
    others = [other for other in COMMANDS if other.id != changed and not _apart(other.id, changed)]
    taken = [other for other in others if wanted & set(keys.get(other.id, other.keys).split(","))]
    return min(taken, key=lambda other: other.group != BY_ID[changed].group, default=None)


def _apart(one: str, other: str) -> bool:
    """Whether two commands may share a key because they are never answered in the same place."""
    return (BY_ID[one].group == FORMS) != (BY_ID[other].group == FORMS)
