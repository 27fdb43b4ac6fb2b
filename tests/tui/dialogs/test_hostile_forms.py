"""Hostile text into every field that takes words, of every kind of record: refused in words, or kept and shown clean.

Forms are made from the records' own declarations, so walking these walks the fields of every screen.
"""

from __future__ import annotations

import csv
import itertools
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input, Static, TextArea

from domain.core.errors import BadInput
from domain.core.field_facts import FieldFacts, Shape
from storage.opening import kinds
from storage.records import acts
from storage.records.by_hand import find
from storage.records.database import Database
from storage.records.kind import Kind
from tests.conftest import TODAY
from tests.storage.calendar import icsreader
from tests.tui.driving import almoner as application
from tests.tui.driving import drive, settled, text, until, until_screen
from tests.tui.home.test_cli_record import EVERYTHING
from tests.tui.home.test_hostile_exports import HOSTILE, RAW, parts, sheet_cells
from tests.tui.shell import Shell
from tui.dialogs.form import Form
from tui.dialogs.record_form import asked, taken

TEXTS = {
    **HOSTILE,
    "huge": "x" * 200_000,
    "high tower": "Z" + "\u0301" * 2_000,
    "families": "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466" * 40,
    "style": "[red]Ann[/red] [@click=app.quit()]Bo[/] [/x]",
    "script": "<script>alert(1)</script>",
    "calendar": "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:y",
    "title": "\x1b]0;owned\x07\x1b[2Jx",
}
WORDS = {Shape.LINE, Shape.TEXT, Shape.LIST}


class Place(NamedTuple):
    """A field that takes words, of a record that is there."""

    kind: Kind[Any, Any]
    key: str | int
    field: str


@pytest.fixture
def full(team: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Database:
    """A database with a record of every kind."""
    assert Shell(capsys, Path(team.path)).record("team", EVERYTHING, tmp_path).code == 0
    return team


def places(database: Database) -> Iterator[Place]:
    for kind in kinds():
        key = database.reader().value(f'SELECT max("{kind.key}") FROM "{kind.table.name}"')
        assert key is not None, kind.name
        yield from (Place(kind, key, name) for name, fact in kind.facts.items() if _takes_words(fact))


def _takes_words(fact: FieldFacts) -> bool:
    example = fact.example[0] if isinstance(fact.example, list | tuple) and fact.example else ""
    return fact.shape in WORDS and isinstance(example, str)


def test_whatever_is_typed_is_refused_by_name_or_kept_clean(full: Database) -> None:
    kept = refused = 0
    for number, place in enumerate(places(full)):
        for name in [*TEXTS][number % 3 :: 3]:
            words = TEXTS[name]
            with full.unit("A. Hughes", TODAY) as unit:
                try:
                    given = taken(place.kind.fields, {place.field: words.strip()})
                    found = acts.amend(unit, place.kind.record, place.key, given, dry_run=True).record
                except BadInput as why:
                    refused += 1
                    said = str(why)
                    too_long = len(said) > 1_000
                else:
                    kept += 1
                    said = json.dumps(place.kind.dump(found), ensure_ascii=False, default=str)
                    too_long = False
            assert said.strip(), (place.kind.name, place.field, name)
            assert not RAW.search(said), (place.kind.name, place.field, name)
            assert not too_long, (place.kind.name, place.field, name)
    assert kept > refused / 4, "a walk that is refused everywhere shows nothing"


@pytest.mark.slow
def test_every_form_takes_hostile_text_or_says_where_it_cannot(
    full: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    texts = itertools.cycle(TEXTS.values())
    kept: list[str] = []

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        for (kind, key), walked in itertools.groupby(list(places(full)), lambda place: (place.kind, place.key)):
            words = {place.field: next(texts) for place in walked}
            if await _filled(pilot, kind, key, words):
                kept.append(kind.name)

    drive(application(full, tmp_path), steps)
    assert len(kept) > 15
    _leaves_clean(Shell(capsys, Path(full.path)), tmp_path / "out")


async def _filled(pilot: Pilot[Any], kind: Kind[Any, Any], key: str | int, words: dict[str, str]) -> bool:
    """Fill in a record's form, and save; what is refused is put back, field by field. Says whether it was kept."""
    desk = pilot.app.office.desk  # type: ignore[attr-defined]
    was = await desk.run(lambda unit: kind.dump(find(unit, kind, key)))

    async def save(values: dict[str, Any]) -> None:
        given = taken(kind.fields, values)
        await desk.run(lambda unit: acts.amend(unit, kind.record, key, given))

    fields = asked(kind.fields, *words, given=was)
    form = Form("Change it", fields, save)
    await pilot.app.push_screen(form)
    await until_screen(pilot, "Form")
    for name, text_ in words.items():
        form.query_one(f"#field-{name}").focus()
        _put(form, name, "")
        pilot.app._driver.send_message(Paste(text_))  # type: ignore[union-attr]
        await settled(pilot)
        _seen(pilot, (kind.name, name))
    for _ in words:
        form.action_save()
        await settled(pilot)
        _seen(pilot, (kind.name,))
        if pilot.app.screen is not form:
            return True
        refused = next((f for f in fields if form.query_one(f"#said-{f.id}").has_class("-fault")), None)
        if refused is None:
            assert str(form.query_one("#fault", Static).render()), kind.name
            break
        assert str(form.query_one(f"#said-{refused.id}", Static).render()), (kind.name, refused.id)
        _put(form, refused.id, str(refused.value))
    form.dismiss(None)
    await settled(pilot)
    return False


def _put(form: Form, name: str, value: str) -> None:
    field = form.query_one(f"#field-{name}")
    if isinstance(field, TextArea):
        field.text = value
    else:
        assert isinstance(field, Input), name
        field.value = value


def _seen(pilot: Pilot[Any], about: tuple[str, ...]) -> None:
    shown = text(pilot)
    assert "fault in Almoner" not in shown, about
    assert not RAW.search(shown.replace("\n", "")), about


def _leaves_clean(almoner: Shell, folder: Path) -> None:
    """Check every list and file of what was kept."""
    folder.mkdir()
    csv.field_size_limit(2 * len(TEXTS["huge"]))  # of what reads the lists here
    for kind in kinds():
        sheet_cells(almoner("list", kind.name, "--csv").out.encode())
        assert not RAW.search(json.dumps(almoner("list", kind.name, "--json").json, ensure_ascii=False)), kind.name
        tomllib.loads(almoner("list", kind.name, "--toml").out)
    for team in almoner("list", "team", "--json").json:
        almoner("calendar", "export", "--team", team["name"], "--output", str(folder))
    for words in (("programme", "document", "register", "1"), ("supervision", "export", "1")):
        almoner(*words, "--output", str(folder))
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert {".ics", ".docx"} <= {file.suffix for file in files}
    for file in files:
        if file.suffix == ".docx":
            parts(file.read_bytes())
        elif file.suffix == ".ics":
            assert not RAW.search(file.read_bytes().decode())
            icsreader.read(file.read_bytes())
        else:
            sheet_cells(file.read_bytes())
