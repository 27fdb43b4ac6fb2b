"""Forms of records: fields made from a record's own declaration, recording, and settling what others changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from domain.core.errors import BadInput, StaleRecord
from domain.core.field_facts import FieldFacts, Shape, facts_of
from domain.core.hundredths import parse_hundredths
from domain.core.records import Fields
from storage.records import acts
from tui.core.choice import Choice
from tui.core.look import hundredths, in_words
from tui.dialogs.ask import Values, answer, ask
from tui.dialogs.clash import ClashDialog
from tui.dialogs.form import CHOICE, DAY, LINE, MANY, NOTE, YES, Field, Form, changed

if TYPE_CHECKING:
    from storage.records.unit import Unit
    from tui.core.page import Page

R = TypeVar("R", bound=BaseModel)

WITH_COMMAS = "with commas between"
SINCE, BY_DAY = "since", "hours, grade, team and the like keep what they were until then"
_WIDGETS = {Shape.TEXT: NOTE, Shape.DAY: DAY, Shape.YES: YES, Shape.CHOICE: CHOICE}


def asked(
    record: type[BaseModel],
    *names: str,
    given: Mapping[str, Any] | None = None,
    options: Mapping[str, Sequence[Choice]] | None = None,
    hints: Mapping[str, str] | None = None,
    titles: Mapping[str, str] | None = None,
    needed: Collection[str] = (),
    ahead: Collection[str] = (),
    when: Mapping[str, tuple[str, Collection[str]]] | None = None,
) -> list[Field]:
    """Return the form fields of a record that are called ``names``, in that order.

    ``given`` is what they hold at first, ``options`` what may be chosen for fields that are not free, ``needed`` the
    names of those that the record itself could do without, ``ahead`` of days to come, ``when`` as a Field has it.
    """
    facts = facts_of(record)
    return [
        _field(
            facts[name],
            (given or {}).get(name, None),
            (options or {}).get(name),
            hint=(hints or {}).get(name, ""),
            title=(titles or {}).get(name, facts[name].title),
            required=facts[name].needed or name in needed,
            ahead=name in ahead,
            when=(when or {}).get(name),
        )
        for name in names
    ]


def _field(
    fact: FieldFacts, given: Any, options: Sequence[Choice] | None, *, hint: str, title: str, **rest: Any
) -> Field:
    kind = _WIDGETS.get(fact.shape, LINE)
    if options is not None:
        kind = MANY if fact.shape is Shape.LIST else CHOICE
    elif fact.shape is Shape.CHOICE:
        options = [Choice(word, in_words(word)) for word in fact.choices]
    if fact.shape is Shape.LIST and options is None:
        hint = hint or WITH_COMMAS
    value = given if kind == MANY else _written(fact, given)
    return Field(fact.name, title, kind, value, options or (), hint=hint, **rest)


def _written(fact: FieldFacts, value: Any) -> Any:
    """Return what a record holds as a form writes it."""
    if value is None:
        return False if fact.shape is Shape.YES else ""
    if fact.shape is Shape.HUNDREDTHS and isinstance(value, int):
        return hundredths(value)
    if fact.shape is Shape.LIST:
        return ", ".join(value)
    return str(value) if fact.shape in (Shape.NUMBER, Shape.CHOICE) else value


def taken(record: type[BaseModel], values: Mapping[str, Any]) -> Values:
    """Return what was filled in as the record has it; raises BadInput naming the field."""
    facts = facts_of(record)
    return {name: _read(facts[name], value) for name, value in values.items()}


def in_hours(record: type[BaseModel], proposed: Mapping[str, Any]) -> Callable[[Values], Values]:
    """Return what shapes values of which ``hours`` may stand in place of the one that the form proposed."""

    def shaped(values: Values) -> Values:
        found = taken(record, values)
        left = [name for name, value in proposed.items() if found["hours"] is not None and found[name] == value]
        return {**found, **dict.fromkeys(left)}

    return shaped


def _read(fact: FieldFacts, value: Any) -> Any:
    if fact.shape is Shape.LIST and isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if value in ("", None):
        return fact.default
    if fact.shape is Shape.HUNDREDTHS and isinstance(value, str):
        return _number(fact, value)
    if fact.shape is Shape.NUMBER and isinstance(value, str):
        return _whole(fact, value)
    return value


def _number(fact: FieldFacts, text: str) -> int:
    try:
        return parse_hundredths(text)
    except ValueError:
        example = "3 or 3.5" if fact.example is None else f"{fact.example:g}"
        raise BadInput(f"Write a number, as in {example}.", field=fact.name) from None


def _whole(fact: FieldFacts, text: str) -> int:
    number = text.strip().removesuffix("%").strip()
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise BadInput("Write a whole number.", field=fact.name)
    return int(number)


# recording and changing ----------------------------------------------------------------------------------------------


async def record(
    page: Page,
    title: str,
    kind: type[Fields[R]],
    fields: Sequence[Field],
    told: Callable[[R, Unit], str],
    *,
    about: str = "",
    also: Mapping[str, Any] | None = None,
    shaped: Callable[[Values], Values] | None = None,
) -> str | None:
    """Ask for the fields of a record, record it, and return what ``told`` says was done.

    ``also`` are fields that are known without asking; ``shaped`` as in ``amend``.
    """
    shape = shaped or (lambda values: taken(kind, values))

    def doing(unit: Unit, values: Values) -> str:
        given = kind.model_validate({**(also or {}), **shape(values)})
        return _with_remarks(told(acts.record(unit, given).record, unit), unit)

    return await ask(page, title, fields, doing, about=about)


async def amend(
    page: Page,
    title: str,
    kept: R,
    fields: Sequence[Field],
    told: Callable[[R, Unit], str],
    *,
    about: str = "",
    also: Mapping[str, Any] | None = None,
    shaped: Callable[[Values], Values] | None = None,
    before: Mapping[str, Any] | None = None,
    by_day: bool = False,
) -> str | None:
    """Ask for changes to a record, keep those that were made, and return what ``told`` says was done.

    Where somebody else changed the same field meanwhile, the person sees both and chooses. ``also`` is changed along
    with whatever they change; ``shaped`` turns what the form holds into the record's own values where its fields are
    not the record's; ``before`` is what the record holds where the form proposes something else. With ``by_day`` the
    form asks also from which day what is dated of the record is otherwise.
    """
    if by_day:
        fields = [Field(SINCE, "Changes hold from", DAY, page.office.today, hint=BY_DAY, required=True), *fields]
    record, key = type(kept), int(kept.id)  # type: ignore[attr-defined]
    shape = shaped or (lambda values: taken(record, values))
    seen = await page.office.desk.run(lambda unit: unit.version(record, key))
    labels = {field.id: field.label for field in fields}
    was = before if before is not None else shape({field.id: field.value for field in fields if field.id != SINCE})
    done: list[str] = []

    async def keep(changes: Values, version: int, since: date | None) -> None:
        def doing(unit: Unit) -> str:
            return _with_remarks(told(acts.amend(unit, record, key, changes, version, since=since).record, unit), unit)

        done.append(await page.office.desk.run(doing))

    async def save(values: Values) -> None:
        day = values.pop(SINCE, None)
        since = day if day != page.office.today else None
        changes = changed(was, shape(values))
        if not changes:
            return
        changes = {**(also or {}), **changes}
        try:
            await keep(changes, seen, since)
        except StaleRecord as stale:
            if left := await _settle(page, stale, changes, labels):
                await keep(left, await page.office.desk.run(lambda unit: unit.version(record, key)), since)

    await answer(page, Form(title, fields, save, about=about))
    return done[-1] if done else None


def _with_remarks(words: str, unit: Unit) -> str:
    """Return what was done with what had better be looked at again."""
    return "\n".join([words, *unit.remarks])


async def _settle(page: Page, stale: StaleRecord, changes: Values, labels: Mapping[str, str]) -> Values:
    """Let the person choose between their own values and those of somebody else; return what is left to keep."""
    mine = await answer(page, ClashDialog(stale, labels))
    if mine is None:
        raise BadInput("Nothing was saved yet: your own words still stand here.")
    clashing = {name for name, *_ in stale.clashes}
    return {name: value for name, value in changes.items() if name not in clashing or name in mine}
