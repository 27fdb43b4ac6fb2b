"""Every command by name: the module that declares and runs it, and what it does in a few words.

Only the module of the command that was typed is loaded, so that help and version come at once.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import NamedTuple


class Entry(NamedTuple):
    """One command: its name, its module, its help."""

    name: str
    module: str
    help: str


COMMANDS = (
    Entry("demo", "tui.open_commands", "make a fictional team to look around in, and open it"),
    Entry("new", "tui.open_commands", "make an empty database"),
    Entry("import", "tui.importing.import_commands", "take in an extract, and show what it changes"),
    Entry("record", "tui.home.record_commands", "record one or many things from a TOML document"),
    Entry("amend", "tui.home.amend_commands", "change one record: only the fields given"),
    Entry("remove", "tui.home.amend_commands", "take away an event, a placement day, a rating or a saved plan"),
    Entry("list", "tui.home.record_commands", "list the records of a kind, or what is in the packs"),
    Entry("show", "tui.home.record_commands", "show one record"),
    Entry("case", "tui.home.merge_commands", "merge two references that are one child, or say that they are two"),
    Entry("worker", "tui.home.merge_commands", "merge two staff ids that are one worker, or say that they are two"),
    Entry("undo", "tui.home.undo_commands", "take back your last change, or one before it"),
    Entry("redo", "tui.home.undo_commands", "bring forward again what you took back"),
    Entry("history", "tui.home.history.history_commands", "what was recorded when, by whom, from what to what"),
    Entry("due", "tui.due.commands.due_why", "list what falls due, soonest first"),
    Entry("why", "tui.due.commands.due_why", "show the working behind one date"),
    Entry("caseload", "tui.load.load_commands", "show load, capacity and utilisation"),
    Entry("ramp", "tui.load.load_commands", "set a worker's dated steps towards a full load"),
    Entry("allocate", "tui.allocation.allocate_commands", "who may and can take a case; give it to a worker"),
    Entry(
        "unallocated", "tui.allocation.allocate_commands", "open cases that nobody holds, and how long each may stay so"
    ),
    Entry("phantom", "tui.allocation.allocate_commands", "open cases held by somebody who cannot or may not hold them"),
    Entry("load", "tui.load.forecast_commands", "load week by week, what changed it, and how it is spread"),
    Entry("forecast", "tui.load.forecast_commands", "what is likely to be carried in the weeks to come"),
    Entry(
        "points",
        "tui.load.points_commands",
        "how cases were weighed, mean points over time, cases to be weighed, dormant cases",
    ),
    Entry(
        "calibrate",
        "tui.load.points_commands",
        "find the full-time points at which today's median worker has a full load",
    ),
    Entry(
        "plan",
        "tui.planning.plan_commands",
        "who takes which case when somebody leaves, is away or joins; share out evenly",
    ),
    Entry(
        "supervision",
        "tui.supervision.commands.month",
        "supervision: the month, agreements, sessions, agendas, records, figures",
    ),
    Entry(
        "programme",
        "tui.learning.commands.programmes",
        "one learner's programme: stages, checklist, placement days, documents",
    ),
    Entry(
        "learning",
        "tui.learning.commands.learning",
        "learning needs, registration year, registrations and training, evidence for a grade",
    ),
    Entry(
        "calendar",
        "tui.calendar.commands.files",
        "due dates and sessions in Outlook and other calendars: files, feeds, mail",
    ),
    Entry(
        "rules", "tui.rules.rules_commands", "the rules in force: what law and local practice ask, and where it says so"
    ),
    Entry(
        "report",
        "tui.home.report_commands",
        "evidence: what was done in time, where the council's dates differ",
    ),
    Entry("backup", "tui.home.backup_commands", "make a verified copy of the database"),
    Entry("restore", "tui.home.backup_commands", "put a backup back, keeping what it replaces"),
    Entry("doctor", "tui.home.backup_commands", "check the database, the packs and the caseload"),
)


class Writes(NamedTuple):
    """When a command writes: always; ``only`` with one of these options; or ``unless`` with one of those."""

    only: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


_ALWAYS = Writes()
_SUPERVISION = (
    "schedule", "agree", "move", "cancel", "miss", "rebook", "held", "cover", "raise", "park", "done", "carry", "drop",
    "follow", "sign", "amend", "escalate", "settle", "last-held",
)  # fmt: skip

# The commands that change records, files of the database, or what others are told: none of them runs with --as-of.
WRITING: Mapping[str, Writes] = {
    **dict.fromkeys(
        (
            "demo",
            "new",
            "amend",
            "remove",
            "ramp",
            "backup",
            "restore",
            "case merge",
            "worker merge",
            "case apart",
            "worker apart",
            "learning close-year",
            "programme close-stage",
        ),
        _ALWAYS,
    ),
    "import": Writes(unless=("dry_run", "template")),
    "record": Writes(unless=("template",)),
    "undo": Writes(unless=("list",)),
    "redo": Writes(unless=("list",)),
    "allocate": Writes(only=("to",)),
    "calibrate": Writes(only=("apply",)),
    "plan": Writes(only=("save", "apply", "apply_saved", "delete")),
    **dict.fromkeys(
        (
            *(f"supervision {word}" for word in _SUPERVISION),
            *(f"calendar {word}" for word in ("export", "publish", "serve", "mail", "settings")),
            *(f"calendar token {word}" for word in ("issue", "rotate", "revoke")),
        ),
        _ALWAYS,
    ),
}


def writes(options: Namespace) -> bool:
    """Whether what was asked for would write something."""
    name = str(options.parser.prog).partition(" ")[2]
    found = WRITING.get(name)
    if found is None:
        return False
    given = {option for option in (*found.only, *found.unless) if getattr(options, option, None)}
    return bool(given) if found.only else not given
