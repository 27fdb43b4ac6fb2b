"""The records of a session as they will be filed, each case's own and the personal one: agree, add to, export, copy."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from domain.core.text import plural
from domain.supervision.written_record import CASE, Filed, as_text, veiled
from storage.files.outgoing import Outgoing
from storage.files.paths import home, typed
from storage.supervision.record_delays import clocks, switched_on
from storage.supervision.session.prompts import nudges
from storage.supervision.session.record_files import Written, write_records
from storage.supervision.session.records import Records, records
from tui.core.choice import Choice
from tui.core.keys import bindings
from tui.core.text import line, show
from tui.dialogs.ask import answer, ask
from tui.dialogs.confirm import ConfirmDialog
from tui.dialogs.form import CHOICE, NOTE, Field, Form
from tui.dialogs.replacing import replacing
from tui.due.case_actions import CaseActions
from tui.supervision.session import record_text as words

if TYPE_CHECKING:
    from domain.supervision.prompts import Nudge
    from storage.records.database import Database
    from storage.records.unit import Unit
    from storage.supervision.acts.signing import Signatures
    from storage.supervision.record_delays import Clock


class RecordScreen(CaseActions):
    """Both kinds of record of one session."""

    CSS_PATH = "record_screen.tcss"
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
        conn = database.reader()
        actor, today, hide = self.office.actor, self.office.today, self.look.worker
        found = records(conn, self.session, actor, today, private=self._private, hide=hide)
        there = found.me in found.material.signatures
        both = clocks(found.material, today, database.packs() if switched_on(conn) else None)
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
        from storage.supervision.acts import signing

        found, number = self._found, self.session
        if found is None:
            return
        signed = found.material.signatures
        if found.me is not None and signed.get(found.me) and not all(signed.values()):
            asked = "You have agreed this record. While somebody else has not, you can take that back and put it right."
            if await self.app.push_screen_wait(ConfirmDialog("Take it back?", asked, yes="Take my agreement back")):
                self.act(lambda unit: _withdrawn(signing.withdraw(unit, number)))
            return
        if found.me in signed and sum(day is None for day in signed.values()) == 1:
            asked = (
                "Everybody else has agreed this record. With your agreement it stays as it is for good: nobody can "
                "take theirs back, and it can only be added to."
            )
            if not await self.app.push_screen_wait(ConfirmDialog("Agree as the last one?", asked, yes="Agree")):
                return
        self.act(lambda unit: _signed(signing.sign(unit, number, found.mark)))

    def action_written_up(self) -> None:
        """Say that the record is complete, before anybody agrees it."""
        from storage.supervision.acts import signing

        number = self.session
        self.act(lambda unit: _complete(signing.complete(unit, number)))

    def action_amend_record(self) -> None:
        """Ask what is to be added to the record under the cursor."""
        if self.filed is not None:
            self.do(self._amend(self.filed))

    async def _amend(self, filed: Filed) -> str | None:
        from storage.supervision.acts import signing

        fields = [Field("text", "What is added", NOTE, required=True), Field("why", "Because", hint="may be left out")]
        case = filed.about if filed.kind == CASE else None

        def doing(unit: Unit, values: dict[str, Any]) -> str:
            signing.add_to_record(unit, self.session, values["text"], case=case, why=values["why"])
            return "Added under what was agreed."

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

    async def _export(self, filed: Filed) -> str | None:
        found = self._found
        assert found is not None
        which = [Choice("one", f"Only {line(words.entry(filed))}"), Choice("all", f"All {len(found.records)} here")]
        how = [Choice("docx", "Word documents"), Choice("txt", "Plain text")]
        fields = [
            Field("folder", "Folder", value=str(home()), required=True),
            Field("which", "Which", CHOICE, "one", which, required=True),
            Field("how", "As", CHOICE, "docx", how, required=True),
        ]

        said: list[str] = []

        async def save(values: dict[str, Any]) -> None:
            wanted = found.records if values["which"] == "all" else (filed,)
            folder, text = typed(values["folder"], "folder"), values["how"] == "txt"

            async def write(overwrite: bool) -> list[Written]:
                return await self.office.desk.call(
                    lambda db: write_records(wanted, folder, Outgoing(db.path, overwrite=overwrite), text=text)
                )

            done = await replacing(self, write, "folder")
            said.append(f"{plural(len(done), 'file')} in {line(folder)}")

        about = "With the part that is private to the two of you." if self._private and found.private else ""
        await answer(self, Form("Export", fields, save, about=about))
        return said[-1] if said else None

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


def _signed(done: Signatures) -> str:
    left = f"{', '.join(done.waiting)} yet to agree." if done.waiting else "Everybody has agreed it."
    return f"Agreed. {left}"


def _withdrawn(_done: str) -> str:
    return "Taken back: the record can be changed again."


def _complete(_done: date) -> str:
    return "The record is complete."
