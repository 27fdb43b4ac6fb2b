"""A reference, staff id or team's name that was mistyped is corrected, and everything that refers to it follows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel

from domain.core.errors import BadInput
from storage.calendar.said_entries import writing
from storage.demo.make import make
from storage.opening import kinds, lists, open_database
from storage.people.acting import acting
from storage.records import acts, change_log
from storage.records.database import Database
from storage.records.listing import records
from storage.records.undo import CannotUndo, redo, undo
from storage.safety.unlogged_changes import changed_records
from storage.tables.columns import WITHIN, WRITTEN, Facts, Words
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.units import every, find, get, keep

NORTH = "North: looked after and permanence"
KEYS = {"case": "cases.reference", "worker": "worker.staff_id", "team": "team.name"}

# What is no foreign key and stays as it was: words of people, names of what packs hold. Whatever column is added is
# named here, or follows (`storage/tables/columns.py`).
WORDS = frozenset(
    {
        "agenda_item.what", "agreement.agenda", "agreement.covers", "calendar_choice.kinds", "calendar_choice.leads",
        "calendar_settings.kinds", "calendar_settings.leads", "case_points.scheme", "cases.factors",
        "cases.must_have", "cases.pathways", "cases.prefers", "allocation.overruled", "discussion.answers",
        "draft.answers", "event.details", "evidence.domains", "import_run.summary", "learning_need.domains",
        "pack_item.data", "placement_day.part", "programme.settings", "scheme_kept.data", "team_period.without",
        "weighting.answers",
        "worker.areas", "worker.specialisms", "worker_event.details", "worker_period.without",
    }
)  # fmt: skip


def rename(database: Database, kind: str, old: str, new: str, actor: str = "A. Hughes") -> Any:
    of = kinds().named(kind)
    with database.unit(actor, TODAY) as unit:
        return acts.amend(unit, of.record, old, {of.key: new}).record


def back(database: Database, actor: str = "A. Hughes") -> str:
    with database.unit(actor, TODAY) as unit:
        return undo(unit)


def refused(database: Database, kind: str, old: str, new: str) -> BadInput:
    with pytest.raises(BadInput) as why:
        rename(database, kind, old, new)
    return why.value


def sound(database: Database) -> None:
    """What doctor asks of the records, the log and what is derived."""
    conn = database.reader()
    assert list(changed_records(conn, database.kinds)) == []
    assert change_log.verify(conn) is None
    assert database.differences() == []


def rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Everything there is but the log and the stamps."""
    left = ("change", "change_set", "meta", "import_run")
    stamps = ("version", "changed_by", "changed_at")
    found = {}
    for table in SQLModel.metadata.sorted_tables:
        if table.name not in left:
            all_of_it = database.reader().rows(f'SELECT * FROM "{table.name}"')
            plain = [{name: value for name, value in row.items() if name not in stamps} for row in all_of_it]
            found[table.name] = sorted(plain, key=repr)
    return found


def mentions(database: Database, key: str, kind: str) -> set[str]:
    """The columns in which a key still stands, alone or within JSON, or as a recipient or a part of a session."""
    said = {key, f"team:{key}"} if kind == "team" else {key, f"case:{key}"}
    found = set()
    for table, kept in rows(database).items():
        for row in kept:
            for name, value in row.items():
                if isinstance(value, str) and _names(value, key, said, kind):
                    found.add(f"{table}.{name}")
    return found


def _names(value: str, key: str, said: set[str], kind: str) -> bool:
    if value in said or (kind == "worker" and value.endswith(f":{key}")):
        return True
    return value.startswith(("[", "{")) and key in _within(json.loads(value))


