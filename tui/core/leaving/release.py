"""Letting go of widgets that are no more: what the application and the library keep of them would last for long."""

from __future__ import annotations

from typing import Any

from textual._styles_cache import StylesCache
from textual.app import App


def let_go(app: App[Any]) -> None:
    """Forget widgets that have closed.

    The library lets go of those that watch or listen to the application only when what they wait for happens next,
    and of what was drawn for the last thousand widgets never: a cache of colours holds it by mistake.
    """
    for watching in getattr(app, "__watchers", {}).values():
        watching[:] = [(node, told) for node, told in watching if not node._closing]  # noqa: SLF001
    for signal in (app.theme_changed_signal, app.app_suspend_signal, app.app_resume_signal):
        for node in list(signal._subscriptions):  # noqa: SLF001
            if node._closing:  # noqa: SLF001
                signal.unsubscribe(node)
    StylesCache.get_inner_outer.cache_clear()
