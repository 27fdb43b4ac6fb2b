"""Drawing up, signing and changing a supervision agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from domain.dates import DAYS
from domain.errors import BadInput
from domain.ids import SUPERVISION_KIND_TITLES
from storage import views
from tui import bookingdeeds
from tui.dialogs.asking import amend, ask, choose
from tui.dialogs.choose import Choice
from tui.dialogs.form import CHOICE, DAY, NOTE, Field

if TYPE_CHECKING:
    from storage.supervising import AgreementMark, BoardRow
    from tui.deeds import Deed
    from tui.screens.base import Page

_ONE_TO_ONE = ("line", "reflective", "on_site", "off_site", "group")
_LISTS = ("covers", "agenda")
STANDING_AGENDA = (
    "Wellbeing", "Actions from last time", "Workload and caseload", "Cases", "Reflection on one case",
    "Learning and registration", "Leave and time off in lieu", "Health and safety", "Next date",
)  # fmt: skip


async def new_agreement(page: Page, rows: Sequence[BoardRow], row: BoardRow | None) -> Deed | None:
    """Ask what a supervisor and a supervisee agree."""
    packs = await page.office.desk.read(lambda conn: views.Packs(conn).all("standard"))
    people = people_of(page, rows)
    fields = [
        Field("worker", "Supervisee", CHOICE, row.worker if row else "", people, required=True),
        Field("supervisor", "Supervisor", CHOICE, row.supervisor if row else "", people, required=True),
        Field("starts", "From", DAY, "today", required=True),
        *_terms(packs, {"standard": "monthly", "kind": "line", "agenda": STANDING_AGENDA, "start": "10:00"}),
    ]
    return await ask(
        page, "New supervision agreement", fields, lambda unit, values: bookingdeeds.make(unit, taken(values))
    )


async def work_on(page: Page, rows: Sequence[BoardRow], row: BoardRow) -> Deed | None:
    """Ask what is to be done with a supervisee's agreement, and do it."""
    if not row.agreements:
        return await new_agreement(page, rows, row)
    choices = [
        Choice(str(one.id), SUPERVISION_KIND_TITLES[one.kind], f"{one.supervisor}, {one.title}")  # type: ignore[index]
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
    if what == "sign":
        return await page.office.desk.run(lambda unit: bookingdeeds.sign(unit, mark.id))
    if what == "revise":
        return await _revise(page, mark)
    if what == "hand_over":
        return await _hand_over(page, rows, row, mark)
    return await new_agreement(page, rows, row) if what else None


async def _revise(page: Page, mark: AgreementMark) -> Deed | None:
    found = await page.office.desk.run(lambda unit: unit.get("agreement", mark.id))
    standards = await page.office.desk.read(lambda conn: views.Packs(conn).all("standard"))
    now = {name: getattr(found, name) for name in type(found).model_fields}
    fields = [
        *_terms(standards, now),
        Field("review_on", "Looked at again", DAY, _iso(found.review_on), ahead=True),
        Field("ends", "Last day", DAY, _iso(found.ends), hint="left open while it stands", ahead=True),
    ]
    return await amend(
        page,
        f"Agreement of {found.worker} with {found.supervisor}",
        fields,
        ("agreement", mark.id),
        lambda unit, changes, seen: bookingdeeds.revise(unit, mark.id, changes, seen),
        taken=_known,
    )


async def _hand_over(page: Page, rows: Sequence[BoardRow], row: BoardRow, mark: AgreementMark) -> Deed | None:
    fields = [
        Field("supervisor", "New supervisor", CHOICE, "", people_of(page, rows, but=row.worker), required=True),
        Field("on", "From", DAY, "", required=True, ahead=True),
    ]
    return await ask(
        page,
        f"Another supervisor: {row.worker}",
        fields,
        lambda unit, v: bookingdeeds.change_supervisor(unit, mark.id, v["supervisor"], v["on"]),
        about="The agreement until now ends the day before; what is booked goes over to the new supervisor.",
    )


def people_of(page: Page, rows: Sequence[BoardRow], *, but: str = "") -> list[Choice]:
    """Return the workers to choose from."""
    return [Choice(row.worker, page.look.worker(row.name), row.worker) for row in rows if row.worker != but]


def _terms(standards: dict[str, dict[str, Any]], now: dict[str, Any]) -> list[Field]:
    local = {True: "local", False: ""}
    often = [
        Choice(name, str(item["title"]), local[item.get("basis") == "local"])
        for name, item in standards.items()
        if item.get("active", True)
    ]
    kinds = [Choice(kind.value, words) for kind, words in SUPERVISION_KIND_TITLES.items() if kind in _ONE_TO_ONE]
    days = [Choice(str(n), name) for n, name in enumerate(DAYS[:5])]
    weekday = now.get("weekday")
    return [
        Field("kind", "What for", CHOICE, str(now.get("kind") or "line"), kinds, required=True),
        Field("standard", "How often", CHOICE, str(now.get("standard") or ""), often, required=True),
        Field("minutes", "Minutes", value=str(now.get("minutes") or ""), hint="left out: as the standard says"),
        Field("weekday", "Weekday", CHOICE, "" if weekday is None else str(weekday), days),
        Field("start", "Time", value=str(now.get("start") or "10:00")),
        Field("place", "Place", value=str(now.get("place") or "")),
        Field("covers", "Covers", NOTE, "\n".join(now.get("covers") or ()), hint="of split supervision; one a line"),
        Field("agenda", "Standing agenda", NOTE, "\n".join(now.get("agenda") or ()), hint="one a line"),
        Field("confidentiality", "Confidentiality", NOTE, str(now.get("confidentiality") or "")),
        Field("disagreement", "If we disagree", NOTE, str(now.get("disagreement") or "")),
    ]


def taken(values: dict[str, Any]) -> dict[str, Any]:
    """Return a form's values as the record keeps them; what was left empty is left out."""
    return {name: value for name, value in _known(values).items() if value not in (None, "", ())}


def _known(values: dict[str, Any]) -> dict[str, Any]:
    found = dict(values)
    for name in _LISTS:
        lines = str(found.get(name) or "").splitlines()
        found[name] = tuple(line.strip() for line in lines if line.strip())
    for name, words in (("minutes", "Minutes"), ("weekday", "Weekday")):
        found[name] = _number(name, words, found.get(name))
    for name in ("review_on", "ends"):
        if isinstance(found.get(name), str):
            from datetime import date

            found[name] = date.fromisoformat(found[name]) if found[name] else None
    return found


def _number(name: str, words: str, value: Any) -> int | None:
    text = str(value if value is not None else "").strip()
    if text and not text.isdecimal():
        raise BadInput(f"{words}: a whole number is needed.", field=name)
    return int(text) if text else None


def _iso(day: Any) -> str:
    return day.isoformat() if day is not None else ""
