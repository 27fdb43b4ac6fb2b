"""The records of a session as they will be filed, each case's own and the personal one: agree, add to, export, copy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from domain.filing import CASE, Filed, as_text, veiled
from domain.text import plural
from storage.records import Records
from tui import recordwords as words
from tui.commands import bindings
from tui.screens.casework import CaseWork
from tui.text import line, show

if TYPE_CHECKING:
    from domain.nudges import Nudge
    from storage.database import Database
    from storage.recordclock import Clock
    from storage.unit import Unit
    from tui.deeds import Deed


class RecordScreen(CaseWork):
    """Both kinds of record of one session."""

    CSS_PATH = "record.tcss"
    AREA = "supervision"
    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "agree-record", "written-up", "amend-record", "copy-record", "export-record", "private-part"
    )

    def __init__(self, session: int) -> None:
        super().__init__()
        self.session = int(session)
        self._found: Records | None = None
        self._private = False

    def body(self) -> ComposeResult:
        """How the record stands, the list of records, and the one under the cursor."""
        yield Static("", id="standing")
        yield Static("", id="nudges")
        with Horizontal():
            yield OptionList()
            with VerticalScroll():
                yield Static("", id="filed")

    async def load(self) -> None:
        """Read what the session left, and show it."""
        found, both, looks = await self.office.desk.call(self._read)
        self._found = found
        self.title_with(f"Records of session {self.session}")
        self.query_one("#standing", Static).update(words.standing(found, both, self.look))
        nudged = words.nudged(looks)
        self.query_one("#nudges", Static).update(nudged)
        self.query_one("#nudges").display = bool(nudged.plain)
        self._list(found)
        self.refresh_bindings()

    def _read(self, database: Database) -> tuple[Records, tuple[Clock, Clock], list[Nudge]]:
        from storage.nudging import nudges
        from storage.recordclock import clocks, switched_on
        from storage.records import records

        conn = database.reader()
        found = records(conn, self.session, self.office.actor, private=self._private, hide=self.look.worker)
        there = found.me in found.material.signatures
        both = clocks(found.material, self.office.today, database.packs() if switched_on(conn) else None)
        # Once everybody agreed there is nothing left to look at again.
        looks = nudges(conn, self.session) if there and not all(found.material.signatures.values()) else []
        return found, both, looks

    def _list(self, found: Records) -> None:
        options = self.query_one(OptionList)
        at = options.highlighted or 0
        options.clear_options()
        options.add_options([Option(show(words.entry(one))) for one in found.records])
        if found.records:
            options.highlighted = min(at, len(found.records) - 1)
        self._show()

    @property
    def filed(self) -> Filed | None:
        """The record under the cursor."""
        at = self.query_one(OptionList).highlighted
        return self._found.records[at] if self._found and at is not None and at < len(self._found.records) else None

    def _show(self) -> None:
        shown, filed = self.query_one("#filed", Static), self.filed
        if filed is None:
            shown.update(show("Nothing was said in this session yet."))
        else:
            shown.update(words.filed_words(veiled(filed) if self.office.no_names else filed))

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self._show()
        self.query_one(VerticalScroll).scroll_home(animate=False)

    # agreeing and adding --------------------------------------------------------------------------------------------

    @work(exit_on_error=False)
    async def action_agree_record(self) -> None:
        """Agree the record as whoever is working; once agreed, ask whether to take that back."""
        from storage import signing
        from tui.dialogs.confirm import ConfirmDialog

        found, number = self._found, self.session
        if found is None:
            return
        signed = found.material.signatures
        if found.me is not None and signed.get(found.me) and not all(signed.values()):
            asked = "You have agreed this record. While somebody else has not, you can take that back and put it right."
            if await self.app.push_screen_wait(ConfirmDialog("Take it back?", asked, yes="Take my agreement back")):
                self.keep(lambda unit: signing.withdraw(unit, number), "Taken back: the record can be changed again.")
            return
        self.keep(lambda unit: signing.sign(unit, number, found.mark), then=self._say_signed)

    def _say_signed(self, signed: Any) -> None:
        left = f"{', '.join(signed.waiting)} yet to agree." if signed.waiting else "Everybody has agreed it."
        self.notify(f"Agreed. {left}", markup=False)

    def action_written_up(self) -> None:
        """Say that the record is complete, before anybody agrees it."""
        from storage import signing

        number = self.session
        self.keep(lambda unit: signing.complete(unit, number), "The record is complete.")

    def action_amend_record(self) -> None:
        """Ask what is to be added to the record under the cursor."""
        if self.filed is not None:
            self.do(self._amend(self.filed))

    async def _amend(self, filed: Filed) -> Deed | None:
        from storage import signing
        from tui.deeds import Deed
        from tui.dialogs.asking import ask
        from tui.dialogs.form import NOTE, Field

        fields = [Field("text", "What is added", NOTE, required=True), Field("why", "Because", hint="may be left out")]
        case = filed.about if filed.kind == CASE else None

        def doing(unit: Unit, values: dict[str, Any]) -> Deed:
            signing.amend(unit, self.session, values["text"], case=case, why=values["why"])
            return Deed("Added under what was agreed.", unit.today)

        about = "What was agreed stays as it is; this stands under it, with your name and today's date."
        return await ask(self, f"Add to: {line(words.entry(filed))}", fields, doing, about=about)

    # out of the program ---------------------------------------------------------------------------------------------

    def action_copy_record(self) -> None:
        """Copy the record under the cursor as text to paste."""
        if self.filed is not None:
            self.app.copy_to_clipboard(as_text(self.filed))
            self.notify(f"Copied: {line(words.entry(self.filed))}", markup=False)

    def action_private_part(self) -> None:
        """Show or hide what is private to the pair."""
        if self._found is not None and not self._found.private:
            self.notify("There is no private part here that is yours to see.", markup=False)
            return
        self._private = not self._private
        self.read_again()

    def action_export_record(self) -> None:
        """Ask where to, and write documents."""
        if self.filed is not None:
            self.do(self._export(self.filed))

    async def _export(self, filed: Filed) -> Deed | None:
        from tui.dialogs.asking import ask
        from tui.dialogs.choose import Choice
        from tui.dialogs.form import CHOICE, Field

        found = self._found
        assert found is not None
        which = [Choice("one", f"Only {line(words.entry(filed))}"), Choice("all", f"All {len(found.records)} here")]
        how = [Choice("docx", "Word documents"), Choice("txt", "Plain text")]
        fields = [
            Field("folder", "Folder", value=str(Path.home()), required=True),
            Field("which", "Which", CHOICE, "one", which, required=True),
            Field("how", "As", CHOICE, "docx", how, required=True),
        ]

        def doing(unit: Unit, values: dict[str, Any]) -> Deed:
            from storage.recordfiles import write_records
            from tui.deeds import Deed

            wanted = found.records if values["which"] == "all" else (filed,)
            folder = Path(values["folder"]).expanduser()
            done = write_records(wanted, folder, text=values["how"] == "txt")
            return Deed(f"{plural(len(done), 'file')} in {line(folder)}", unit.today)

        about = "With the part that is private to the two of you." if self._private and found.private else ""
        return await ask(self, "Export", fields, doing, about=about)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Words leave the program only while they are shown; adding needs something that was agreed."""
        if action in ("copy_record", "export_record"):
            return not self.office.no_names and self.filed is not None
        if action == "written_up":
            card = self._found.material.card if self._found else None
            return card is not None and card.held_on is not None and card.recorded_on is None
        if action == "amend_record":
            return self._found is not None and any(self._found.material.signatures.values())
        if action == "private_part":
            return self._found is not None and bool(self._found.private)
        return super().check_action(action, parameters)
