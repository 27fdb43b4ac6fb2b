"""Asking what a plan is for: which situation, and how far it may go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.core.errors import BadInput
from domain.core.hundredths import parse_hundredths
from storage.files.paths import contents, typed
from storage.people import teams
from storage.people.staff import Colleague, staff
from storage.rules.kept_packs import Packs
from tui.core.choice import Choice
from tui.dialogs.ask import answer
from tui.dialogs.form import CHOICE, DAY, Field, Form

if TYPE_CHECKING:
    from datetime import date

    from storage.database.connection import Connection
    from tui.core.look import Look
    from tui.core.page import Page

EVEN, LEAVER, ABSENT, STARTER, ARRIVE, MERGE, TAKE, GIVE = (
    "even", "leaver", "absent", "starter", "arrive", "merge", "take", "give",
)  # fmt: skip
SITUATIONS = [
    Choice(EVEN, "Share the cases out more evenly"),
    Choice(LEAVER, "Somebody leaves"),
    Choice(ABSENT, "Somebody is away: long-term sick, leave"),
    Choice(STARTER, "Somebody starts"),
    Choice(ARRIVE, "New cases come, listed in a file"),
    Choice(TAKE, "Another team hands a case over"),
    Choice(GIVE, "Another team takes a case"),
    Choice(MERGE, "A team merges into this one"),
]
Added = Callable[[Mapping[str, Any], Mapping[str, Any]], tuple[str, list[Any]]]
WAYS = [Choice("cover", "Cover: the cases return"), Choice("transfer", "Transfer: for good")]


class Offered(NamedTuple):
    """What can be chosen: the team's workers, other teams, grades and ramps."""

    workers: Sequence[Colleague]
    teams: Sequence[str]
    grades: Sequence[tuple[str, str]]
    ramps: Sequence[tuple[str, str]]


def offered(conn: Connection, team: str, today: date) -> Offered:
    """Read what can be chosen; who has left is not there."""
    packs = Packs(conn)
    others = [one for one in teams.team_names(conn) if one != team]
    titles = [[(key, packs.title(kind, key)) for key in packs.all(kind)] for kind in ("grade", "ramp")]
    return Offered(staff(conn, today, team), others, *titles)


async def ask_plan(
    page: Page, team: str, begin: Callable[[dict[str, Any]], Awaitable[None]], before: Mapping[str, Any] | None = None
) -> bool:
    """Ask what to plan for, added to the parts ``before``, and ``begin`` with them; False when given up.

    ``begin`` may raise BadInput about a part of the scenario: the form stays, with the fault beside its field.
    """
    today = page.office.today
    found = await page.office.desk.read(lambda conn: offered(conn, team, today))

    async def take(values: dict[str, Any]) -> None:
        try:
            await begin(parts_of(values, team, before or {}))
        except BadInput as error:
            field = _FIELDS.get(error.field, error.field)
            raise type(error)(error.message, field=field, hint=error.hint) from None

    title = f"Plan for {team}" if before is None else "Add to this plan"
    return await answer(page, Form(title, fields(found, before or {}, page.look), take, about=ABOUT)) is not None


_FIELDS = {
    "leavers": "on", "absences": "on", "starters": "grade", "arrivals": "file", "incoming": "case", "outgoing": "case",
    "merges": "team",
}  # fmt: skip
ABOUT = "Nothing changes until you apply the plan."


