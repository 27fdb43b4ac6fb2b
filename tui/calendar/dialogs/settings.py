"""Calendar settings: what goes into one worker's calendar or into everybody's, and the council's feeds and mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from domain.calendar.choices import CalendarSettingsFields
from domain.calendar.wording import OFF_UNLESS_CHOSEN, EntryKind, Privacy
from storage.calendar.acts import choose, version
from storage.calendar.effective_choices import Council, OwnChoice, choices, council
from tui.calendar.calendar_text import FEED, MAIL, PRIVACY_WORDS
from tui.calendar.dialogs.choices import KindLine, Pick, Row, WishesDialog
from tui.core.choice import Choice
from tui.dialogs.ask import Values, answer, ask
from tui.dialogs.choose import ChooseDialog
from tui.dialogs.form import changed
from tui.dialogs.record_form import asked, taken

if TYPE_CHECKING:
    from storage.database.connection import Connection
    from storage.records.unit import Unit
    from tui.core.page import Page

_CLASSES = (
    ("private", "others see that the time is taken, no details"),
    ("confidential", "as private, more strictly where a program knows it"),
    ("public", "others see every entry"),
)
_SECURITY = (
    Choice("starttls", "STARTTLS", "usually port 587"),
    Choice("tls", "TLS from the first byte", "usually port 465"),
    Choice("none", "none", "only for a server on this machine"),
)
_FEEDS = ("feed_folder", "feed_address")
_MAIL = ("organiser", "mail_host", "mail_port", "mail_security", "mail_user", "mail_ahead", "mail_per_minute")
_HINTS = {
    "feed_folder": "the whole path; a web server gives it out",
    "feed_address": "https://calendars.council.example/f",
    "organiser": "one mailbox that all requests come from",
    "mail_host": "smtp.council.example",
    "mail_port": "empty: the usual one",
    "mail_user": "the password comes from the system's keyring",
    "mail_ahead": "empty: as far as files reach",
}


async def choose_for_worker(page: Page, worker: str, whose: str) -> str | None:
    """Choose what goes into one worker's calendar and whether it goes by mail; return what was done."""
    whole, own = await page.office.desk.read(lambda conn: _read(conn, worker))
    mail = (False, "no"), (True, "yes, to the worker's address")
    rows: list[Row] = [
        _privacy(whole, own.privacy, follow=True),
        Pick("by_mail", "Send by mail", mail, int(own.by_mail)),
        *_kinds(whole, own.kinds, own.leads),
    ]
    about = (
        "What goes into this calendar. What is not chosen here follows the council. No name is ever in it; days ahead "
        "are working days.\n"
    )
    return await _ask(page, f"Calendar of {whose}", rows, about, worker)


async def choose_for_council(page: Page) -> str | None:
    """Choose what goes into every calendar where a worker chose nothing else; return what was done."""
    whole = await page.office.desk.read(council)
    classes = [word for word, _ in _CLASSES]
    initials = (False, "not allowed"), (True, "allowed")
    rows: list[Row] = [
        _privacy(whole, whole.privacy, follow=False),
        Pick("initials_allowed", "Initials of persons served", initials, int(whole.initials_allowed)),
        Pick("classification", "Where a calendar is shared", _CLASSES, classes.index(whole.classification)),
        *_kinds(Council(), whole.kinds, whole.leads),
    ]
    about = (
        "What goes into every calendar, the teams' own too, unless a worker chose otherwise; days ahead are working "
        "days.\n"
    )
    return await _ask(page, "Calendars of everybody", rows, about, None)


def _chosen(unit: Unit, worker: str | None, changes: Mapping[str, Any], seen: int) -> str:
    choose(unit, worker, changes, seen)
    whose = "Every calendar" if worker is None else f"The calendar of {worker}"
    return f"{whose} follows from now on. Press u to take that back."


def _read(conn: Connection, worker: str) -> tuple[Council, OwnChoice]:
    return council(conn), choices(conn).get(worker) or OwnChoice()


async def _ask(page: Page, title: str, rows: list[Row], about: str, worker: str | None) -> str | None:
    seen = await page.office.desk.run(lambda unit: version(unit, worker))
    done: list[str] = []

    async def save(values: Values) -> None:
        done.append(await page.office.desk.run(lambda unit: _chosen(unit, worker, values, seen)))

    await answer(page, WishesDialog(title, rows, save, about=about))
    return done[-1] if done else None


def _privacy(whole: Council, chosen: str | None, *, follow: bool) -> Pick:
    initials = whole.initials_allowed or not follow
    options: list[tuple[str | None, str]] = [
        (one.value, words) for one, words in PRIVACY_WORDS.items() if one is not Privacy.INITIALS or initials
    ]
    if follow:
        options.insert(0, (None, f"as council: {PRIVACY_WORDS[whole.privacy]}"))
    at = next((n for n, (value, _) in enumerate(options) if value == chosen), 0)
    return Pick("privacy", "Each entry says", options, at)


def _kinds(whole: Council, kinds: Mapping[str, bool], leads: Mapping[str, int]) -> list[KindLine]:
    """Return a line for each kind, with what holds without a choice of its own."""
    found = []
    for kind in EntryKind:
        usual = whole.kinds.get(kind, kind not in OFF_UNLESS_CHOSEN), whole.leads.get(kind, 0)
        found.append(KindLine(kind, kinds.get(kind, usual[0]), leads.get(kind, usual[1]), usual))
    return found


# feeds and mail --------------------------------------------------------------------------------------------------


async def council_menu(page: Page) -> str | None:
    """Ask which of the council's settings is meant, and change it."""
    lines = [
        Choice("kinds", "What goes in", "kinds, earlier notices, how much each entry says"),
        Choice("feed", "Feeds", "the folder they are published into, and its web address"),
        Choice("mail", "Mail", "the organiser, the server, how far ahead and how fast"),
    ]
    match await answer(page, ChooseDialog("What holds for every calendar", lines)):
        case "kinds":
            return await choose_for_council(page)
        case "feed":
            return await _form(page, "Feeds", _FEEDS, FEED)
        case "mail":
            return await _form(page, "Mail", _MAIL, f"{MAIL} The password is never kept here.")
        case _:
            return None


async def _form(page: Page, title: str, names: Sequence[str], about: str) -> str | None:
    whole = await page.office.desk.read(council)
    seen = await page.office.desk.run(lambda unit: version(unit, None))
    given = {name: getattr(whole, name) for name in names}
    options = {"mail_security": _SECURITY}

    def doing(unit: Unit, values: Values) -> str | None:
        changes = changed(given, taken(CalendarSettingsFields, values))
        return _chosen(unit, None, changes, seen) if changes else None

    fields = asked(CalendarSettingsFields, *names, given=given, options=options, hints=_HINTS)
    return await ask(page, title, fields, doing, about=about)
