"""A session's records in words and colours: the record as it will be filed, how it stands, what to look at again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

from domain.core.dates import show_day
from domain.core.text import plural
from domain.supervision.prompts import Nudge
from domain.supervision.written_record import CASE, Filed, Section
from storage.supervision.record_delays import Clock
from storage.supervision.session.records import Records
from tui.core.look import Look, state
from tui.core.text import LONGEST_SHOWN, show

MOST_NUDGES = 3


def entry(filed: Filed) -> str:
    """What a record is called in the list."""
    return f"Case {filed.about}" if filed.kind == CASE else f"Personal {filed.about}"


def filed_words(filed: Filed) -> Content:
    """A record, word for word as it is filed; a text beyond what a screen can show says how much more there is."""
    facts = (_said(name, show(value)) for name, value in filed.facts)
    parts = [show(filed.title, "bold"), Content("\n").join(facts)]
    for section in filed.sections:
        parts += [show(section.heading, "bold $accent"), *_section(section)]
    return Content("\n\n").join(parts)


def _section(section: Section) -> Iterator[Content]:
    for label, text in section.passages:
        said = _long(text)
        yield Content.assemble(show(label, "bold"), "\n", said) if label else said
    if section.table is not None:
        for number, row in enumerate(section.table.rows, 1):
            cells = (_said(name, _long(cell)) for name, cell in zip(section.table.headings, row, strict=True) if cell)
            yield Content.assemble(f"{number}. ", Content("\n   ").join(cells))


def _said(name: str, value: Content) -> Content:
    return Content.assemble(show(f"{name}:", "$muted"), " ", value)


def _long(text: str) -> Content:
    if len(text) <= LONGEST_SHOWN:
        return show(text)
    more = plural(len(text) - LONGEST_SHOWN, "more character")
    return Content.assemble(show(text), "\n", show(f"… and {more}, all of them in the document", "$muted"))


def standing(found: Records, both: Sequence[Clock], look: Look) -> Content:
    """Who agreed when, both clocks, and what is in no record."""
    lines = [_agreed(found, look), Content("   ").join([_clock(clock, look) for clock in both])]
    limits = "; ".join(limit.words for clock in both for limit in clock.limits if limit.active)
    if back := kept_back(found):
        lines.append(show(back, "$muted"))
    if limits:
        lines.append(show(f"Times of the packs: {limits}", "$muted"))
    if found.unplaced:
        things = plural(found.unplaced, "thing")
        lines.append(show(f"● {things} about no case can be told to be no supervisee's: in no record", _late(look)))
    return Content("\n").join(lines)


def _late(look: Look) -> str:
    return look.colour("late")


def _agreed(found: Records, look: Look) -> Content:
    card = found.material.card
    if card.held_on is None:
        return show("◐ not recorded as held: a draft", look.colour("due"))
    signed = found.material.signatures
    mark = state("held" if all(signed.values()) else "due").glyph
    said = [
        f"{found.material.people[staff].name} {'✓ ' + show_day(day, look.today) if day else 'not yet'}"
        for staff, day in signed.items()
    ]
    return Content.assemble(f"{mark} Agreed: ", show("   ".join(said)))


def _clock(clock: Clock, look: Look) -> Content:
    return show(clock.words, _late(look) if clock.late else "")


def nudged(found: Sequence[Nudge]) -> Content:
    """What is worth a second look, the first few."""
    said = [f"{one.about}: {one.words}" for one in found[:MOST_NUDGES]]
    if len(found) > MOST_NUDGES:
        said.append(f"and {len(found) - MOST_NUDGES} more, on the last page of the session")
    return show("Worth a second look  " + "; ".join(said), "$due") if said else Content("")


def kept_back(found: Records) -> str:
    """Which personal records are not in the list, and why; empty when all are."""
    if not found.withheld:
        return ""
    whose = ", ".join(one.worker for one in found.withheld)
    records = "records are" if len(found.withheld) > 1 else "record is"
    return f"Kept back: the personal {records} not shown ({whose}): {found.withheld[0].why}"
