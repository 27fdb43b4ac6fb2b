"""The command line: builds the parser, runs the command, and is the one door through which errors leave.

Exit codes: 0 done, 1 done and the answer is "problems", 2 bad usage or bad input, 130 stopped by Ctrl-C.
Nothing is imported here that help and version can do without.
"""

from __future__ import annotations

import sys
from argparse import SUPPRESS, ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn

from tui import __version__
from tui.commandline.catalogue import COMMANDS

if TYPE_CHECKING:
    from tui.commandline.context import Context

Run = Callable[["Context"], int]

_DONE, _BAD, _STOPPED = 0, 2, 130
_DESCRIPTION = "Run supervision and plan caseloads in social work teams. Without a command, the application opens."
_TOO_LONG = 300
_PACKAGES = ("tui", "storage", "domain")


class Parser(ArgumentParser):
    """Argument parsing whose complaints are errors like any other: one short message."""

    def error(self, message: str) -> NoReturn:
        """Raise BadInput with what argparse found wrong."""
        from domain.errors import BadInput
        from domain.text import clean_line

        short = clean_line(message)[:_TOO_LONG]
        raise BadInput(short[:1].upper() + short[1:] + ".", hint=f"See: {self.prog} --help", title="Not understood")


class Commands:
    """Declares commands, each with the global options, so that those may stand before or after it."""

    def __init__(self, parser: Parser, shared: Parser, dest: str = "command") -> None:
        self._all = parser.add_subparsers(title="commands", metavar="COMMAND", dest=dest, parser_class=Parser)
        self._shared = shared
        self._made: dict[str, Parser] = {}

    def make(self, name: str, help: str) -> Parser:  # noqa: A002
        """Make the parser of a command: enough to list it in the help."""
        made = self._all.add_parser(
            name, help=help, description=help[:1].upper() + help[1:] + ".", parents=[self._shared], allow_abbrev=False
        )
        made.set_defaults(run=None, parser=made)
        self._made[name] = made
        return made

    def add(self, name: str, run: Run, help: str = "", *, json: bool = False, csv: bool = False) -> Parser:  # noqa: A002
        """Say what a command runs and whether it prints JSON and CSV; returns its parser, for its own options."""
        parser = self._made.get(name) or self.make(name, help)
        parser.set_defaults(run=run)
        if json:
            parser.add_argument("--json", action="store_true", help="print JSON")
        if csv:
            parser.add_argument("--csv", action="store_true", help="print CSV for a spreadsheet")
        return parser

    def group(self, name: str) -> Commands:
        """Return the commands within a command."""
        return Commands(self._made[name], self._shared, "subcommand")


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

    import_module(f"tui.commandline.{module}").declare(commands)


def _global_options() -> Parser:
    # Left out, they are not in the namespace at all: what stands before the command is not overwritten after it.
    shared = Parser(add_help=False, argument_default=SUPPRESS)
    options = shared.add_argument_group("everywhere")
    options.add_argument("--database", metavar="PATH", dest="given_database", help="the database (ALMONER_DATABASE)")
    options.add_argument("--today", metavar="DATE", dest="given_today", help="the day that counts as today")
    options.add_argument("--no-names", action="store_true", dest="given_no_names", help="references and initials only")
    options.add_argument("--as", metavar="WHO", dest="given_actor", help="who is acting (ALMONER_ACTOR)")
    options.add_argument("--version", action="version", version=f"almoner {__version__}", help="print the version")
    return shared


def run(words: Sequence[str]) -> int:
    """Run one command line and return its exit code; nothing is ever raised."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # what an encoding has no sign for is written as an escape
            stream.reconfigure(errors="backslashreplace")
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

    from storage.database import guard
    from tui.commandline.context import Context

    assert isinstance(options, Namespace)
    with closing(Context(options)) as context, guard():
        return run(context)


def _open_application(context: Context) -> int:
    from tui.commandline.beginnings import open_application

    return open_application(context)


def _told(error: Exception) -> int:
    from domain.errors import AlmonerError, StorageProblem
    from tui import printing

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
    from pathlib import Path

    root = Path(__file__).resolve().parent.parent
    place, trace = "", error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if any(file.is_relative_to(root / package) for package in _PACKAGES):
            place = f" at {file.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return (
        f"almoner: Something went wrong inside Almoner ({type(error).__name__}{place}). "
        "What was not finished was not kept. Please report this line."
    )
