"""Calendar settings: of one worker, and of the council with the ways out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from domain.errors import BadInput
from domain.reminders import OFF_UNLESS_CHOSEN, EntryKind, Privacy
from storage.calendars.wishes import Council, choices, council
from tui.calendardeeds import choose, seen_of
from tui.calendarwords import FEED, MAIL, PRIVACY_WORDS
from tui.dialogs.asking import answer
from tui.dialogs.calendar_wishes import KindLine, Pick, Row, WishesDialog
from tui.dialogs.choose import Choice, ChooseDialog
from tui.dialogs.form import Field, Form, changed

if TYPE_CHECKING:
    import sqlite3

    from tui.screens.base import Page

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


async def choose_for_worker(page: Page, worker: str, whose: str) -> str | None:
    """Choose what goes into one worker's calendar and whether it goes by mail; returns what was done."""
    whole, own = await page.office.desk.read(lambda conn: _read(conn, worker))
    seen = await page.office.desk.run(lambda unit: seen_of(unit, worker, own.get("id")))
    mail = (False, "no"), (True, "yes, to the worker's address")
    rows: list[Row] = [
        _privacy(whole, own.get("privacy"), follow=True),
        Pick("by_mail", "Send by mail", mail, int(own.get("by_mail", False))),
        *_kinds(whole, own),
    ]
    about = (
        "What goes into this calendar. What is not chosen here follows the council. No name is ever in it; days ahead "
        "are working days.\n"
    )
    return await _ask(page, f"Calendar of {whose}", rows, about, lambda u, v: choose(u, worker, v, seen))


async def choose_for_council(page: Page) -> str | None:
    """Choose what goes into every calendar where a worker chose nothing else; returns what was done."""
    whole = await page.office.desk.read(council)
    seen = await page.office.desk.run(lambda unit: seen_of(unit, None, whole.id))
    classes = [word for word, _ in _CLASSES]
    initials = (False, "not allowed"), (True, "allowed")
    rows: list[Row] = [
        _privacy(whole, whole.privacy, follow=False),
        Pick("initials_allowed", "Initials of persons served", initials, int(whole.initials_allowed)),
        Pick("classification", "Where a calendar is shared", _CLASSES, classes.index(whole.classification)),
        *_kinds(Council(), {"kinds": whole.kinds, "leads": whole.leads}),
    ]
    about = (
        "What goes into every calendar, the teams' own too, unless a worker chose otherwise; days ahead are working "
        "days.\n"
    )
    return await _ask(page, "Calendars of everybody", rows, about, lambda u, v: choose(u, None, v, seen))


def _read(conn: sqlite3.Connection, worker: str) -> tuple[Council, dict[str, Any]]:
    return council(conn), choices(conn).get(worker, {})


async def _ask(page: Page, title: str, rows: list[Row], about: str, doing: Any) -> str | None:
    done: list[str] = []

    async def save(values: dict[str, Any]) -> None:
        done.append(await page.office.desk.run(lambda unit: doing(unit, values)))

    await answer(page, WishesDialog(title, rows, save, about=about))
    return done[-1] if done else None


def _privacy(whole: Council, chosen: str | None, *, follow: bool) -> Pick:
    words = {one: PRIVACY_WORDS[one] for one in Privacy if one is not Privacy.INITIALS or whole.initials_allowed}
    if not follow:
        words = dict(PRIVACY_WORDS)
    options: list[tuple[str | None, str]] = [(one.value, said) for one, said in words.items()]
    if follow:
        options.insert(0, (None, f"as council: {PRIVACY_WORDS[whole.privacy]}"))
    at = next((n for n, (value, _) in enumerate(options) if value == chosen), 0)
    return Pick("privacy", "Each entry says", options, at)


def _kinds(whole: Council, own: Mapping[str, Any]) -> list[KindLine]:
    """Return a line for each kind, with what holds without a choice of its own."""
    kinds, leads = own.get("kinds", {}), own.get("leads", {})
    found = []
    for kind in EntryKind:
        usual = whole.kinds.get(kind, kind not in OFF_UNLESS_CHOSEN), whole.leads.get(kind, 0)
        found.append(KindLine(kind, kinds.get(kind, usual[0]), leads.get(kind, usual[1]), usual))
    return found


# the ways out ----------------------------------------------------------------------------------------------------


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
            return await _form(page, "Feeds", _feed_fields, FEED)
        case "mail":
            return await _form(page, "Mail", _mail_fields, f"{MAIL} The password is never kept here.")
        case _:
            return None


async def _form(page: Page, title: str, fields_of: Any, about: str) -> str | None:
    whole = await page.office.desk.read(council)
    seen = await page.office.desk.run(lambda unit: seen_of(unit, None, whole.id))
    fields = fields_of(whole)
    before = {field.id: field.value for field in fields}
    done: list[str] = []

    async def save(values: dict[str, Any]) -> None:
        changes = {name: _number(name, value) for name, value in changed(before, values).items()}
        if changes:
            done.append(await page.office.desk.run(lambda unit: choose(unit, None, changes, seen)))

    await answer(page, Form(title, fields, save, about=about))
    return done[-1] if done else None


def _number(name: str, value: Any) -> Any:
    """Return the number that a field holds, None where it was left empty; other fields stay as they are."""
    if name not in {"mail_port", "mail_per_minute", "mail_ahead"}:
        return value
    if not value and name != "mail_per_minute":
        return None
    if not str(value).isascii() or not str(value).isdigit():
        raise BadInput("That is not a whole number.", field=name)
    return int(value)


def _feed_fields(whole: Council) -> list[Field]:
    return [
        Field("feed_folder", "Folder", value=whole.feed_folder, hint="the whole path; a web server gives it out"),
        Field("feed_address", "Web address", value=whole.feed_address, hint="https://calendars.council.example/f"),
    ]


def _mail_fields(whole: Council) -> list[Field]:
    return [
        Field("organiser", "Organiser", value=whole.organiser, hint="one mailbox that all requests come from"),
        Field("mail_host", "Server", value=whole.mail_host, hint="smtp.council.example"),
        Field("mail_port", "Port", value=str(whole.mail_port or ""), hint="empty: the usual one"),
        Field("mail_security", "Security", "choice", whole.mail_security, _SECURITY),
        Field("mail_user", "User", value=whole.mail_user, hint="the password comes from the system's keyring"),
        Field("mail_ahead", "Days ahead", value=str(whole.mail_ahead or ""), hint="empty: as far as files reach"),
        Field("mail_per_minute", "Messages a minute", value=str(whole.mail_per_minute)),
    ]
