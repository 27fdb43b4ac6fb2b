"""The command line: builds the parser, runs the command, and is the one door through which errors leave.

Exit codes: 0 done, 1 done and the answer is "problems", 2 bad usage or bad input, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import contextlib
import os
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from domain.errors import AlmonerError, BadInput
from domain.text import clean_line
from tui import __version__, printing
from tui.commandline import beginnings, calendars, intake, loads, obligations, packs, safety, things
from tui.commandline.context import BAD, DONE, STOPPED, Context

GROUPS = (beginnings, intake, things, obligations, loads, calendars, packs, safety)
_DESCRIPTION = "Run supervision and plan caseloads in social work teams. Without a command, the application opens."
_TOO_LONG = 300
_ROOT = Path(__file__).resolve().parent.parent


class Parser(ArgumentParser):
    """Argument parsing whose complaints are errors like any other: one short message."""

    def error(self, message: str) -> NoReturn:
        """Raise BadInput with what argparse found wrong."""
        short = clean_line(message)[:_TOO_LONG]
        raise BadInput(short[:1].upper() + short[1:] + ".", hint=f"See: {self.prog} --help", title="Not understood")


class Commands:
    """Declares commands, each with the global options, so that those may stand before or after it."""

    def __init__(self, parser: Parser, parents: list[Parser], dest: str = "command") -> None:
        self._all = parser.add_subparsers(title="commands", metavar="COMMAND", dest=dest, parser_class=Parser)
        self._parents = parents

    def add(self, name: str, help: str, run: Any = None, *, json: bool = False, csv: bool = False) -> Parser:  # noqa: A002
        """Declare one command; ``run`` takes a Context and returns an exit code."""
        parser = self._all.add_parser(
            name, help=help, description=help, parents=self._parents, allow_abbrev=False, add_help=True
        )
        parser.set_defaults(run=run, parser=parser)
        if json:
            parser.add_argument("--json", action="store_true", help="print JSON")
        if csv:
            parser.add_argument("--csv", action="store_true", help="print CSV for a spreadsheet")
        return parser

    def group(self, name: str, help: str) -> Commands:  # noqa: A002
        """Declare a command that has commands of its own."""
        return Commands(self.add(name, help), self._parents, "subcommand")


def build_parser() -> Parser:
    """Return the parser of the whole command line."""
    shared = _global_options()
    parser = Parser(
        prog="almoner",
        description=_DESCRIPTION,
        parents=[shared],
        allow_abbrev=False,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=None, parser=parser)
    commands = Commands(parser, [shared])
    for group in GROUPS:
        group.declare(commands)
    return parser


def _global_options() -> Parser:
    # Left out, they are not in the namespace at all: what stands before the command is not overwritten after it.
    shared = Parser(add_help=False, argument_default=SUPPRESS)
    options = shared.add_argument_group("everywhere")
    options.add_argument("--database", metavar="PATH", dest="given_database", help="the database (ALMONER_DATABASE)")
    options.add_argument("--today", metavar="DATE", dest="given_today", help="the day that counts as today")
    options.add_argument("--no-names", action="store_true", dest="given_no_names", help="references and initials only")
    options.add_argument("--version", action="version", version=f"almoner {__version__}")
    options.add_argument("--as", metavar="WHO", dest="given_actor", help="who is acting (ALMONER_ACTOR)")
    return shared


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; nothing is ever raised."""
    printing.prepare()
    try:
        code = _run(arguments)
        sys.stdout.flush()
        return code
    except AlmonerError as error:
        printing.complain(error)
        return BAD
    except KeyboardInterrupt:
        printing.say("Stopped; nothing was left half done.")
        return STOPPED
    except BrokenPipeError:
        return _reader_left()
    except Exception as error:
        printing.say(last_words(error))
        return BAD


def _run(arguments: Sequence[str]) -> int:
    parser = build_parser()
    try:
        options: Namespace = parser.parse_args(list(arguments))
    except SystemExit as leaving:  # --help and --version
        return int(leaving.code or 0)
    context = Context(options)
    with contextlib.closing(context):
        return _carry_out(context)


def _carry_out(context: Context) -> int:
    from storage.database import guard

    options = context.options
    if options.run is None and options.command:
        options.parser.error("which one? A further word is needed")
    with guard():
        return int((options.run or beginnings.open_application)(context))


def _reader_left() -> int:
    """Whoever read our output has gone (``| head``): end quietly, also when Python flushes at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE


def last_words(error: BaseException) -> str:
    """Return what may be said of an error nobody foresaw: its type and place, never a value, which could be a name."""
    place, trace = "", error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if any(file.is_relative_to(_ROOT / package) for package in ("tui", "storage", "domain")):
            place = f" at {file.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return (
        f"almoner: Something went wrong inside Almoner ({type(error).__name__}{place}). "
        "What was not finished was not kept. Please report this line."
    )
