"""calendar publish, serve and token: calendars that a calendar program subscribes to and fetches by itself."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.core.dates import show_day, stamp
from domain.core.errors import BadInput
from domain.core.text import clean_line
from tui.calendar.commands.files import as_record, in_a_line
from tui.commandline import printing
from tui.commandline.context import DONE, PROBLEMS, STOPPED, Context
from tui.commandline.parser import number

if TYPE_CHECKING:
    from storage.calendar.feed_server.server import FeedServer
    from storage.calendar.feeds.feed_tokens import TokenLine
    from tui.commandline.parser import Commands

PORT = 8765
HOST = "127.0.0.1"
_COLUMNS = ("recipient", "state", "issued_at", "issued_by", "expires_on", "fetched_at")
_OF = "a staff id, or team:NAME for a team's own calendar"

# What to tell whoever gets an address.
_PASS_ON = (
    "New Outlook, Outlook on the web and Google fetch from their own servers: only an https address that the internet",
    "reaches works there. Classic Outlook fetches from the PC itself, so an address inside the network will do.",
    "The address is a password: it ends up with whoever runs the client. If it gets about, rotate it.",
)


def declare(calendar: Commands) -> None:
    """Declare the commands within `calendar`."""
    publish = calendar.add("publish", run_publish, "write the feeds of all who have an address", json=True)
    publish.add_argument("--output", metavar="FOLDER", help="the folder; the council's feed folder, unless given")
    serve = calendar.add("serve", run_serve, "serve a published folder over HTTP, for this machine or a proxy")
    serve.add_argument("--folder", metavar="FOLDER", help="the folder; the council's feed folder, unless given")
    serve.add_argument("--port", type=number, default=PORT, metavar="N", help=f"the port ({PORT}); 0: any that is free")
    serve.add_argument("--host", default=HOST, metavar="HOST", help=f"the address to listen on ({HOST})")
    calendar.make("token", "the secret addresses of feeds: give, replace, end, list")
    token = calendar.group("token")
    for name, run, words in (
        ("issue", run_issue, "give a recipient an address, shown once"),
        ("rotate", run_rotate, "put a new address in place of the old one, which ends at once"),
        ("revoke", run_revoke, "end a recipient's address"),
    ):
        token.add(name, run, words, json=True).add_argument("recipient", metavar="WHO", help=_OF)
    listing = token.add("list", run_list, "who has an address, since when, and when it was last read", json=True)
    listing.add_argument("recipient", nargs="?", metavar="WHO", help=_OF)


# publishing ------------------------------------------------------------------------------------------------------


def run_publish(context: Context) -> int:
    """Publish the feeds, and say what was written."""
    from storage.calendar.feeds.feed_files import publish
    from tui.calendar.calendar_text import published_remarks, published_words
    from tui.commandline.progress import Ticker

    ticker = Ticker("Publishing")
    folder = _folder(context, context.options.output, "--output")
    done = publish(context.database, folder, context.today, now=context.clock.now(), progress=ticker)
    ticker.stop()
    if context.form == "json":
        files = [as_record(file) for file in done.files]
        printing.put_json({"files": files, "unchanged": done.unchanged, "removed": done.removed})
    else:
        for file in done.files:
            printing.put(in_a_line(file))
        printing.put(published_words(done))
    if not done.files and not done.unchanged and not done.refused:
        printing.say("Nobody has an address yet: almoner calendar token issue WHO")
    for remark in published_remarks(done):
        printing.say(remark)
    return PROBLEMS if done.left or done.refused else DONE


def _folder(context: Context, given: str | None, option: str) -> Path:
    """Return the folder named, or the council's; raises BadInput when there is neither."""
    from storage.calendar.effective_choices import council
    from storage.files.paths import typed

    named = given if given is not None else council(context.reader).feed_folder
    hint = f"Add {option} FOLDER, or keep one: almoner calendar settings --feed-folder FOLDER"
    return typed(named, option, hint)


# serving ---------------------------------------------------------------------------------------------------------


def run_serve(context: Context) -> int:
    """Serve until stopped; the exit code is 130 after Ctrl-C, and 0 when the system asks to end."""
    from storage.calendar.feed_server.answers import Feeds
    from storage.calendar.feed_server.server import start
    from storage.calendar.feed_server.token_gate import Gate

    given = context.options
    folder = _folder(context, given.folder, "--folder")
    if not folder.is_dir():
        raise BadInput(f"--folder: {folder} is no folder.", field="--folder", hint="Publish first.")
    gate = Gate(_database(context), context.clock, _log)
    server = start(given.host, given.port, Feeds(folder, gate.live), gate, _log)
    _say_where(server, folder, given.host)
    if not gate.open():
        printing.say("The database cannot be read: until it can, whatever lies in the folder is served.")
    return _until_stopped(server)


def _log(line: str) -> None:
    """Write a line of the request log, and go on serving where that fails."""
    with suppress(OSError, ValueError):
        printing.say(line)


