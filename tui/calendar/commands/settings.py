"""calendar settings: what goes into calendars and how much they say, for a worker or for all; feeds and mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from domain.calendar.wording import KIND_TITLES, EntryKind
from domain.core.errors import BadInput
from tui.commandline import documents, printing
from tui.commandline.context import DONE, Context, as_text
from tui.commandline.documents import document_in

if TYPE_CHECKING:
    from storage.calendar.choices import Chosen, Holds
    from storage.calendar.effective_choices import Council
    from tui.commandline.parser import Commands, Parser

_T = TypeVar("_T")
_YES = {"yes": True, "no": False}
_ON = {"on": True, "off": False, "usual": None}
_ORIGINS = {"own": "own choice", "council": "the council's", "usual": "usual"}
# Options of the council's own settings, in the order in which they are shown.
_COUNCIL = (
    "classification", "initials", "organiser", "mail_host", "mail_port", "mail_security", "mail_user",
    "mail_per_minute", "mail_ahead", "feed_address", "feed_folder",
)  # fmt: skip
_NUMBERS = frozenset({"mail_port", "mail_per_minute", "mail_ahead"})


def declare(calendar: Commands) -> None:
    """Declare the command."""
    settings = calendar.add(
        "settings", run_settings, "what goes in and how much it says: a worker's, or the council's for all", json=True
    )
    settings.add_argument("worker", metavar="WORKER", nargs="?", help="whose (left out: the council's)")
    settings.add_argument("--privacy", metavar="HOW", help="none, reference or initials; or usual, to end a choice")
    kinds = ", ".join(EntryKind)
    settings.add_argument("--kind", metavar="KIND=on", action="append", default=[], help=f"on, off or usual: {kinds}")
    lead = "a further notice, working days ahead; or usual"
    settings.add_argument("--lead", metavar="KIND=DAYS", action="append", default=[], help=lead)
    settings.add_argument("--by-mail", metavar="YES", help="yes or no: meeting requests to the worker's address")
    settings.add_argument("--from", dest="source", metavar="FILE", help="a document with the choices (or -)")
    _declare_council(settings)


def _declare_council(settings: Parser) -> None:
    council = settings.add_argument_group("for every calendar (an empty value puts back the usual one)")
    council.add_argument("--classification", metavar="HOW", help="public, private or confidential")
    council.add_argument("--initials", metavar="YES", help="yes or no: whether initials may be chosen")
    council.add_argument("--feed-address", metavar="URL", help="where feeds are reached, without the token")
    council.add_argument("--feed-folder", metavar="FOLDER", help="where feeds are published to")
    council.add_argument("--organiser", metavar="ADDRESS", help="the mailbox that requests come from")
    council.add_argument("--mail-host", metavar="HOST", help="the mail server")
    council.add_argument("--mail-port", metavar="N", help="its port")
    council.add_argument("--mail-security", metavar="HOW", help="starttls, tls or none")
    council.add_argument("--mail-user", metavar="USER", help="who signs in there; the password is not kept here")
    council.add_argument("--mail-per-minute", metavar="N", help="how many messages leave in a minute")
    council.add_argument("--mail-ahead", metavar="DAYS", help="how many days ahead mail reaches")


def run_settings(context: Context) -> int:
    """Change what is given, then show what holds."""
    from storage.calendar.choices import chosen
    from storage.calendar.effective_choices import council

    named = context.options.worker
    worker = None if named is None else context.the_worker(named)
    changes = _changes(context, worker)
    if changes:
        _change(context, worker, changes)
    whole = council(context.reader)
    if context.form == "json":
        printing.put_json(_as_json(chosen(context.reader, worker), whole))
    else:
        _show(chosen(context.reader, worker), whole)
    return DONE


def _change(context: Context, worker: str | None, changes: Mapping[str, Any]) -> None:
    from storage.calendar.acts import choose

    of = "all" if worker is None else worker
    with context.database.unit(context.actor, context.today) as unit:
        done = choose(unit, worker, changes)
    printing.say(f"Changed for {of}. To undo: almoner undo" if done else f"Nothing to change for {of}.")


# what is given ---------------------------------------------------------------------------------------------------


def _changes(context: Context, worker: str | None) -> dict[str, Any]:
    given = context.options
    changes = _from_document(given.source, worker) if given.source is not None else {}
    if given.privacy is not None:
        usual = "reference" if worker is None else None
        changes["privacy"] = usual if given.privacy in ("usual", "") else as_text(given.privacy)
    for option, field, read in (("kind", "kinds", _on), ("lead", "leads", _days)):
        if words := getattr(given, option):
            changes[field] = {**changes.get(field, {}), **_by_kind(f"--{option}", words, read)}
    if given.by_mail is not None:
        if worker is None:
            raise BadInput("--by-mail: name the worker it is for.", field="--by-mail")
        changes["by_mail"] = _word("--by-mail", given.by_mail, _YES)
    return {**changes, **_council_changes(context, worker)}


def _council_changes(context: Context, worker: str | None) -> dict[str, Any]:
    from storage.calendar.effective_choices import Council

    changes, usual = {}, Council()
    for name in _COUNCIL:
        text, option = context.given(name), f"--{name.replace('_', '-')}"
        if text is None:
            continue
        if worker is not None:
            raise BadInput(f"{option}: this is chosen for all; leave the worker out.", field=option)
        field = _field(name)
        changes[field] = _council_value(option, name, text) if text.strip() else getattr(usual, field)
    return changes


def _field(option: str) -> str:
    return "initials_allowed" if option == "initials" else option


def _council_value(option: str, name: str, text: str) -> str | int | bool:
    if name == "initials":
        return _word(option, text, _YES)
    return _number(option, text) if name in _NUMBERS else text


def _by_kind(option: str, words: Sequence[str], read: Callable[[str, str], Any]) -> dict[str, Any]:
    found = {}
    for word in words:
        name, sign, text = as_text(word).partition("=")
        if not sign or name not in frozenset(EntryKind):
            raise BadInput(
                f"{option}: write KIND=VALUE; {name!r} is no kind.",
                field=option,
                hint=f"Kinds: {', '.join(EntryKind)}.",
            )
        found[name] = read(option, text)
    return found


def _on(option: str, text: str) -> bool | None:
    return _word(option, text, _ON)


def _days(option: str, text: str) -> int | None:
    return None if text == "usual" else _number(option, {"off": "0"}.get(text, text))


def _number(option: str, text: str) -> int:
    plain = as_text(text)
    if not (plain.isascii() and plain.isdigit() and len(plain) < 10):
        raise BadInput(f"{option}: {plain!r} is not a whole number.", field=option)
    return int(plain)


def _word(option: str, text: str, words: Mapping[str, _T]) -> _T:
    plain = as_text(text).casefold()
    if plain not in words:
        raise BadInput(f"{option}: say {' or '.join(words)}.", field=option)
    return words[plain]


def _from_document(source: str, worker: str | None) -> dict[str, Any]:
    kind = "calendar-settings" if worker is None else "calendar-choice"
    raw, name = document_in(source)
    entries, problems = documents.read(raw, name, kind)
    if problems:
        raise BadInput(f"--from: {problems[0]}.", field="--from")
    if len(entries) != 1:
        raise BadInput(f"--from: {name} holds more than one [[{kind}]].", field="--from")
    data = entries[0].data
    if worker is not None and data.pop("worker", worker) != worker:
        raise BadInput(f"--from: {name} is for another worker.", field="--from")
    return data


# what holds ------------------------------------------------------------------------------------------------------


def _as_json(held: Chosen, whole: Council) -> dict[str, Any]:
    found: dict[str, Any] = {
        "worker": held.worker,
        "privacy": _plain(held.privacy),
        "kinds": {str(kind): _plain(one) for kind, one in held.kinds.items()},
        "leads": {str(kind): _plain(one) for kind, one in held.leads.items()},
    }
    if held.worker is not None:
        return {**found, "by_mail": held.by_mail.value}
    return {**found, **printing.fields(whole, map(_field, _COUNCIL))}


def _plain(one: Holds) -> dict[str, Any]:
    return {"value": one.value, "from": one.origin}


def _show(held: Chosen, whole: Council) -> None:
    rows = [("How much is said", held.privacy.value, _ORIGINS[held.privacy.origin])]
    if held.worker is not None:
        rows.append(("By mail", "yes" if held.by_mail.value else "no", _ORIGINS[held.by_mail.origin]))
    printing.table(("Calendar", "Value", "Chosen by"), rows)
    printing.put()
    printing.table(("Kind", "What", "Goes in", "Notice ahead", "Chosen by"), (_kind_row(held, k) for k in EntryKind))
    if held.worker is None:
        printing.put()
        printing.outline({option.replace("_", " "): getattr(whole, _field(option)) for option in _COUNCIL})


def _kind_row(held: Chosen, kind: EntryKind) -> tuple[str, str, str, str, str]:
    on, lead = held.kinds[kind], held.leads[kind]
    origins = dict.fromkeys(_ORIGINS[one.origin] for one in (on, lead))
    notice = f"{lead.value} working days" if lead.value else "–"
    return kind, KIND_TITLES[kind], "yes" if on.value else "no", notice, ", ".join(origins)
