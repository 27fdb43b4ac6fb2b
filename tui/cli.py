"""The command line: builds the parser, runs the command, and is the one door through which errors leave.

Exit codes: 0 done, 1 done and the answer is "problems", 2 bad usage or bad input, 130 stopped by Ctrl-C.
Nothing is imported here that help and version can do without.
"""

from __future__ import annotations

import sys
from argparse import SUPPRESS, RawDescriptionHelpFormatter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui import __version__
from tui.commandline.catalogue import COMMANDS
from tui.commandline.parser import Commands, Parser, Run
from tui.commandline.streams import begin_with_mark, make_ready

if TYPE_CHECKING:
    from tui.commandline.context import Context


_DONE, _BAD, _STOPPED = 0, 2, 130
_DESCRIPTION = "Run supervision and plan caseloads in social work teams. Without a command, the application opens."


def build_parser(words: Sequence[str]) -> Parser:
    """Return the parser, with the options of the commands that ``words`` name."""
    shared = _global_options()
    parser = Parser(
        prog="almoner",
        description=_DESCRIPTION,
        parents=[shared],
        allow_abbrev=False,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=None, parser=parser)
    commands = Commands(parser, shared)
    for entry in COMMANDS:
        commands.make(entry.name, entry.help)
    for module in dict.fromkeys(entry.module for entry in COMMANDS if entry.name in words):
        _declare(module, commands)
    return parser


def _declare(module: str, commands: Commands) -> None:
    from importlib import import_module

    import_module(module).declare(commands)


def _global_options() -> Parser:
    # Left out, they are not in the namespace at all: what stands before the command is not overwritten after it.
    shared = Parser(add_help=False, argument_default=SUPPRESS)
    options = shared.add_argument_group("everywhere")
    options.add_argument("--database", metavar="PATH", dest="given_database", help="the database (ALMONER_DATABASE)")
    options.add_argument(
        "--today", metavar="DATE", dest="given_today", help="the day, or day and time, that counts as now"
    )
    options.add_argument(
        "--as-of",
        metavar="DATE",
        dest="given_as_of",
        help="what was on record at the end of that day; reads only, and counts as that day",
    )
    options.add_argument(
        "--no-names", action="store_true", dest="given_no_names", help="show references and initials instead of names"
    )
    options.add_argument(
        "--as", metavar="WHO", dest="given_actor", help="who is acting: name or staff id (ALMONER_ACTOR)"
    )
    options.add_argument("--version", action="version", version=f"almoner {__version__}", help="print the version")
    return shared


def run(words: Sequence[str]) -> int:
    """Run one command line and return its exit code; nothing is ever raised."""
    make_ready()
    try:
        code = _run(list(words))
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except BrokenPipeError:
        _write_no_more()
        return _DONE
    except KeyboardInterrupt:
        print("almoner: Stopped; nothing was left half done.", file=sys.stderr)
        return _STOPPED
    except OSError as error:  # the flush: the disk behind standard output is full
        _write_no_more()
        return _told(error)
    except Exception as error:
        return _told(error)


def _run(words: list[str]) -> int:
    parser = build_parser(words)
    try:
        options = parser.parse_args(words)
    except SystemExit as leaving:  # --help and --version
        return int(leaving.code or 0)
    if options.run is None and options.command:
        options.parser.error("which one? A further word is needed")
    return _carry_out(options.run or _open_application, options)


def _carry_out(run: Run, options: object) -> int:
    from argparse import Namespace
    from contextlib import closing

    from storage.database.errors import guard
    from tui.commandline.context import Context

    assert isinstance(options, Namespace)
    if getattr(options, "excel", False) and not getattr(options, "json", False):
        options.csv = True
        begin_with_mark()
    with closing(Context(options)) as context, guard(), context.blaming():
        context.refuse_writing()
        return run(context)


def _open_application(context: Context) -> int:
    from tui.open_commands import open_application

    return open_application(context)


def _told(error: Exception) -> int:
    from domain.core.errors import AlmonerError, StorageProblem
    from tui.commandline import printing

    if isinstance(error, OSError):
        why = (error.strerror or "a fault of the system").lower()
        error = StorageProblem(f"Reading or writing failed: {why}.")
    if isinstance(error, AlmonerError):
        printing.complain(error)
    else:
        printing.say(last_words(error))
    return _BAD


def _write_no_more() -> None:
    """Whoever read our output has gone (``| head``): end quietly, also when Python flushes at exit."""
    import os
    from contextlib import suppress

    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def last_words(error: BaseException) -> str:
    """Return what may be said of an error nobody foresaw: its type and place, never a value, which could be a name."""
    from domain.core.errors import where

    return (
        f"almoner: Something went wrong inside Almoner ({where(error)}). "
        "What was not finished was not kept. Please report this line."
    )
