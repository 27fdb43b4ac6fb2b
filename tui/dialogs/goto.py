"""Go to any worker, case or team by a few letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from storage.cases import case_page
from tui.core.choice import Choice
from tui.dialogs.choose import Picker

if TYPE_CHECKING:
    from storage.cases.case_page import Hit

LIMIT = 20


class GotoDialog(Picker):
    """Answers ``kind:key`` of what was chosen ("worker:W-12")."""

    TITLE_WORDS = "Go to a worker, case or team"
    PROMPT = "a few letters of a name, a staff id or a reference"

    def offer(self, letters: str) -> None:
        """Look the letters up."""
        if letters.strip():
            self._look_up(letters)
        else:
            self.put([], " ")

    @work(exclusive=True, exit_on_error=False, group="search")
    async def _look_up(self, letters: str) -> None:
        today = self.office.today
        hits = await self.office.desk.read(lambda conn: list(case_page.find(conn, letters, today, LIMIT)))
        self.put([self._choice(hit) for hit in hits])

    def _choice(self, hit: Hit) -> Choice:
        look = self.look
        name = look.worker(hit.name) if hit.kind == "worker" else look.served(hit.name, hit.key)
        words = hit.key if hit.kind == "team" or name == hit.key else f"{name}   {hit.key}"
        return Choice(f"{hit.kind}:{hit.key}", words, f"{hit.kind}  {hit.detail}".strip())
