"""The stylesheet, parsed once for each set of colours: Textual parses all of it again for every new kind of screen."""

from __future__ import annotations

from typing import ClassVar

from textual.cache import LRUCache
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

MOST = 1024  # sources, of the widgets and of our own


class KeptStylesheet(Stylesheet):
    """Keeps the rules it has parsed until the colours change, and has them again when they change back."""

    _kept: ClassVar[dict[frozenset[tuple[str, str]], LRUCache[tuple[object, ...], list[RuleSet]]]] = {}

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._take_up()

    def set_variables(self, variables: dict[str, str]) -> None:
        """Go over to other colours."""
        if variables == self._variables:
            return
        self._parse_cache = LRUCache(1)  # to be cleared in place of what is kept
        super().set_variables(variables)
        self._take_up()

    def reparse(self) -> None:
        """Take the rules afresh from their sources, parsing those that are new."""
        self.parse()

    def _take_up(self) -> None:
        self._parse_cache = self._kept.setdefault(frozenset(self._variables.items()), LRUCache(MOST))
