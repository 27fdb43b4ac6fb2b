"""Every command is declared once, and everything that answers keys takes its bindings from there."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections import Counter
from collections.abc import Iterator

import pytest
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode

import tui
from tui.core.keys import BY_ID, COMMANDS, bindings, clash


def our_classes() -> Iterator[type[DOMNode]]:
    for found in pkgutil.walk_packages(tui.__path__, "tui."):
        if "__main__" in found.name:
            continue
        for _, kind in inspect.getmembers(importlib.import_module(found.name), inspect.isclass):
            if issubclass(kind, DOMNode) and kind.__module__ == found.name:
                yield kind


CLASSES = sorted(our_classes(), key=lambda kind: kind.__name__)


def own_bindings(kind: type[DOMNode]) -> list[Binding]:
    return [b for b in vars(kind).get("BINDINGS", []) if isinstance(b, Binding)]


def test_no_two_commands_share_an_id() -> None:
    assert [i for i, n in Counter(command.id for command in COMMANDS).items() if n > 1] == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.id)
def test_a_command_says_what_it_does(command: object) -> None:
    assert command.title  # type: ignore[attr-defined]
    assert len(command.tooltip) > 8  # type: ignore[attr-defined]
    assert command.keys  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda k: k.__name__)
def test_bindings_come_from_the_declared_commands(kind: type[DOMNode]) -> None:
    for binding in vars(kind).get("BINDINGS", []):
        assert isinstance(binding, Binding)
        assert binding.id in BY_ID
        assert [binding] == bindings(binding.id)
        assert binding.description
        assert binding.tooltip


@pytest.mark.parametrize("kind", CLASSES, ids=lambda k: k.__name__)
def test_what_a_class_names_it_can_do(kind: type[DOMNode]) -> None:
    for binding in own_bindings(kind):
        owner, _, action = binding.action.rpartition(".")
        method = f"action_{action.partition('(')[0]}"
        assert hasattr(App if owner == "app" and not hasattr(tui, "x") else kind, method) or hasattr(
            importlib.import_module("tui.app").Almoner, method
        ), f"{kind.__name__} has no {method}"


def test_a_key_taken_already_is_noticed() -> None:
    assert clash({"sort": "x"}, "sort") is BY_ID["export"]
    assert clash({"sort": "f9"}, "sort") is None


def test_a_form_and_a_list_may_share_a_key() -> None:
    assert clash({"save": "s"}, "save") is None
