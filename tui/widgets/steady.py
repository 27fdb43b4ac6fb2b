"""Showing something else in a widget that stands already, without laying out the whole screen where nothing moves."""

from __future__ import annotations

from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input, Static


def put(widget: Static, content: Content, *, moves: bool = True) -> None:
    """Show ``content``, unless it stands there; ``moves`` is False where the widget's size is fixed."""
    if not same(widget.content, content):
        widget.update(content, layout=moves)


def same(one: object, other: Content) -> bool:
    """Return whether both have the same words in the same styles; comparing contents compares their words alone."""
    return isinstance(one, Content) and one.plain == other.plain and list(one.spans) == list(other.spans)


class Words(Static):
    """Words that are laid out once when they change; the library does it again for the room they then take."""

    virtual_size = Reactive(Size(0, 0), layout=False)


class Lines(Vertical):
    """What stands below one another, laid out once when it grows."""

    virtual_size = Reactive(Size(0, 0), layout=False)


class SteadyInput(Input):
    """A line to fill in whose place stays as it is, whatever is typed: the library lays out the screen at each key."""

    virtual_size = Reactive(Size(0, 0), layout=False)
