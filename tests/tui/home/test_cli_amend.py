"""amend and remove: one record changed by words, a document or an editor, as far as the forms go and no further."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.records.database import Database
from tests.storage.supervision.recordkit import full
from tests.tui.home.test_cli_record import EVERYTHING
from tests.tui.shell import Shell
from tests.units import change, keep
from tui.cli import run
from tui.commandline import documents

HOSTILE = ["[/x]", "\x1b[2Jx", "\u202ex", "=1+1", "x" * 100_000, "\udcff", "9" * 5000, "[" * 5000, "{", "1\nb = 2"]
HUGE = str(10**30)
_REMOVABLE = {
    "cpd-closing", "event", "extension", "former-key", "not-the-same", "placement-day", "plan", "rating",
    "stage-closing", "team-period", "worker-period",
}  # fmt: skip


@pytest.fixture
def agreed(team: Database) -> int:
    """A session whose record the worker has agreed."""
    number = full(team)
    change(team, "session", number, agreed_worker="2026-11-19", agreed_worker_by="W2")
    return number


def shown(almoner: Shell, kind: str, key: str) -> Any:
    return almoner("show", kind, key, "--json").json


# FIELD=VALUE -----------------------------------------------------------------------------------------------------


def test_only_the_fields_given_are_changed(almoner: Shell) -> None:
    before = shown(almoner, "worker", "W3")
    answer = almoner("amend", "worker", "W3", "fte=0.8", "leaves=2026-12-24", "--json")
    assert answer.code == 0
    assert answer.json == {
        "kind": "worker", "key": "W3", "from": None, "ended": [], "applied": True, "remarks": [],
        "changed": {"fte": {"before": 0.6, "after": 0.8}, "leaves": {"before": None, "after": "2026-12-24"}},
    }  # fmt: skip
    assert shown(almoner, "worker", "W3") == before | {
        "fte": 0.8,
        "leaves": "2026-12-24",
        "periods": [{"from": None, "until": "2026-11-19", "fte": 0.6}],
    }


@pytest.mark.parametrize(
    ("words", "field", "kept"),
    [
        ("role=Duty worker", "role", "Duty worker"),
        ('role="Duty worker"', "role", "Duty worker"),
        ("role=12", "role", "12"),
        ("role=2026-01-01", "role", "2026-01-01"),
        ("role=a=b", "role", "a=b"),
        ("agency=true", "agency", True),
        ("supervises_most=8", "supervises_most", 8),
        ("started=8/1/2024", "started", "2024-01-08"),
        ("fte=1", "fte", 1),
        ("areas=Town, Coast", "areas", ["Town", "Coast"]),
        ('areas=["Town, old", "Coast"]', "areas", ["Town, old", "Coast"]),
        ("areas=12", "areas", None),
    ],
)
def test_a_value_is_toml_or_a_bare_word(words: str, field: str, kept: Any, almoner: Shell) -> None:
    answer = almoner("amend", "worker", "W3", words)
    assert answer.code == (2 if kept is None else 0)
    if kept is not None:
        assert shown(almoner, "worker", "W3")[field] == kept


def test_an_empty_value_clears_what_may_be_empty(almoner: Shell) -> None:
    assert almoner("amend", "worker", "W3", "supervisor=", "started=").code == 0
    worker = shown(almoner, "worker", "W3")
    assert (worker["supervisor"], worker["started"]) == (None, None)
    for field in ("name", "fte", "team", "agency_"):
        answer = almoner("amend", "worker", "W3", f"{field}=")
        assert answer.code == 2
        assert field in answer.err


def test_options_may_stand_between_the_changes(almoner: Shell) -> None:
    assert almoner("amend", "worker", "W3", "--json", "role=Duty", "--as", "W1", "fte=0.8").code == 0
    assert [shown(almoner, "worker", "W3")[name] for name in ("role", "fte")] == ["Duty", 0.8]


def test_a_dry_run_shows_the_change_and_makes_none(almoner: Shell) -> None:
    before = shown(almoner, "worker", "W3")
    answer = almoner("amend", "worker", "W3", "fte=0.8", "--dry-run")
    assert "0.8" in answer.out
    assert "nothing was written" in answer.err
    assert shown(almoner, "worker", "W3") == before
    assert not almoner("amend", "worker", "W3", "fte=0.8", "--dry-run", "--json").json["applied"]


def test_what_is_so_already_is_no_change_to_undo(almoner: Shell) -> None:
    answer = almoner("amend", "worker", "W3", "fte=0.6")
    assert (answer.code, answer.out) == (0, "")
    assert "says so already" in answer.err
    assert "Set up the team" in almoner("undo").out


def test_a_change_is_taken_back_by_undo_and_by_nobody_else(almoner: Shell) -> None:
    almoner("amend", "worker", "W3", "fte=0.8")
    assert almoner("undo", "--as", "Somebody else").code == 1
    assert almoner("undo").out == "Taken back: Changed worker W3\n"
    assert shown(almoner, "worker", "W3")["fte"] == 0.6


@pytest.mark.parametrize(
    ("kind", "key", "words", "said"),
    [
        ("worker", "W3", "fte=9", "worker, fte"),
        ("worker", "W3", "fte=0.333", "fte"),
        ("worker", "W3", "fte=nan", "fte"),
        ("worker", "W3", "fte=part", "fte"),
        ("worker", "W3", "grade=wizard", "grade"),
        ("worker", "W3", "team=Nowhere", "team"),
        ("worker", "W3", "started=31/02/2026", "started"),
        ("worker", "W3", "colour=red", "no field 'colour'"),
        ("worker", "W3", "version=1", "version"),
        ("worker", "W3", "staff_id=W2", "There is a worker 'W2' already"),
        ("worker", "W3", "staff_id=w-02", "'w-02' is like 'W2'"),
        ("worker", "W3", "role", "FIELD=VALUE"),
        ("worker", "W3", "=x", "FIELD=VALUE"),
        ("worker", "W404", "fte=1", "W404"),
        ("plan", "P", "name=Q", "no plan"),
        ("case", "C-1001", "opened=2027-01-01", "opened"),
        ("case", "C-1001", "opened=2026-06-01", "an allocation started"),
        ("case", "C-1001", "pathway=lost", "case, pathway: not one of"),
        ("case", "C-1001", "pathway=", "pathway"),
        ("event", "1", "on=2026-12-24", "future"),
        ("event", "1", "case=C-404", "C-404"),
        ("event", "1", "details=x", "details"),
        ("event", "²", "on=2026-11-01", "no event"),
        ("event", "9" * 40, "on=2026-11-01", "no event"),
        ("allocation", "1", "worker=W3", "almoner allocate"),
        ("obligation", "1", "legal_due=2027-01-01", "not a kind of record"),
        ("scheme", "three-factor", "title=x", "not a kind of record"),
    ],
)
def test_a_faulty_change_names_the_field_and_changes_nothing(
    kind: str, key: str, words: str, said: str, almoner: Shell
) -> None:
    before = [almoner("list", of, "--json").out for of in ("worker", "case", "event", "allocation")]
    answer = almoner("amend", kind, key, words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert "Jamie" not in answer.err
    assert [almoner("list", of, "--json").out for of in ("worker", "case", "event", "allocation")] == before


def test_one_fault_among_several_changes_keeps_all_of_them_out(almoner: Shell) -> None:
    before = shown(almoner, "worker", "W3")
    assert almoner("amend", "worker", "W3", "role=Duty", "grade=wizard").code == 2
    assert "given twice" in almoner("amend", "worker", "W3", "role=a", "role=b").err
    assert shown(almoner, "worker", "W3") == before


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:8]))
def test_hostile_text_is_cleaned_or_refused(text: str, almoner: Shell) -> None:
    for words in ((text,), (f"role={text}",), (f"{text}=1",), (f"areas={text}",), (f"fte={text}",)):
        answer = almoner("amend", "worker", "W3", "--", *words)
        assert answer.code in (0, 2)
        assert len(answer.err) < 2000
    for words in ((text, "W3"), ("worker", text)):
        assert almoner("amend", *words, "role=x").code == 2
    assert not any(c in almoner("show", "worker", "W3").out for c in "\x1b\u202e")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60), field=st.sampled_from(["role", "fte", "started", "areas", "agency", "email"]))
def test_no_text_whatever_breaks_a_change(text: str, field: str, team: Database) -> None:
    where = ["--database", str(team.path), "--today", "2026-11-20", "--as", "W1"]
    assert run(["amend", "worker", "W3", f"{field}={text}", *where]) in (0, 2)


def test_a_number_no_column_can_hold_is_refused(almoner: Shell, team: Database) -> None:
    keep(team, "action", owner="W2", what="Ring", set_on="2026-11-18", due="2026-11-25")
    for field in ("session", "carries"):
        assert f"action, {field}: out of range" in almoner("amend", "action", "1", f"{field}={HUGE}").err


# what follows from a change --------------------------------------------------------------------------------------


def test_due_dates_follow_an_event_put_right(almoner: Shell) -> None:
    def due() -> dict[str, str]:
        return {line["rule"]: line["legal_due"] for line in almoner("due", "--case", "C-1001", "--json").json}

    before = due()
    assert almoner("amend", "event", "1", "on=2026-03-18").code == 0
    assert due() != before
    almoner("undo")
    assert due() == before


def test_closing_a_case_lets_its_worker_go_that_day(almoner: Shell) -> None:
    words = ("amend", "case", "C-1001", "closed=2026-11-20", "close_reason=Adopted")
    assert almoner(*words, "--dry-run", "--json").json["ended"] == [1]
    assert shown(almoner, "allocation", "1")["ends"] is None
    assert "1 allocation of it ends that day" in almoner(*words).err
    assert shown(almoner, "allocation", "1")["ends"] == "2026-11-20"
    almoner("undo")
    assert shown(almoner, "case", "C-1001")["closed"] is shown(almoner, "allocation", "1")["ends"] is None


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (["pathway=child_protection"], ["child_protection", "court"]),
        (["pathway=court"], ["court", "looked_after"]),
        (["pathways=court"], ["court"]),
        (["pathway=adoption", "pathways=court"], ["adoption", "court"]),
    ],
)
def test_the_leading_pathway_is_changed_and_the_others_stay(words: list[str], kept: list[str], almoner: Shell) -> None:
    almoner("amend", "case", "C-1001", "pathways=looked_after,court")
    assert almoner("amend", "case", "C-1001", *words).code == 0
    assert shown(almoner, "case", "C-1001")["pathways"] == kept


def test_points_follow_the_answers_of_a_weighing_nobody_agreed(almoner: Shell, team: Database) -> None:
    answers = {"complexity": 2, "risk": "3", "travel": "1"}
    keep(team, "weighting", case="C-1001", scheme="three-factor", on="2026-11-02", answers=answers)
    answer = almoner("amend", "weighting", "1", "answers={ complexity = 1, risk = 1, travel = 1 }", "--json")
    assert answer.json["changed"]["points"]["before"] > answer.json["changed"]["points"]["after"] > 0
    assert "no field 'points'" in almoner("amend", "weighting", "1", "points=1").err
    assert almoner("amend", "weighting", "1", "agreed_worker=2026-11-03").code == 0
    assert "stays as it is" in almoner("amend", "weighting", "1", "scheme=head-count", "agreed_worker=").err
    assert almoner("amend", "weighting", "1", "agreed_supervisor=2026-11-03").code == 0


# what is agreed, signed or worked out ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("discussion", "answers={ update = 'Other' }"),
        ("discussion", "session="),
        ("decision", "decision=Move"),
        ("action", "what=Write"),
        ("rating", "score=1"),
        ("session", "held_on=2026-11-17"),
        ("session", "place=Elsewhere"),
        ("session", "agreed_worker="),
        ("session", "agreed_worker_by="),
        ("session", "agreed_supervisor=2026-11-20"),
        ("session", "recorded_on=2026-11-20"),
    ],
)
def test_an_agreed_record_stays_as_it_is(kind: str, words: str, almoner: Shell, agreed: int) -> None:
    before = almoner("list", kind, "--json").out
    answer = almoner("amend", kind, "1", words)
    assert (answer.code, answer.out) == (2, "")
    assert almoner("list", kind, "--json").out == before


def test_a_rating_of_an_agreed_record_is_not_removed(almoner: Shell, agreed: int) -> None:
    assert "agreed on Thu 19 Nov 2026" in almoner("remove", "rating", "1").err
    assert almoner("show", "rating", "1").code == 0


def test_what_becomes_of_an_action_may_be_told_after_the_record_was_agreed(almoner: Shell, agreed: int) -> None:
    assert almoner("amend", "action", "1", "done_on=2026-11-20", "how=By phone").code == 0
    assert almoner("amend", "decision", "1", "followed_on=2026-11-20", "outcome=It held").code == 0


def test_nobody_signs_by_changing_a_record(almoner: Shell, team: Database) -> None:
    number = full(team)
    keep(team, "attendance", session=number, worker="W3")
    keep(team, "agreement", worker="W2", supervisor="W1", starts="2026-01-05", signed_worker="2026-01-06")
    for kind, field in (
        ("session", "agreed_worker"), ("session", "recorded_on"), ("attendance", "agreed_on"),
        ("agreement", "signed_supervisor"),
    ):  # fmt: skip
        answer = almoner("amend", kind, "1", f"{field}=2026-11-20")
        assert answer.code == 2
        assert f"{field}: this is not changed by hand" in answer.err
        assert "almoner supervision" in answer.err


def test_a_changed_agreement_is_signed_again(almoner: Shell, team: Database) -> None:
    keep(team, "agreement", worker="W2", supervisor="W1", starts="2026-01-05", signed_worker="2026-01-06")
    assert almoner("amend", "agreement", "1", "ends=2026-12-31", "worker=W2").code == 0
    assert shown(almoner, "agreement", "1")["signed_worker"] == "2026-01-06"
    assert almoner("amend", "agreement", "1", "minutes=60").code == 0
    assert shown(almoner, "agreement", "1")["signed_worker"] is None


def test_what_was_added_to_a_record_and_what_a_plan_proposed_stay(almoner: Shell, tmp_path: Path) -> None:
    assert almoner.record("team", EVERYTHING, tmp_path).code == 0
    assert "stays as it is" in almoner("amend", "amendment", "1", "text=Never mind").err
    assert "not changed by hand" in almoner("amend", "plan", "W20 leaves", "applied_on=2026-11-20").err
    assert almoner("amend", "plan", "W20 leaves", "note=For the panel").code == 0


# documents -------------------------------------------------------------------------------------------------------


def document(almoner: Shell, folder: Path, text: str, *words: str) -> Any:
    file = folder / "change.toml"
    file.write_text(text, encoding="utf-8")
    return almoner("amend", *words, "--from", str(file))


def test_what_show_prints_changes_nothing_for_any_kind(almoner: Shell, tmp_path: Path) -> None:
    assert almoner.record("team", EVERYTHING, tmp_path).code == 0
    named = {"team": "North", "worker": "W20", "case": "C-2002", "plan": "W20 leaves"}
    for kind in documents.KINDS:
        key = named.get(kind, "1")
        answer = document(almoner, tmp_path, almoner("show", kind, key, "--toml").out, kind, key)
        assert (answer.code, answer.out) == (0, ""), (kind, answer.err)
        assert "says so already" in answer.err


def test_a_document_changes_the_fields_it_gives(almoner: Shell, tmp_path: Path) -> None:
    answer = document(almoner, tmp_path, '[[worker]]\nfte = 0.8\nsupervisor = ""\n', "worker", "W3")
    assert answer.code == 0, answer.err
    worker = shown(almoner, "worker", "W3")
    assert (worker["fte"], worker["supervisor"], worker["name"]) == (0.8, None, "Begum, Nasreen")


def test_an_empty_text_clears_whatever_a_document_may_leave_empty(almoner: Shell, tmp_path: Path) -> None:
    almoner("amend", "team", "North", "full_time_hours=36.25", "red_weeks=3")
    cleared = '[[team]]\nfull_time_hours = ""\nred_weeks = ""\nfull_time_points = ""\n'
    answer = document(almoner, tmp_path, cleared, "team", "North")
    assert answer.code == 0, answer.err
    team = shown(almoner, "team", "North")
    assert [team[name] for name in ("full_time_hours", "red_weeks", "full_time_points")] == [None, None, None]
    answer = document(almoner, tmp_path, '[[worker]]\nfte = ""\n', "worker", "W3")
    assert (answer.code, "fte" in answer.err) == (2, True)
    assert "fte" in almoner.record("worker", '[[worker]]\nstaff_id = "W9"\nfte = ""\n', tmp_path).err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[worker]]\nstaff_id = "W2"\nfte = 0.8\n', "staff_id"),
        ("[[worker]]\nfte = 0.8\n[[worker]]\nfte = 0.7\n", "holds 2 records"),
        ('[[worker]]\nfte = 0.8\n[[team]]\nname = "X"\n', "holds 2 records"),
        ('[[worker]]\nfte = "part"\n', "fte"),
        ("[[case]]\nname = 'x'\n", "holds no [[worker]]"),
        ("fte = 0.8", "fte"),
        ("[[worker", "not TOML"),
        ("", "holds no [[worker]]"),
    ],
)
def test_a_faulty_document_changes_nothing(text: str, said: str, almoner: Shell, tmp_path: Path) -> None:
    answer = document(almoner, tmp_path, text, "worker", "W3")
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert shown(almoner, "worker", "W3")["fte"] == 0.6


def test_changes_come_from_one_place(almoner: Shell, tmp_path: Path) -> None:
    assert "a document with the changes stands alone" in document(almoner, tmp_path, "", "worker", "W3", "fte=1").err
    assert "FIELD=VALUE" in almoner("amend", "worker", "W3").err
    assert "nowhere.toml" in almoner("amend", "worker", "W3", "--from", "/tmp/nowhere.toml").err


def test_names_stay_hidden_when_asked(almoner: Shell) -> None:
    for said, words in (("Robin A", ()), ("Robin B", ("--json",)), ("Robin C", ("--dry-run",))):
        answer = almoner("amend", "case", "C-1001", f"name={said}", "--no-names", *words)
        assert "name" in answer.out
        assert not {"Jamie", "Robin"} & set((answer.out + answer.err).replace('"', " ").split())


# the editor ------------------------------------------------------------------------------------------------------


def editor(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    tool = folder / "edit.py"
    head = "import sys, pathlib\nfile = pathlib.Path(sys.argv[1])\ntext = file.read_text('utf-8')\n"
    tool.write_text(head + script, encoding="utf-8")
    monkeypatch.setenv("VISUAL", f"{sys.executable} {tool}")
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setattr("tui.home.amend_commands.on_terminal", lambda: True)


def test_a_line_changed_in_the_editor_is_changed_and_one_taken_out_is_cleared(
    almoner: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = "file.write_text(text.replace('fte = 0.6', 'fte = 0.8').replace('supervisor = \"W1\"\\n', ''), 'utf-8')"
    editor(monkeypatch, tmp_path, script)
    answer = almoner("amend", "worker", "W3", "--json")
    assert set(answer.json["changed"]) == {"fte", "supervisor"}
    assert not list(tmp_path.glob("almoner-*"))


@pytest.mark.parametrize(("change", "words"), [("Żak", ["--dry-run"]), ('", born = "x', []), ("x" * 500, [])])
def test_what_was_typed_stays_until_it_is_taken_in(
    change: str, words: list[str], almoner: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    editor(monkeypatch, tmp_path, f"file.write_text(text.replace('Jamie Doe', {change!r}), 'utf-8')")
    answer = almoner("amend", "case", "C-1001", *words)
    (kept,) = tmp_path.glob("almoner-case-*/case.toml")
    assert change in kept.read_text("utf-8")
    assert f"Your text is kept in {kept}" in answer.err
    assert shown(almoner, "case", "C-1001")["name"] == "Jamie Doe"


def test_a_document_left_as_it_was_changes_nothing(
    almoner: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    editor(monkeypatch, tmp_path, "pass")
    assert almoner("amend", "case", "C-1001").code == 2
    assert not list(tmp_path.glob("almoner-case-*"))


def test_names_hidden_in_the_editor_are_not_changed_by_it(
    almoner: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    editor(monkeypatch, tmp_path, "assert 'Jamie' not in text\nfile.write_text(text + 'area = \"Leeds\"\\n')")
    assert almoner("amend", "case", "C-1001", "--no-names").code == 0
    case = shown(almoner, "case", "C-1001")
    assert (case["name"], case["area"]) == ("Jamie Doe", "Leeds")


def test_what_somebody_changed_meanwhile_is_not_overwritten(
    almoner: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def meanwhile(theirs: str) -> int:
        words = ["--database", str(almoner.path), "--as", "W2", "--today", "2026-11-20", "amend", "worker", "W3"]
        call = f"sys.path.insert(0, {str(Path.cwd())!r})\nfrom tui.cli import run\nrun({[*words, theirs]!r})\n"
        editor(monkeypatch, tmp_path, call + "file.write_text(text.replace('fte = 0.6', 'fte = 0.8'))")
        return almoner("amend", "worker", "W3").code

    assert meanwhile("role=Duty") == 0
    worker = shown(almoner, "worker", "W3")
    assert (worker["role"], worker["fte"]) == ("Duty", 0.8)
    almoner("amend", "worker", "W3", "fte=0.6")
    assert meanwhile("fte=0.7") == 2
    assert shown(almoner, "worker", "W3")["fte"] == 0.7


# removing --------------------------------------------------------------------------------------------------------


def test_an_event_that_never_happened_is_removed_and_brought_back(almoner: Shell) -> None:
    due = almoner("due", "--case", "C-1001", "--json").out
    assert almoner("remove", "event", "01", "--json").json == {"kind": "event", "key": "1", "removed": True}
    assert almoner("show", "event", "1").code == 2
    assert almoner("due", "--case", "C-1001", "--json").out != due
    assert almoner("undo").out == "Taken back: Removed event 1 on C-1001\n"
    assert almoner("due", "--case", "C-1001", "--json").out == due


def test_what_the_screens_can_remove_can_be_removed(almoner: Shell, tmp_path: Path, team: Database) -> None:
    almoner.record("team", EVERYTHING, tmp_path)
    full(team)
    keep(team, "plan", name="Spring", team="North", made_on="2026-11-02", scenario={"target": 105}, result={"cost": 1})
    for kind, key in (("placement-day", "1"), ("rating", "2"), ("plan", "Spring"), ("plan", "W20 leaves")):
        assert almoner("remove", kind, key).code == 0
        assert almoner("show", kind, key).code == 2


@pytest.mark.parametrize("kind", sorted(set(documents.KINDS) - _REMOVABLE))
def test_every_other_kind_stays(kind: str, almoner: Shell) -> None:
    answer = almoner("remove", kind, {"case": "C-1001", "worker": "W3", "team": "North"}.get(kind, "1"))
    assert (answer.code, answer.out) == (2, "")
    assert (
        "stays; what can be removed: cpd-closing, event, extension, former-key, not-the-same, placement-day"
        in answer.err
    )


def test_removing_what_is_not_there_says_so(almoner: Shell) -> None:
    assert "no event '404'" in almoner("remove", "event", "404").err
    assert "no plan 'Never'" in almoner("remove", "plan", "Never").err


# what a record is known by ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "key", "field", "new"),
    [("worker", "W3", "staff_id", "W30"), ("case", "C-1001", "reference", "C-9"), ("team", "North", "name", "Nord")],
)
def test_a_key_is_corrected_leads_on_and_comes_back(almoner: Shell, kind: str, key: str, field: str, new: str) -> None:
    before = shown(almoner, kind, key)
    dry = almoner("amend", kind, key, f"{field}={new}", "--dry-run", "--json")
    assert dry.json["changed"] == {field: {"before": key, "after": new}}
    assert shown(almoner, kind, key) == before
    answer = almoner("amend", kind, key, f"{field}={new}")
    assert answer.code == 0
    assert shown(almoner, kind, new) == {**before, field: new}
    led = almoner("show", kind, key, "--json")
    assert led.json == shown(almoner, kind, new)
    assert f"{kind.capitalize()} {key} is now {new}" in led.err
    assert almoner("undo").code == 0
    assert shown(almoner, kind, key) == before


@pytest.mark.parametrize(
    "words",
    [
        ("caseload", "--worker", "W3"),
        ("supervision", "agenda", "W3"),
        ("calendar", "preview", "W3"),
        ("show", "worker", "W3"),
        ("list", "allocation", "--worker", "W3"),
        ("list", "event", "--case", "C-1001"),
        ("caseload", "--team", "North"),
    ],
)
def test_every_command_takes_an_old_key_for_what_it_leads_to(almoner: Shell, words: tuple[str, ...]) -> None:
    now = {"W3": "W30", "C-1001": "C-9", "North": "Nord"}
    for kind, field, key in (("worker", "staff_id", "W3"), ("case", "reference", "C-1001"), ("team", "name", "North")):
        assert almoner("amend", kind, key, f"{field}={now[key]}").code == 0
    led = almoner(*words)
    assert (led.code, led.out) == (0, almoner(*(now.get(word, word) for word in words)).out)
    assert " is now " in led.err
    assert almoner("amend", "worker", "W3", "role=Senior").code == 0
    assert shown(almoner, "worker", "W30")["role"] == "Senior"


def test_two_cases_are_merged_by_command(almoner: Shell, team: Database) -> None:
    keep(team, "case", reference="c1001", team="North", pathway="court", opened="2026-02-02", born="2019-05-05")
    found = almoner("phantom", "--json")
    assert [one["case"] for one in found.json if one["kind"] == "same_reference"] == ["c1001"]
    refused = almoner("case", "merge", "c1001", "--into", "C-1001")
    assert refused.code == 2
    assert "birth date" in refused.err
    assert "2019" not in refused.err
    assert "--keep born=new" in refused.err
    wrong = almoner("case", "merge", "c1001", "--into", "C-1001", "--keep", "born=mine")
    assert (wrong.code, "--keep FIELD=old" in wrong.err) == (2, True)
    done = almoner("case", "merge", "c1001", "--into", "C-1001", "--keep", "born=new", "--json")
    assert done.json["applied"] is True
    assert shown(almoner, "case", "C-1001")["opened"] == "2026-02-02"
    assert "Case c1001 was merged into C-1001" in almoner("show", "case", "c1001").err
    assert almoner("undo").code == 0
    assert shown(almoner, "case", "c1001")["born"] == "2019-05-05"


# from a day ----------------------------------------------------------------------------------------------------------


def test_a_change_from_a_day_to_come_leaves_today_alone(almoner: Shell) -> None:
    answer = almoner("amend", "worker", "W3", "fte=0.8", "--from", "2027-01-04", "--json")
    assert (answer.code, answer.json["from"], answer.json["applied"]) == (0, "2027-01-04", True)
    assert answer.json["changed"] == {"fte": {"before": 0.6, "after": 0.8}}
    assert shown(almoner, "worker", "W3")["fte"] == 0.6
    assert shown(almoner, "worker", "W3")["periods"] == [{"from": "2027-01-04", "until": None, "fte": 0.8}]
    assert almoner("undo").code == 0
    assert shown(almoner, "worker", "W3")["periods"] == []


def test_a_change_dated_back_moves_the_day_on_which_it_began(almoner: Shell) -> None:
    assert almoner("amend", "worker", "W3", "fte=0.8", "--from", "2026-11-01").code == 0
    assert shown(almoner, "worker", "W3")["periods"] == [{"from": None, "until": "2026-10-31", "fte": 0.6}]
    again = almoner("amend", "worker", "W3", "fte=0.8", "--from", "2026-10-01", "--json")
    assert again.json["changed"] == {"fte": {"before": 0.6, "after": 0.8}}
    assert shown(almoner, "worker", "W3")["periods"] == [{"from": None, "until": "2026-09-30", "fte": 0.6}]
    same = almoner("amend", "worker", "W3", "fte=0.8", "--from", "2026-10-01")
    assert "says so already" in same.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("amend", "worker", "W3", "name=Other", "--from", "2027-01-04"), "does not change from a day"),
        (("amend", "case", "C-1001", "area=Leeds", "--from", "2027-01-04"), "Leave --from out for a case"),
        (("amend", "worker", "W3", "fte=0.8", "--from", "soon"), "not a date"),
        (("amend", "worker", "W3", "fte=0.8", "--from", "2027-02-30"), "there is no"),
    ],
)
def test_a_day_that_makes_no_sense_is_refused(almoner: Shell, words: tuple[str, ...], said: str) -> None:
    answer = almoner(*words)
    assert answer.code == 2
    assert said in answer.err
    assert shown(almoner, "worker", "W3")["periods"] == []


def test_a_period_is_amended_by_the_words_of_its_document(almoner: Shell) -> None:
    assert almoner("amend", "worker", "W3", "fte=0.8", "--from", "2027-01-04").code == 0
    assert almoner("amend", "worker-period", "1", "until=2027-03-31").code == 0
    assert almoner("show", "worker-period", "1", "--json").json["until"] == "2027-03-31"
    assert "worker-period, until" in almoner("amend", "worker-period", "1", "until=2026-01-01").err
    assert almoner("remove", "worker-period", "1").code == 0


def test_what_does_not_change_from_a_day_is_refused_beside_what_does_and_nothing_changes(almoner: Shell) -> None:
    before = shown(almoner, "worker", "W3")
    changes = ("fte=0.8", "leaves=2026-12-24", "name=Tom Two")
    answer = almoner("amend", "worker", "W3", *changes, "--from", "2027-01-04")
    assert answer.code == 2
    assert "leaves, name: these do not change from a day" in answer.err
    assert shown(almoner, "worker", "W3") == before


# a team by the beginning of its name -----------------------------------------------------------------------------


def test_a_team_goes_by_the_beginning_of_its_name(almoner: Shell, team: Database) -> None:
    keep(team, "team", name="South East")
    assert shown(almoner, "team", "south")["name"] == "South East"
    assert almoner("amend", "team", "Sou", "red_weeks=5").code == 0
    assert shown(almoner, "team", "South East")["red_weeks"] == 5
    assert len(almoner("history", "team", "South", "--json").json) == 2
    assert almoner("amend", "worker", "W3", "team=south").code == 0
    assert shown(almoner, "worker", "W3")["team"] == "South East"
    assert "There is no team 'East'" in almoner("show", "team", "East").err


@pytest.mark.parametrize(
    "words", ["show team South", "history team South", "amend team South red_weeks=5", "amend worker W3 team=South"]
)
def test_a_beginning_that_two_teams_share_is_refused_with_their_names(
    almoner: Shell, team: Database, words: str
) -> None:
    keep(team, "team", name="South East")
    keep(team, "team", name="South West")
    answer = almoner(*words.split())
    assert answer.code == 2
    assert "South East; South West" in answer.err
