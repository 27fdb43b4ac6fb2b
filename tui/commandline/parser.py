"""What commands are declared with: a parser whose complaints are errors like any other, and groups of commands."""

from __future__ import annotations

from argparse import Action, ArgumentError, ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from tui.commandline.context import Context


Run = Callable[["Context"], int]


_TOO_LONG = 300
_LARGEST = 10**9


def number(text: str) -> int:
    """Return a number given on the command line, from 0 to a thousand million: for ``type`` of an argument."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= _LARGEST):
        raise ArgumentTypeError(f"a number from 0 to {_LARGEST:,} is needed")
    return int(text)


_NAMED = frozenset(("DATE", "NAME", "WORKER", "STAFF_ID", "ROLE", "CASE"))  # what an option names is never nothing


class Parser(ArgumentParser):
    """Argument parsing whose complaints are errors like any other: one short message."""

    def _get_value(self, action: Action, arg_string: str) -> Any:
        """Read one value; an option that names a day, a person or a team refuses to be given empty."""
        if action.option_strings and action.metavar in _NAMED and not arg_string.strip():
            raise ArgumentError(action, "nothing is given; say which, or leave the option out")
        return super()._get_value(action, arg_string)

    def error(self, message: str) -> NoReturn:
        """Raise BadInput with what argparse found wrong."""
        from domain.core.errors import BadInput
        from domain.core.text import clean_line

        short = clean_line(message)[:_TOO_LONG]
        raise BadInput(short[:1].upper() + short[1:] + ".", hint=f"See: {self.prog} --help", title="Not understood")

    def on_a_day(self) -> None:
        """Let the person ask for the figures of another day than today."""
        self.add_argument("--on", metavar="DATE", help="what stood on that day, by what is known now (left out: today)")

    def may_overwrite(self) -> None:
        """Let the person say that files which stand where the command writes may be replaced."""
        self.add_argument("--overwrite", action="store_true", help="replace files of that kind which are there already")


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
            parser.add_argument(
                "--excel", action="store_true", help="print CSV with a byte-order mark, by which Excel knows UTF-8"
            )
        return parser

    def group(self, name: str) -> Commands:
        """Return the commands within a command."""
        return Commands(self._made[name], self._shared, "subcommand")