def _within(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _within(one)
    elif isinstance(value, str):
        yield value


# every table is gone through ------------------------------------------------------------------------------------------


def test_a_foreign_key_follows_whatever_table_it_stands_in() -> None:
    keys = [key for table in SQLModel.metadata.sorted_tables for key in table.foreign_keys]
    natural = [key for key in keys if key.target_fullname in KEYS.values()]
    assert len(natural) > 40
    assert [str(key.parent) for key in natural if key.onupdate != "CASCADE"] == []


def test_every_column_that_could_hold_a_key_follows_or_is_words_that_stay() -> None:
    forgotten = []
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            could = isinstance(column.type, Facts | Words) or column.name in (
                "recipient", "subject", "part", "case", "worker", "team", "staff_id", "reference", "owner",
                "supervisor", "line_manager", "educator", "on_site",
            )  # fmt: skip
            follows = column.foreign_keys or WRITTEN in column.info or WITHIN in column.info
            own = f"{table.name}.{column.name}" in KEYS.values()
            if could and not follows and not own and str(column) not in WORDS:
                forgotten.append(str(column))
    assert forgotten == []


@pytest.fixture(scope="module")
def _demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "almoner.db"
    make(path, "team", 1, CLOCK)
    return path


@pytest.fixture
def demo(_demo: Path, tmp_path: Path) -> Iterator[Database]:
    import shutil

    with open_database(shutil.copy(_demo, tmp_path / "almoner.db"), CLOCK) as database:
        _fill_the_rest(database)
        yield database


def _fill_the_rest(database: Database) -> None:
    """What the demonstration has none of: calendars sent, feeds, drafts, a plan."""
    at = "2026-11-20T09:00:00Z"
    with writing(database) as conn:
        for who in ("W104", f"team:{NORTH}"):
            row = {"recipient": who, "at": at, "way": "file", "digest": "x", "events": 1}
            conn.put("calendar_export", ("recipient", "way"), row)
            entry = {"recipient": who, "key": "k", "digest": "x", "sequence": 3, "created_at": at, "changed_at": at}
            conn.put("calendar_entry", ("recipient", "key"), {**entry, "shown": ""})
            token = {"hash": f"h{len(who)}", "recipient": who, "issued_at": at, "issued_by": ""}
            conn.put("feed_token", ("hash",), token)
        session = conn.value("SELECT min(id) FROM session")
        case = conn.value("SELECT min(reference) FROM cases")
        for part in (f"case:{case}", "personal:W104"):
            kept = {"session": session, "part": part, "actor": "A", "answers": "{}", "seen": 0, "saved_at": at}
            conn.put("draft", ("session", "part", "actor"), kept)
    scenario = {"team": NORTH, "leavers": [{"worker": "W104", "on": "2026-12-01"}], "merges": [NORTH]}
    move = {"case": case, "from_": "W104", "to": "W104", "together": [case], "cause": "balance"}
    result = {"moves": [move], "people": [{"worker": "W104", "name": "W104"}], "accepted": [case]}
    keep(database, "plan", name="P", team=NORTH, scenario=scenario, result=result, made_on="2026-11-16")


@pytest.mark.parametrize(
    ("kind", "old", "new", "stays"),
    [
        ("worker", "W104", "W940", {"former_key.former", "plan.result"}),  # the plan keeps what is said as a name
        ("team", NORTH, "Northern", {"former_key.former", "pack_item.data"}),
        ("case", "", "Z-9", {"former_key.former"}),
    ],
)
def test_nothing_anywhere_is_left_with_the_old_key(
    demo: Database, kind: str, old: str, new: str, stays: set[str]
) -> None:
    old = old or demo.reader().value("SELECT min(reference) FROM cases")
    before = rows(demo)
    assert len(mentions(demo, old, kind)) > 5
    rename(demo, kind, old, new)
    assert mentions(demo, old, kind) <= stays
    sound(demo)
    back(demo)
    assert rows(demo) == before
    sound(demo)
    with demo.unit("A. Hughes", TODAY) as unit:
        redo(unit)
    assert mentions(demo, old, kind) <= stays
    sound(demo)


# what it means --------------------------------------------------------------------------------------------------------


def ids(database: Database) -> set[str]:
    return set(database.reader().values("SELECT id FROM obligation"))


def test_due_dates_keep_the_ids_by_which_calendars_know_them(team: Database) -> None:
    before = ids(team)
    assert before
    rename(team, "case", "C-1001", "C-7")
    rename(team, "worker", "W2", "W22")
    rename(team, "worker", "W22", "W222")
    assert ids(team) == before
    assert set(team.reader().values("SELECT subject FROM obligation")) >= {"C-7", "W222"}
    sound(team)


def test_a_new_case_under_the_old_reference_is_another_one(team: Database) -> None:
    before = ids(team)
    rename(team, "case", "C-1001", "C-7")
    given = {"reference": "C-1001", "team": "North", "pathway": "looked_after", "opened": "2026-11-02"}
    with team.unit("A. Hughes", TODAY) as unit:  # as an older program took it
        unit.put("case", [unit.kinds.named("case").read(given).model_dump()])
        unit.finish("Given again")
    keep(team, "event", case="C-1001", kind="became_looked_after", on="2026-11-02")
    assert ids(team) > before
    sound(team)
    rename(team, "case", "C-1001", "C-8")
    sound(team)


def test_the_log_says_the_change_and_keeps_what_was_said_before(team: Database) -> None:
    log = 'SELECT count(*) FROM change WHERE after LIKE \'%"worker":"W2"%\''
    told = team.reader().value(log)
    assert told
    rename(team, "worker", "W2", "W22")
    assert team.reader().value(log) == told
    newest = "SELECT record, before, after FROM change WHERE change_set = (SELECT max(id) FROM change_set) ORDER BY id"
    lines = team.reader().rows(newest)
    assert [line["record"] for line in lines] == ["worker", "allocation", "former-key"]
    first = lines[0]
    assert (json.loads(first["before"])["staff_id"], json.loads(first["after"])["staff_id"]) == ("W2", "W22")


def test_undo_takes_along_what_was_recorded_under_the_new_key_since(team: Database) -> None:
    rename(team, "case", "C-1001", "C-7", actor="N. Begum")
    keep(team, "event", case="C-7", kind="lac_visit", on="2026-11-10")
    back(team, actor="N. Begum")
    with team.unit("A. Hughes", TODAY) as unit:
        assert find(unit, "case", "C-7") is None
        assert [one.on for one in every(unit, "event", case="C-1001") if one.kind == "lac_visit"] == [
            date(2026, 11, 10)
        ]
    sound(team)


def test_undo_says_why_not_where_somebody_changed_the_record_since(team: Database) -> None:
    rename(team, "case", "C-1001", "C-7")
    with team.unit("N. Begum", TODAY) as unit:
        acts.amend(unit, unit.kinds.named("case").record, "C-7", {"area": "Leeds"})
    with pytest.raises(CannotUndo, match=r"changed again since, by N\. Begum"):
        back(team)
    sound(team)


@pytest.mark.parametrize(
    ("kind", "old", "new", "words"),
    [
        ("worker", "W2", "W3", "There is a worker 'W3' already"),
        ("worker", "W2", "w-003", "'w-003' is like 'W3'"),
    ],
)
def test_a_key_that_is_taken_or_like_another_is_refused(
    team: Database, kind: str, old: str, new: str, words: str
) -> None:
    before = rows(team)
    assert words in refused(team, kind, old, new).message
    assert rows(team) == before


def test_a_key_may_become_what_looks_like_itself(team: Database) -> None:
    assert rename(team, "case", "C-1001", "c-01001").reference == "c-01001"
    assert rename(team, "case", "c-01001", "C-1001").reference == "C-1001"
    sound(team)


def test_the_old_key_leads_to_the_new_one(team: Database) -> None:
    rename(team, "worker", "W2", "W22")
    assert acting(team.reader(), "W2") == "W22"
    assert rename(team, "worker", "W2", "W9").staff_id == "W9"
    assert acting(team.reader(), "W22") == "W9"


@pytest.mark.parametrize(
    ("kind", "old", "new", "given"),
    [
        ("case", "C-1001", "C-7", {"team": "North", "pathway": "court", "opened": "2026-11-02"}),
        ("worker", "W2", "W22", {"name": "Osei, Ama", "team": "North", "grade": "children-sw"}),
        ("team", "North", "Northern", {"scheme": "three-factor"}),
    ],
)
def test_a_key_that_leads_to_another_is_not_given_to_a_new_one(
    team: Database, kind: str, old: str, new: str, given: dict[str, str]
) -> None:
    rename(team, kind, old, new)
    with pytest.raises(BadInput, match=f"{old} is now {new}"):
        keep(team, kind, **{kinds().named(kind).key: old}, **given)
    rename(team, kind, new, old)  # which is its own
    sound(team)


def test_a_key_that_is_current_again_is_not_listed_as_leading_to_itself(team: Database) -> None:
    before = ids(team)
    rename(team, "case", "C-1001", "C-7")
    rename(team, "case", "C-7", "C-1001")
    listed = lists()["former-key"]
    shown = [(row["former"], row["case"]) for row in records(team.reader(), "former-key", listed, TODAY)]
    assert shown == [("C-7", "C-1001")]
    assert ids(team) == before
    sound(team)


def test_documents_may_name_what_a_former_key_leads_to(team: Database) -> None:
    rename(team, "case", "C-1001", "C-7")
    rename(team, "worker", "W2", "W22")
    event = {"case": "C-1001", "kind": "lac_visit", "on": "2026-11-10"}
    worker = {"staff_id": "W8", "name": "Osei, Ama", "team": "North", "grade": "children-sw", "supervisor": "W2"}
    with team.unit("A. Hughes", TODAY) as unit:
        assert acts.record_all(unit, [acts.Given("event", event), acts.Given("worker", worker)], 5) == []
    with team.unit("A. Hughes", TODAY) as unit:
        assert get(unit, "worker", "W8").supervisor == "W22"
        assert [one.on for one in every(unit, "event", case="C-7") if one.kind == "lac_visit"] == [date(2026, 11, 10)]
        acts.amend(unit, unit.kinds.named("worker").record, "W3", {"supervisor": "W2"})
    with team.unit("A. Hughes", TODAY) as unit:
        assert get(unit, "worker", "W3").supervisor == "W22"


def test_a_key_and_a_dated_fact_are_changed_in_one(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        acts.amend(unit, unit.kinds.named("worker").record, "W2", {"staff_id": "W22", "fte": 80})
    with team.unit("A. Hughes", TODAY) as unit:
        assert get(unit, "worker", "W22").fte == 80
        assert [one.fte for one in every(unit, "worker-period", worker="W22")] == [100]
    sound(team)


def test_a_form_left_open_meanwhile_keeps_its_changes(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        seen, number = unit.version(unit.kinds.named("worker").record, "W2"), get(unit, "worker", "W2").id
    rename(team, "worker", "W2", "W22", actor="N. Begum")
    with team.unit("A. Hughes", TODAY) as unit:
        done = acts.amend(unit, unit.kinds.named("worker").record, number, {"role": "Senior"}, seen)
    assert (done.record.staff_id, done.record.role) == ("W22", "Senior")
    sound(team)


def test_a_plan_keeps_its_name(team: Database) -> None:
    keep(team, "plan", name="P", team="North", scenario={}, result={}, made_on="2026-11-16")
    assert "keeps its name for good" in refused(team, "plan", "P", "Q").message


def test_an_agreed_record_follows_too_and_back(demo: Database) -> None:
    signed = """SELECT d."case" FROM discussion d JOIN session s ON s.id = d.session
        WHERE s.agreed_worker IS NOT NULL AND d."case" IS NOT NULL LIMIT 1"""
    case = demo.reader().value(signed)
    rename(demo, "case", case, "Z-9")
    assert demo.reader().value("SELECT count(*) FROM discussion WHERE \"case\" = 'Z-9'")
    back(demo)
    sound(demo)
