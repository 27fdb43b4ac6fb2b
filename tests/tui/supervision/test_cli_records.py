"""supervision show, sign, amend, export: both records by command, for whoever may see them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from docx import Document

from storage.records.database import Database
from tests.storage.supervision.recordkit import full
from tests.tui.shell import Shell
from tests.units import keep


@pytest.fixture
def session(team: Database) -> str:
    return str(full(team))


def test_both_records_are_shown_with_how_they_stand(almoner: Shell, session: str) -> None:
    answer = almoner("supervision", "show", session)
    assert answer.code == 0
    assert "SUPERVISION: CASE RECORD C-1001" in answer.out
    assert "SUPERVISION: PERSONAL RECORD W2" in answer.out
    assert "Expecting" not in answer.out
    assert "Session to record: 2 days so far (case decisions within 24 hours (not switched on)" in answer.err
    assert "Worth a second look: C-1001" in answer.err


def test_the_same_as_json(almoner: Shell, session: str) -> None:
    found = almoner("supervision", "show", session, "--json").json
    assert found["agreed"] == [{"worker": "W2", "on": None}, {"worker": "W1", "on": None}]
    assert [(one["kind"], one["about"]) for one in found["records"]] == [("case", "C-1001"), ("personal", "W2")]
    assert found["records"][0]["sections"][0]["passages"][0]["text"].startswith("Settled")
    assert found["clocks"][0] | {"limits": []} == {
        "title": "Session to record", "days": 2, "ended": False, "late": False, "limits": []
    }  # fmt: skip


def test_one_record_alone(almoner: Shell, session: str) -> None:
    assert "PERSONAL" not in almoner("supervision", "show", session, "--case", "C-1001").out
    assert "CASE RECORD" not in almoner("supervision", "show", session, "--personal").out
    missing = almoner("supervision", "show", session, "--case", "C-9")
    assert missing.code == 2
    assert "There are: C-1001" in missing.err


@pytest.mark.parametrize(("actor", "why"), [("W3", "for the supervisee, the supervisor"), ("root", "no worker here")])
def test_a_personal_record_of_others_is_refused(almoner: Shell, session: str, actor: str, why: str) -> None:
    whole = almoner("supervision", "show", session, "--as", actor)
    assert whole.code == 0
    assert "Sleeping" not in whole.out
    assert "kept back" in whole.err
    asked = almoner("supervision", "show", session, "--as", actor, "--personal")
    assert asked.code == 2
    assert why in asked.err
    assert almoner("supervision", "show", session, "--as", actor, "--private").code == 2


def test_the_private_part_is_shown_to_the_pair_who_ask(almoner: Shell, session: str) -> None:
    assert "Expecting in May" in almoner("supervision", "show", session, "--private").out


def test_while_names_are_hidden_nothing_that_was_written_is_shown(almoner: Shell, session: str) -> None:
    out = almoner("supervision", "show", session, "--no-names").out
    for words in ("Settled", "Sleeping", "Stay put", "Ring", "Okafor", "Aunt", "Left alone"):
        assert words not in out
    assert "Case: C-1001" in out
    assert "CO (W2)" in out
    assert almoner("supervision", "export", session, "--no-names", "--text").code == 2


# sign and amend ----------------------------------------------------------------------------------------------------


def test_each_signs_and_then_it_is_added_to(almoner: Shell, session: str, tmp_path: Path) -> None:
    assert "W1 agreed the record" in almoner("supervision", "sign", session).err
    again = almoner("supervision", "sign", session)
    assert (again.code, "You agreed this record" in again.err) == (2, True)
    other = almoner("supervision", "sign", session, "--as", "W2", "--json").json
    assert (other["agreed_by"], other["waiting"]) == ("W2", [])
    file = tmp_path / "more.txt"
    file.write_text("He moved on the 19th", encoding="utf-8")
    assert almoner("supervision", "amend", session, "--case", "C-1001", "--from", str(file)).code == 0
    shown = almoner("supervision", "show", session, "--case", "C-1001").out
    assert "State: agreed" in shown
    assert "He moved on the 19th" in shown


def test_a_signature_is_taken_back_while_the_other_has_not_signed(almoner: Shell, session: str) -> None:
    almoner("supervision", "sign", session)
    assert almoner("supervision", "sign", session, "--withdraw").code == 0
    assert almoner("supervision", "sign", session, "--withdraw").code == 2


def test_a_record_is_complete_before_it_is_agreed(almoner: Shell, session: str) -> None:
    assert almoner("supervision", "sign", session, "--complete", "--json").json["recorded_on"] == "2026-11-20"
    assert almoner("supervision", "show", session, "--json").json["recorded_on"] == "2026-11-20"


@pytest.mark.parametrize("words", [[], ["--from", "/nowhere/at/all"]])
def test_an_amendment_needs_words(almoner: Shell, session: str, words: list[str]) -> None:
    almoner("supervision", "sign", session)
    answer = almoner("supervision", "amend", session, *words)
    assert answer.code == 2
    assert "--from" in answer.err


def test_an_amendment_that_is_no_text_is_refused(almoner: Shell, session: str, tmp_path: Path) -> None:
    almoner("supervision", "sign", session)
    file = tmp_path / "picture.png"
    for data, why in ((b"\x89PNG\xff", "not text"), (b"  \n", "nothing in it"), (b"x" * 2_000_001, "too long")):
        file.write_bytes(data)
        answer = almoner("supervision", "amend", session, "--from", str(file))
        assert (answer.code, why in answer.err) == (2, True)


def test_a_closed_record_is_not_changed_by_recording(almoner: Shell, session: str, tmp_path: Path) -> None:
    almoner("supervision", "sign", session)
    document = f'[[discussion]]\nsession = {session}\ncase = "C-1001"\nanswers = {{ update = "Late thought" }}\n'
    answer = almoner.record("discussion", document, tmp_path)
    assert answer.code == 2
    assert "so it stays as it is" in answer.err


# export ----------------------------------------------------------------------------------------------------


def test_documents_are_written_under_numbers_dates_and_references(almoner: Shell, session: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    answer = almoner("supervision", "export", session, "--output", str(folder))
    assert answer.code == 0
    assert "drafts" in answer.err
    assert sorted(file.name for file in folder.iterdir()) == [
        f"supervision-{session}-2026-11-18-case-c-1001.docx",
        f"supervision-{session}-2026-11-18-personal-w2.docx",
    ]
    opened = Document(io.BytesIO((folder / f"supervision-{session}-2026-11-18-case-c-1001.docx").read_bytes()))
    assert any("Settled at school" in paragraph.text for paragraph in opened.paragraphs)


def test_text_is_written_or_printed_to_paste(almoner: Shell, session: str, tmp_path: Path) -> None:
    printed = almoner("supervision", "export", session, "--case", "C-1001", "--text").out
    answer = almoner(
        "supervision", "export", session, "--case", "C-1001", "--text", "--output", str(tmp_path), "--json"
    )
    (written,) = answer.json["files"]
    assert Path(written["path"]).read_text("utf-8") == printed


def test_a_colleague_exports_the_case_record_alone(almoner: Shell, session: str, tmp_path: Path) -> None:
    answer = almoner("supervision", "export", session, "--as", "W3", "--output", str(tmp_path / "out"))
    assert answer.code == 0
    assert [file.name for file in (tmp_path / "out").iterdir()] == [
        f"supervision-{session}-2026-11-18-case-c-1001.docx"
    ]
    refused = almoner("supervision", "export", session, "--as", "W3", "--personal", "--output", str(tmp_path / "other"))
    assert refused.code == 2
    assert not (tmp_path / "other").exists()


def test_without_anything_to_see_nothing_is_written(almoner: Shell, team: Database, tmp_path: Path) -> None:
    number = keep(team, "session", worker="W2", supervisor="W1", on="2026-11-18", state="held").id
    answer = almoner("supervision", "export", str(number), "--as", "W3", "--output", str(tmp_path / "out"))
    assert answer.code == 2
    assert "no record that you may see" in answer.err


def test_where_to_must_be_said_and_must_be_a_folder(almoner: Shell, session: str, tmp_path: Path) -> None:
    assert almoner("supervision", "export", session).code == 2
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert almoner("supervision", "export", session, "--output", str(tmp_path / "file")).code == 2
    assert almoner("supervision", "show", "999").code == 2