def fields(found: Offered, before: Mapping[str, Any], look: Look) -> list[Field]:
    """Return the fields; those of a situation show once it is chosen."""
    people = [Choice(one.staff_id, look.worker(one.name), one.staff_id) for one in found.workers]
    ramps = [Choice("", "none"), *(Choice(key, title) for key, title in found.ramps)]
    target, moves = before.get("target"), before.get("most_moves")
    grades, others = [Choice(k, t) for k, t in found.grades], [Choice(t, t) for t in found.teams]
    starts, hint = ("what", (STARTER,)), "at most; those that must be made do not count"
    return [
        Field("what", "Situation", CHOICE, EVEN, SITUATIONS, required=True),
        Field("worker", "Who", CHOICE, "", people, required=True, when=("what", (LEAVER, ABSENT))),
        Field("on", "From", DAY, "", required=True, ahead=True, when=("what", (LEAVER, ABSENT, STARTER))),
        Field("ends", "Last day away", DAY, "", ahead=True, hint="empty: nobody knows yet", when=("what", (ABSENT,))),
        Field("way", "The cases", CHOICE, "cover", WAYS, required=True, when=("what", (ABSENT,))),
        Field("grade", "Grade", CHOICE, "", grades, required=True, when=starts),
        Field("fte", "Full time", value="1.0", hint="0.6 is three days a week", required=True, when=starts),
        Field("ramp", "Rising load", CHOICE, "", ramps, when=starts),
        Field("file", "File", required=True, hint="CSV or TOML: id, pathway, points", when=("what", (ARRIVE,))),
        Field("case", "Case", required=True, hint="its reference", when=("what", (TAKE, GIVE))),
        Field("team", "Team", CHOICE, "", others, required=True, when=("what", (MERGE,))),
        Field("target", "Within %", value=_said(target), hint="the highest load wanted; empty: as even as it goes"),
        Field("most_moves", "Further moves", value=_said(moves), hint=hint),
    ]


def _said(number: int | None) -> str:
    return "" if number is None else str(number)


def parts_of(values: Mapping[str, Any], team: str, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a scenario that a form describes, added to those before; raises BadInput naming a field."""
    parts: dict[str, Any] = {"team": team, **before}
    for name in ("target", "most_moves"):
        parts[name] = _number(name, values[name])
    add = _ADDED.get(values["what"])
    if add is not None:
        name, one = add(values, parts)
        parts[name] = [*parts.get(name, ()), *one]
    return parts


def _number(field: str, text: str | None) -> int | None:
    plain = (text or "").removesuffix("%").strip()
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit()) or len(plain) > 4:
        raise BadInput("Write a whole number.", field=field)
    return int(plain)


def _leaver(values: Mapping[str, Any], _parts: Mapping[str, Any]) -> tuple[str, list[Any]]:
    return "leavers", [{"worker": values["worker"], "on": values["on"]}]


def _absent(values: Mapping[str, Any], _parts: Mapping[str, Any]) -> tuple[str, list[Any]]:
    found = {"worker": values["worker"], "starts": values["on"], "ends": values["ends"], "way": values["way"]}
    return "absences", [found]


def _starter(values: Mapping[str, Any], parts: Mapping[str, Any]) -> tuple[str, list[Any]]:
    try:
        fte = parse_hundredths(values["fte"])
    except ValueError as fault:
        raise BadInput(f"Full time: {fault}.", field="fte") from None
    number = len(parts.get("starters", ())) + 1
    found = {"id": f"new-{number}", "grade": values["grade"], "fte": fte, "on": values["on"]}
    return "starters", [{**found, "ramp": values["ramp"] or None}]


def _arriving(values: Mapping[str, Any], _parts: Mapping[str, Any]) -> tuple[str, list[Any]]:
    from domain.planning.arrivals import MOST_BYTES, read_arrivals

    file = typed(values["file"], "file")
    raw = contents(file, "file", MOST_BYTES)
    cases, problems = read_arrivals(raw, file.name)
    if problems:
        raise BadInput(f"{problems[0]}.", field="file")
    return "arrivals", list(cases)


def _named(part: str, field: str) -> Added:
    """Return what adds the one thing a field names to a part of the scenario."""
    return lambda values, _parts: (part, [values[field]])


_ADDED: Mapping[str, Added] = {
    LEAVER: _leaver,
    ABSENT: _absent,
    STARTER: _starter,
    ARRIVE: _arriving,
    TAKE: _named("incoming", "case"),
    GIVE: _named("outgoing", "case"),
    MERGE: _named("merges", "team"),
}
