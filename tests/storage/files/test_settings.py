"""A person's settings survive a restart; a spoilt file never stops the program."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.core.errors import StorageProblem
from storage.files.settings import ListState, Settings, load


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def test_what_was_set_is_there_next_time(path: Path) -> None:
    settings = Settings(path, actor="A. Hughes", theme="almoner-light", no_names=True, keys={"sort": "f9"})
    settings.of_list("team").sort = "load"
    settings.save()
    again = load(path)
    assert (again.actor, again.theme, again.no_names, again.keys) == (
        "A. Hughes",
        "almoner-light",
        True,
        {"sort": "f9"},
    )
    assert again.of_list("team") == ListState(sort="load")
    assert again.note == ""


def test_what_was_chosen_of_backups_and_full_days_is_there_next_time(path: Path) -> None:
    Settings(path, daily_backup=False, backup_folder="/mnt/safe", most_a_day=3).save()
    again = load(path)
    assert (again.daily_backup, again.backup_folder, again.most_a_day, again.note) == (False, "/mnt/safe", 3, "")


@pytest.mark.parametrize("number", [0, 51, -1, True, "3", 2.0, None])
def test_a_day_that_could_not_be_full_or_never_empty_is_left_out(path: Path, number: object) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"most_a_day": number}))
    assert (load(path).most_a_day, "left out" in load(path).note) == (1, True)


def test_a_first_run_has_no_file_and_no_complaint(path: Path) -> None:
    assert load(path) == Settings(path)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "\x00", "{" * 5000])
def test_a_spoilt_file_gives_defaults_and_says_so(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    settings = load(path)
    assert settings.actor == ""
    assert str(path) in settings.note


def test_the_good_part_of_a_file_is_taken(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"actor": "A. Hughes", "no_names": "perhaps", "lists": {"team": {"sort": 7}}}))
    settings = load(path)
    assert settings.actor == "A. Hughes"
    assert settings.no_names is False
    assert settings.of_list("team").sort == ""
    assert "left out" in settings.note


def test_hostile_text_in_the_file_is_cleaned(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"actor": "A.\x1b]0;x\x07 Hu\u202eghes"}))
    assert load(path).actor == "A. Hughes"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: (
            st.dictionaries(st.sampled_from(["actor", "keys", "lists", "team", "no_names", "sort", "columns"]), x)
            | st.lists(x)
        ),
    )
)
def test_no_document_stops_the_program(tmp_path_factory: pytest.TempPathFactory, document: object) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.json"
    path.write_text(json.dumps(document))
    settings = load(path)
    settings.save()
    assert load(path).note == ""


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageProblem, match="could not be saved"):
        Settings(tmp_path / "settings.json").save()


def test_a_folder_in_place_of_the_file_is_said_plainly(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StorageProblem, match="could not be saved"):
        Settings(path).save()


def test_settings_without_a_place_last_until_the_end() -> None:
    Settings(None, actor="A. Hughes").save()
