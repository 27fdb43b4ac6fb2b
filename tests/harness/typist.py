"""The application with a session open, to be typed into and killed: python -m tests.harness.typist FILE SESSION."""

from __future__ import annotations

import sys
from pathlib import Path

from storage.opening import open_database
from tests.clocks import CLOCK
from tui import app as application
from tui.core.screens import page


class Typist(application.Almoner):
    """Goes straight to a session."""

    CSS_PATH = str(Path(application.__file__).with_name("app.tcss"))

    async def _begin(self) -> None:
        await super()._begin()
        await self.push_screen(page("session", int(sys.argv[2])))


if __name__ == "__main__":
    typist = Typist(open_database(sys.argv[1], CLOCK), path=Path(sys.argv[1]), clock=CLOCK, actor="A. Hughes")
    typist.heeds_signals = True
    try:
        typist.run()
    finally:
        typist.office.close()
    sys.exit(typist.return_code)