def _database(context: Context) -> Path:
    from storage.database.file import path_of

    path = path_of(context.path)
    context.close()  # the server opens it for moments only
    return path


def _say_where(server: FeedServer, folder: Path, host: str) -> None:
    from storage.calendar.feed_server.server import is_loopback

    shown = f"[{host}]" if ":" in host else host
    printing.say(f"Serving {folder} at http://{shown}:{server.server_port}/f/TOKEN.ics (Ctrl-C ends it)")
    if not is_loopback(host):
        printing.say(
            "Other machines can reach this, and anybody in between can read it: addresses and all. Put a proxy with "
            f"TLS in front, and let it pass requests on to {HOST}."
        )


def _until_stopped(server: FeedServer) -> int:
    """Serve until a signal says to end, then finish the answers under way and return the exit code."""
    import signal
    import threading

    code = DONE

    def end(number: int, _frame: object) -> None:
        nonlocal code
        code = STOPPED if number == signal.SIGINT else DONE
        threading.Thread(target=server.shutdown, daemon=True).start()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        server.serve_forever(poll_interval=0.2)
    finally:
        server.finish()
        for number, handler in before.items():
            signal.signal(number, handler)
    printing.say("Stopped.")
    return code


# tokens ----------------------------------------------------------------------------------------------------------


def run_issue(context: Context) -> int:
    """Give an address and show it, once."""
    from storage.calendar.feeds.feed_tokens import issue

    who = _recipient(context)
    return _show(context, who, issue(context.database, who, context.actor, context.today, context.clock.now()))


def run_rotate(context: Context) -> int:
    """Give a new address in place of the old one."""
    from storage.calendar.feeds.feed_tokens import lingering, lingering_words, rotate

    who = _recipient(context)
    token = rotate(context.database, who, context.actor, context.today, context.clock.now())
    _show(context, who, token)
    if left := lingering(context.database, who):
        printing.say(f"What was published under the old address could not be deleted. {lingering_words(left)}")
        return PROBLEMS
    return DONE


def run_revoke(context: Context) -> int:
    """End a recipient's address, and delete what was published for it."""
    from storage.calendar.feeds.feed_tokens import revoke

    who = _recipient(context)
    ended = revoke(context.database, who, context.clock.now())
    if context.form == "json":
        printing.put_json({"recipient": who, "revoked": ended})
    elif ended:
        printing.put(f"{who}: the address is no longer answered. Calendars fetched before stay where they are.")
    else:
        printing.put(f"{who} had no address.")
    return DONE


def run_list(context: Context) -> int:
    """List who has a token, without showing any."""
    from storage.calendar.feeds.feed_tokens import tokens

    who = _recipient(context) if context.options.recipient else None
    lines = [line for line in tokens(context.reader, context.today) if who in (None, line.recipient)]
    printing.put_rows(context.form, map(_record, lines), _COLUMNS, today=context.today)
    return DONE


def _record(line: TokenLine) -> dict[str, Any]:
    stamps = {"issued_at": stamp(line.issued_at), "fetched_at": stamp(line.fetched_at) if line.fetched_at else None}
    return printing.fields(line, _COLUMNS) | stamps


def _recipient(context: Context) -> str:
    """Return the recipient named: one that has or had an address, a worker, or a team's own calendar."""
    from storage.calendar.feeds.feed_tokens import had_any
    from storage.calendar.recipients import TEAM, team_recipient

    named = clean_line(context.options.recipient)[:200]
    if had_any(context.reader, named):
        return named
    if named.startswith(TEAM):
        return team_recipient(context.the_team(named.removeprefix(TEAM)))
    return context.the_worker(named)


def _show(context: Context, who: str, token: str) -> int:
    from storage.calendar.effective_choices import council
    from storage.calendar.feeds.feed_tokens import address, hashed, tokens

    settings = council(context.reader)
    where, number = address(settings, token), hashed(token)
    ends = next((line.expires_on for line in tokens(context.reader, context.today) if line.hash == number), None)
    if context.form == "json":
        printing.put_json({"recipient": who, "address": where, "file": f"{number}.ics", "expires_on": ends})
    else:
        printing.put(where)
        _explain(who, ends, bool(settings.feed_address), number)
    return DONE


def _explain(who: str, ends: date | None, known: bool, number: str) -> None:
    """Say on standard error what the address is good for: standard output is the address alone."""
    from tui.calendar.calendar_text import FEED

    until = f" It ends after {show_day(ends)}." if ends else ""
    printing.say(f"This is {who}'s address. It is shown this once: copy it now.{until}")
    if not known:
        printing.say("Put the server before it, or keep that: almoner calendar settings --feed-address https://...")
    printing.say(f"Where a plain web server serves the folder, the file is called {number}.ics.")
    printing.say("Nothing is there until the next: almoner calendar publish")
    for line in (f"Outlook: {FEED}", *_PASS_ON):
        printing.say(line)
