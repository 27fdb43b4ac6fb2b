"""Every command by name: the module that declares and runs it, and what it does in a few words.

Only the module of the command that was typed is loaded, so that help and version come at once.
"""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """One command: its name, its module in this package, its help."""

    name: str
    module: str
    help: str


COMMANDS = (
    Entry("demo", "beginnings", "make a fictional team to look around in, and open it"),
    Entry("import", "intake", "take in an extract; shows the difference"),
    Entry("record", "things", "record one or many things from a TOML document"),
    Entry("amend", "amending", "change one record: only the fields given"),
    Entry("remove", "amending", "take away an event, a placement day, a rating or a saved plan"),
    Entry("list", "things", "list the records of a kind, or what packs say"),
    Entry("show", "things", "show one record"),
    Entry("undo", "things", "take back your last change"),
    Entry("due", "obligations", "list what falls due, soonest first"),
    Entry("why", "obligations", "show the working behind one date"),
    Entry("caseload", "loads", "show load, capacity and utilisation"),
    Entry("ramp", "loads", "set a worker's dated steps towards a full load"),
    Entry("allocate", "allocating", "who may and can take a case; give it to a worker"),
    Entry("unallocated", "allocating", "the open cases nobody is allocated to, and their limits"),
    Entry("phantom", "allocating", "the open cases held by somebody who cannot or may not hold them"),
    Entry("load", "forecasts", "load week by week, what changed it, and how it is spread"),
    Entry("forecast", "forecasts", "what is likely to be carried in the weeks to come"),
    Entry("points", "points", "how cases were weighed, mean points over time, what is to be weighed, what is dormant"),
    Entry("calibrate", "points", "find the full-time points that put today's middle worker at full load"),
    Entry("plan", "plans", "who takes which case when somebody leaves, is away or joins; share out evenly"),
    Entry("supervision", "supervising", "supervision: the month, agreements, sessions, agendas, records, figures"),
    Entry("programme", "programmes", "one learner's programme: stages, checklist, placement days, documents"),
    Entry(
        "learning", "learning", "learning needs, registration year, registrations and training, evidence for a grade"
    ),
    Entry("calendar", "calendars", "due dates and sessions in Outlook and others: files, feeds, mail"),
    Entry("rules", "packs", "what the law and local practice ask, as packs say it"),
    Entry("report", "reports", "evidence: what was done in time, where the council's dates differ"),
    Entry("backup", "safety", "make a verified copy of the database"),
    Entry("restore", "safety", "put a backup back, keeping what it replaces"),
    Entry("doctor", "safety", "check the database, the packs and the caseload"),
)
