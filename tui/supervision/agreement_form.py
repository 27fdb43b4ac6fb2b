"""Drawing up, signing and changing a supervision agreement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from domain.core.dates import DAYS, show_day
from domain.core.enums import SUPERVISION_KIND_TITLES, SupervisionKind
from domain.supervision.sessions import Agreement, AgreementFields
from storage.people.acting import acting
from storage.rules.kept_packs import Packs
from storage.supervision.acts import agreements
from tui.core.choice import Choice
from tui.dialogs.ask import Values, ask, choose
from tui.dialogs.form import CHOICE, DAY, NOTE, Field
from tui.dialogs.record_form import amend, asked, taken
from tui.people.staff_choices import staff_choices

if TYPE_CHECKING:
    from storage.records.unit import Unit
    from storage.supervision.month_board import AgreementMark, BoardRow
    from tui.core.page import Page

TERMS = (
    "kind", "standard", "minutes", "weekday", "start", "place", "covers", "agenda", "confidentiality", "disagreement",
)  # fmt: skip
HINTS = {
    "minutes": "left out: as the standard says",
    "covers": "of split supervision; one a line",
    "agenda": "one a line",
    "ends": "left open while it stands",
}
STANDING_AGENDA = (
    "Wellbeing", "Actions from last time", "Workload and caseload", "Cases", "Reflection on one case",
    "Learning and registration", "Leave and time off in lieu", "Health and safety", "Next date",
)  # fmt: skip
_ONE_TO_ONE = ("line", "reflective", "on_site", "off_site", "group")
_LISTS = ("covers", "agenda")


async def new_agreement(page: Page, row: BoardRow | None) -> str | None:
    """Ask what a supervisor and a supervisee agree, and draw it up."""
    people = await staff_choices(page)
    given = {"standard": "monthly", "kind": SupervisionKind.LINE, "agenda": STANDING_AGENDA, "start": "10:00"}
    pair = {"worker": row.worker, "supervisor": row.supervisor} if row else {}
    both = {"worker": people, "supervisor": people}
    fields = [
        *asked(AgreementFields, "worker", "supervisor", "starts", given={**pair, "starts": "today"}, options=both),
        *await _terms(page, given),
    ]

    def doing(unit: Unit, values: Values) -> str:
        found = {name: value for name, value in _taken(values).items() if values[name] not in (None, "")}
        kept = agreements.make(unit, AgreementFields.model_validate(found)).record
        return f"Drawn up: {kept.worker} with {kept.supervisor}. Both have yet to sign: e."

    return await ask(page, "New supervision agreement", fields, doing)


async def work_on(page: Page, row: BoardRow) -> str | None:
    """Ask what is to be done with a supervisee's agreement, and do it."""
    if not row.agreements:
        return await new_agreement(page, row)
    choices = [
        Choice(str(one.id), SUPERVISION_KIND_TITLES[SupervisionKind(one.kind)], f"{one.supervisor}, {one.title}")
        for one in row.agreements
    ]
    chosen = await choose(page, "Which agreement?", choices)
    mark = next((one for one in row.agreements if str(one.id) == chosen), None)
    if mark is None:
        return None
    what = await choose(
        page,
        f"Agreement of {row.worker} with {mark.supervisor}",
        [
            Choice("sign", "Sign", "as yourself; the other signs for themselves"),
            Choice("revise", "Change", "what is changed is signed again by both"),
            Choice("hand_over", "Another supervisor", "the same terms from a day on, to be signed anew"),
            Choice("new", "A second agreement", "split supervision: reflective, on-site, off-site"),
        ],
    )
    match what:
        case "sign":
            return await page.office.desk.run(lambda unit: _sign(unit, mark.id))
        case "revise":
            return await _revise(page, mark)
        case "hand_over":
            return await _hand_over(page, row, mark)
        case _:
            return await new_agreement(page, row) if what else None


def _sign(unit: Unit, number: int) -> str:
    kept = agreements.sign(unit, number).record
    who = acting(unit.reader, unit.actor)
    other = kept.supervisor if who == kept.worker else kept.worker
    rest = "Both have signed." if kept.signed_on else f"{other} has yet to sign."
    return f"{who} signed. {rest}"


async def _revise(page: Page, mark: AgreementMark) -> str | None:
    found = await page.office.desk.run(lambda unit: unit.get(Agreement, mark.id))
    now = found.model_dump()
    ends = asked(AgreementFields, "review_on", "ends", given=now, hints=HINTS, ahead={"review_on", "ends"})
    fields = [*await _terms(page, now), *ends]

    def told(kept: Agreement, _unit: Unit) -> str:
        rest = "" if kept.signed_on else " Both sign it again."
        return f"The agreement of {kept.worker} is changed.{rest}"

    title = f"Agreement of {found.worker} with {found.supervisor}"
    return await amend(page, title, found, fields, told, shaped=_taken)


async def _hand_over(page: Page, row: BoardRow, mark: AgreementMark) -> str | None:
    people = await staff_choices(page, but={row.worker})
    fields = [
        Field("supervisor", "New supervisor", CHOICE, "", people, required=True),
        Field("on", "From", DAY, "", required=True, ahead=True),
    ]

    def doing(unit: Unit, v: Values) -> str:
        kept = agreements.change_supervisor(unit, mark.id, v["supervisor"], v["on"]).record
        begins = show_day(v["on"], unit.today)
        return f"{kept.worker}: {kept.supervisor} from {begins}; the new agreement is to be signed by both."

    about = "The agreement until now ends the day before; what is booked goes over to the new supervisor."
    return await ask(page, f"Another supervisor: {row.worker}", fields, doing, about=about)


async def _terms(page: Page, now: Mapping[str, Any]) -> list[Field]:
    standards = await page.office.desk.read(lambda conn: Packs(conn).all("standard"))
    often = [
        Choice(name, str(item["title"]), "local" if item.get("basis") == "local" else "")
        for name, item in standards.items()
        if item.get("active", True)
    ]
    kinds = [Choice(kind.value, words) for kind, words in SUPERVISION_KIND_TITLES.items() if kind in _ONE_TO_ONE]
    days = [Choice(str(n), name) for n, name in enumerate(DAYS[:5])]
    lists = {name: "\n".join(now.get(name) or ()) for name in _LISTS}
    fields = asked(
        AgreementFields,
        *TERMS,
        given={**now, **lists},
        options={"kind": kinds, "standard": often, "weekday": days},
        hints=HINTS,
        needed={"kind", "standard"},
    )
    return [_by_lines(field, lists) if field.id in lists else field for field in fields]


def _by_lines(field: Field, lists: Mapping[str, str]) -> Field:
    """Return the field of a list as one that is written line by line."""
    return Field(field.id, field.label, NOTE, lists[field.id], hint=field.hint)


def _taken(values: Values) -> Values:
    """Return a form's values as the record keeps them: lists by their lines."""
    lists = {
        name: tuple(line.strip() for line in str(values[name] or "").splitlines() if line.strip()) for name in _LISTS
    }
    return {**taken(AgreementFields, {name: value for name, value in values.items() if name not in _LISTS}), **lists}
