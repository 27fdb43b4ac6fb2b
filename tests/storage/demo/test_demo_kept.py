"""A demonstration is made where nothing is, or in the place of one as it was made: no work, backup or link is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from domain.core.errors import AlmonerError, StorageProblem
from domain.people.people import TeamFields
from storage.demo.make import WorkedIn, is_demo, is_worked_in, make
from storage.opening import make_database, open_database
from storage.safety.backup import backup
from storage.supervision.session.drafts import save_draft
from tests.clocks import CLOCK, TODAY

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "demo.db"
    make(path, "team", 1, CLOCK)
    return path


@pytest.fixture
def demo(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path / "demo.db"))


def work_in(path: Path, actor: str = "A. Hughes", team: str = "Own") -> None:
    with open_database(path, CLOCK) as database, database.unit(actor, TODAY) as unit:
        unit.record(TeamFields(name=team))
        unit.finish("Recorded a team")


def remade(path: Path, *, overwrite: bool = False) -> None:
    make(path, "team", 2, CLOCK, overwrite=overwrite)


def test_one_as_it_was_made_is_made_afresh(demo: Path) -> None:
    before = demo.read_bytes()
    assert is_demo(demo)
    assert not is_worked_in(demo)
    remade(demo)
    assert demo.read_bytes() != before


def test_looking_into_one_is_no_work(demo: Path) -> None:
    open_database(demo, CLOCK, actor="A. Hughes").close()
    assert not is_worked_in(demo)


@pytest.mark.parametrize("actor", ["A. Hughes", "Demonstration"])
def test_one_that_somebody_recorded_in_is_replaced_only_where_that_was_said(demo: Path, actor: str) -> None:
    work_in(demo, actor)
    before = demo.read_bytes()
    with pytest.raises(WorkedIn) as refused:
        remade(demo)
    assert "--overwrite" in str(refused.value)
    assert demo.read_bytes() == before
    remade(demo, overwrite=True)
    assert not is_worked_in(demo)


def test_one_of_an_earlier_version_tells_by_who_recorded(demo: Path) -> None:
    with open_database(demo, CLOCK).writing() as conn:
        conn.change("DELETE FROM meta WHERE key = 'demo_sets'")
    assert not is_worked_in(demo)
    work_in(demo)
    assert is_worked_in(demo)


def test_words_typed_into_a_session_and_not_kept_yet_count_as_work(demo: Path) -> None:
    with open_database(demo, CLOCK) as database:
        session = database.reader().value("SELECT max(id) FROM session")
        save_draft(database, session, ":opening", "A. Hughes", {"said": "Half a sentence"})
    with pytest.raises(WorkedIn):
        remade(demo)


def test_what_is_recorded_while_another_is_made_is_not_lost_either(demo: Path) -> None:
    recorded: list[bool] = []

    def meanwhile(*_: object) -> None:
        if not recorded:
            recorded.append(True)
            work_in(demo)

    with pytest.raises(WorkedIn):
        make(demo, "team", 2, CLOCK, meanwhile)
    with open_database(demo, CLOCK) as database:
        assert database.reader().value("SELECT count(*) FROM team WHERE name = 'Own'") == 1


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_backup_is_never_replaced(demo: Path, tmp_path: Path, *, overwrite: bool) -> None:
    with open_database(demo, CLOCK) as database:
        backup(database, tmp_path / "b1.db")
    before = (tmp_path / "b1.db").read_bytes()
    with pytest.raises(StorageProblem, match="backup"):
        remade(tmp_path / "b1.db", overwrite=overwrite)
    assert (tmp_path / "b1.db").read_bytes() == before


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("target", ["demo.db", "nothing.csv"])
def test_a_link_is_followed_nowhere(demo: Path, tmp_path: Path, target: str, *, overwrite: bool) -> None:
    before = demo.read_bytes()
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / target)
    with pytest.raises(StorageProblem, match="link"):
        remade(link, overwrite=overwrite)
    with pytest.raises(StorageProblem, match="link"):
        make_database(link, CLOCK)
    assert link.is_symlink()
    assert demo.read_bytes() == before
    assert not (tmp_path / "nothing.csv").exists()


@pytest.mark.parametrize("name", ["demo.db-journal", "demo.db-wal"])
def test_the_name_of_what_belongs_to_another_database_is_refused(demo: Path, name: str) -> None:
    for begin in (remade, lambda place: make_database(place, CLOCK)):
        with pytest.raises(AlmonerError, match="belongs to the database"):
            begin(demo.with_name(name))


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_database_that_is_no_demonstration_stays(tmp_path: Path, *, overwrite: bool) -> None:
    path = make_database(tmp_path / "own.db", CLOCK)
    with pytest.raises(StorageProblem, match="no demonstration"):
        remade(path, overwrite=overwrite)
    assert not is_demo(path)
