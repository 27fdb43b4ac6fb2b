"""record, list, show and undo: whatever is printed can be recorded again; bad documents name what is wrong."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.opening import kinds, open_database
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.tui.shell import Shell
from tui.cli import run
from tui.commandline import documents

TEAM = '[[team]]\nname = "South"\n'
CASE = '[[case]]\nreference = "C-2001"\nteam = "North"\npathway = "looked_after"\nopened = 2026-03-02\n'
HOSTILE = ["[/x]", "[red]", "[10%]", "\\u001b[2J", "\\u0000", "\\u202E", "=1+1", "x" * 100_000]


def test_the_kinds_of_documents_are_the_kinds_of_records() -> None:
    assert set(documents.KINDS) == {kind.name for kind in kinds()}


def test_one_document_holds_several_kinds_in_any_order(almoner: Shell, tmp_path: Path) -> None:
    document = (
        '[[event]]\ncase = "C-2001"\nkind = "became_looked_after"\non = 2026-03-16\n'
        '[[worker]]\nstaff_id = "W11"\nname = "Żak, Ola"\nteam = "South"\ngrade = "children-sw"\n'
        'supervisor = "W10"\nfte = 0.6\n'
        '[[worker]]\nstaff_id = "W10"\nname = "Hart, Jo"\nteam = "South"\ngrade = "team-manager"\n' + TEAM + CASE
    )
    answer = almoner.record("case", document, tmp_path)
    assert (answer.code, answer.out) == (0, "")
    assert almoner("show", "worker", "W11", "--json").json["fte"] == 0.6
    assert almoner("list", "event", "--case", "C-2001", "--json").json[0]["on"] == "2026-03-16"


def test_recording_from_standard_input(team: Database) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui", "--database", str(team.path), "record", "team", "--from", "-", "--json"],
        input=TEAM, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, json.loads(done.stdout)) == (0, {"recorded": {"team": 1}, "remarks": []})


def test_what_is_shown_as_a_document_can_be_recorded_again(
    almoner: Shell, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert almoner.record("team", EVERYTHING, tmp_path).code == 0
    shown = {kind: almoner("list", kind, "--toml").out for kind in documents.KINDS}
    assert [kind for kind, document in shown.items() if not document.strip()] == []
    other = Shell(capsys, tmp_path / "other.db")
    open_database(other.path, CLOCK, create=True).close()
    answer = other.record("team", "\n".join(shown.values()), tmp_path)
    assert answer.code == 0, answer.err
    assert {kind: other("list", kind, "--toml").out for kind in documents.KINDS} == shown


EVERYTHING = (
    '[[team]]\nname = "South \\"B\\""\nservice = "Adults\\\\Children"\nnation = "wales"\n'
    "full_time_points = 87.5\nfull_time_hours = 36.25\nred_weeks = 3\nin_use_since = 2026-09-01\n"
    '[[worker]]\nstaff_id = "W20"\nname = "Llŷr, Siân"\nteam = "North"\ngrade = "asye"\nfte = 0.8\nagency = true\n'
    'specialisms = ["court work", "autism"]\nstarted = 2026-01-05\nleaves = 2026-12-24\n'
    '[[worker-period]]\nworker = "W20"\nfrom = 2026-12-01\nuntil = 2026-12-18\nfte = 0.5\ngrade = "children-sw"\n'
    'team = "South \\"B\\""\nrole = "Cover"\nagency = false\nline_manager = "W1"\nwithout = ["supervisor"]\n'
    '[[team-period]]\nteam = "North"\nuntil = 2026-06-30\nfull_time_points = 90\nscheme = "three-factor"\n'
    'without = ["full_time_hours"]\n'
    '[[reduction]]\nworker = "W20"\npercent = 10\nreason = "ASYE"\nstarts = 2026-01-05\nnote = "two\\nlines"\n'
    '[[worker-event]]\nworker = "W20"\nkind = "started_work"\non = 2026-01-05\ndetails = { first = true }\n'
    '[[case]]\nreference = "C-2002"\nteam = "North"\npathway = "looked_after"\npathways = ["court"]\n'
    'opened = 2026-03-02\nborn = 2020-02-29\nname = "Someone"\nfactors = ["autism"]\nsibling_group = "S-1"\n'
    'area = "Leeds"\nmust_have = ["Urdu"]\nprefers = ["woman"]\n'
    '[[event]]\ncase = "C-2002"\nkind = "lac_visit"\non = 2026-03-04\ndetails = { seen = true, "odd key" = "x" }\n'
    '[[override]]\ncase = "C-2002"\nrule = "lac_review"\nnumber = 4\nunit = "months"\ndecided_on = 2026-04-01\n'
    'decided_by = "Hughes, Ann"\nreason = "[/x] =1+1"\nreview_on = 2026-07-01\nended_on = 2026-06-01\n'
    '[[allocation]]\ncase = "C-2002"\nworker = "W20"\nstarts = 2026-03-02\nends = 2026-04-01\nreason = "MANAGE"\n'
    'overruled = ["span"]\napproved_by = "Hughes, Ann"\nunder = "W20 leaves"\n'
    '[[weighting]]\ncase = "C-2002"\nscheme = "three-factor"\non = 2026-03-04\n'
    'answers = { complexity = 2, risk = "3", travel = "1" }\n'
    '[[session]]\nworker = "W20"\nsupervisor = "W1"\non = 2026-10-20\nstart = 09:30:00\nstate = "held"\n'
    'kind = "reflective"\ngroup = "Pod"\nmoved_from = 2026-10-19\nreason_code = "court"\ncover_for = "W1"\n'
    'recorded_on = 2026-10-21\nagreed_worker = 2026-10-22\nagreed_worker_by = "Llŷr, Siân"\n'
    '[[agreement]]\nworker = "W20"\nsupervisor = "W1"\nstarts = 2026-01-05\ncovers = ["cases"]\nminutes = 60\n'
    'agenda = ["wellbeing"]\nsigned_worker = 2026-01-06\nsigned_worker_by = "Llŷr, Siân"\nreview_on = 2027-01-05\n'
    '[[session]]\nworker = "W20"\nsupervisor = "W1"\non = 2026-03-20\nstate = "held"\nelsewhere = true\n'
    '[[attendance]]\nsession = 1\nworker = "W1"\nabsent = true\n'
    '[[discussion]]\nsession = 1\ncase = "C-2002"\nanswers = { update = "Settled\\nat school" }\n'
    '[[discussion]]\nsession = 1\ntopic = "wellbeing"\nanswers = { update = "Tired" }\nprivate = true\n'
    '[[amendment]]\nsession = 1\ncase = "C-2002"\non = 2026-10-30\nby = "Hughes, Ann"\ntext = "Not the 5th"\n'
    '[[rating]]\ncase = "C-2002"\nsession = 1\non = 2026-10-20\nrater = "worker"\nscore = 5\nabout = "[x]"\n'
    '[[decision]]\ncase = "C-2002"\nsession = 1\ndecision = "Family group conference"\nrationale = "Offered"\n'
    'decided_by = "Hughes, Ann"\non = 2026-10-20\nbody = "panel"\nfollow_by = 2026-11-01\nfollowed_on = 2026-10-30\n'
    '[[action]]\nowner = "W20"\nwhat = "Visit"\nset_on = 2026-10-20\ndue = 2026-10-27\nsession = 1\ncase = "C-2002"\n'
    '[[action]]\nwho = "Grandmother"\nwhat = "Ring"\nset_on = 2026-10-20\ncarries = 1\ndropped_on = 2026-10-21\n'
    'dropped_why = "Done by the school"\n'
    '[[agenda-item]]\nworker = "W20"\nraised_by = "W20"\non = 2026-10-20\nwhat = "Leave"\n'
    'parked_until = 2026-12-01\nparked_why = "After court"\n'
    '[[disagreement]]\nworker = "W20"\nabout = "Step down"\nraised_by = "W20"\nraised_on = 2026-10-20\n'
    'stage = "talk"\nstage_on = 2026-10-20\nended_on = 2026-10-30\noutcome = "Agreed"\n'
    '[[postponement]]\ncase = "C-1001"\nrule = "lac_review"\ncycle = 1\nto = 2026-12-01\nreason = "Carer ill"\n'
    '[[programme]]\nworker = "W20"\nkind = "placement-70"\nstarts = 2026-01-05\neducator = "W1"\ndays = 70.5\n'
    'pattern = [100, 50, 0]\nsettings = { agreement_day = 11 }\ntutor = "T. Utor"\nlevel = "first"\n'
    '[[learning-need]]\nworker = "W20"\ntitle = "Direct work"\nraised_on = 2026-10-20\nraised_by = "W1"\n'
    'domains = ["pcf.7"]\ncost = 120.5\noutcome = "dropped"\nended_on = 2026-10-30\nwhy = "[b]No"\nsource = "own"\n'
    '[[evidence]]\nworker = "W20"\non = 2026-10-20\ntitle = "Visit"\nneed = 1\nprogramme = 1\npiece = "observation_1"\n'
    '[[cpd]]\nworker = "W20"\non = 2026-10-20\nkind = "Course"\ntitle = "Law"\npeer = true\nsession = 1\n'
    '[[cpd-closing]]\nworker = "W20"\nyear = 2025-11-30\non = 2025-12-10\nby = "Hughes, Ann"\nwhy = "Abroad"\n'
    '[[registration]]\nworker = "W20"\nkind = "swe"\ngranted = 2025-12-01\nexpires = 2026-11-30\n'
    '[[milestone]]\nprogramme = 1\nkind = "midway"\non = 2026-04-05\nby = "Hughes, Ann"\n'
    '[[placement-day]]\nprogramme = 1\non = 2026-01-06\npart = 0.5\nhours = 3.75\nkind = "recall"\n'
    '[[closure]]\nprogramme = 1\nstarts = 2026-12-21\nends = 2027-01-01\nwhy = "Closed"\n'
    '[[stage-closing]]\nprogramme = 1\nstage = "induction"\non = 2026-04-05\nby = "Hughes, Ann"\nwhy = "Done before"\n'
    '[[extension]]\nprogramme = 1\non = 2026-04-06\ndays = 85.5\nby = "Hughes, Ann"\nwhy = "Ill"\n'
    '[[calendar-choice]]\nworker = "W20"\nprivacy = "none"\nkinds = { visit = false }\nleads = { review = 10 }\n'
    '[[calendar-settings]]\ninitials_allowed = true\nkinds = { team = true }\norganiser = "cal@council.example"\n'
    '[[extra]]\nworker = "W20"\ntitle = "Lead for X"\npoints = 2.5\nstarts = 2026-02-02\nends = 2026-12-01\n'
    '[[unplanned]]\nworker = "W20"\non = 2026-04-01\nhours = 3.5\nwhat = "[b]Late"\ncase = "C-2002"\n'
    '[[concern]]\nworker = "W20"\nraised_on = 2026-04-01\nwhy = "Too much"\nanswered_on = 2026-04-02\n'
    'answered_by = "Hughes, Ann"\nplan = "Two cases move"\nreview_on = 2026-05-01\nraised_by = "W20"\n'
    '[[conflict]]\ncase = "C-2002"\nworker = "W1"\nwhy = "risk_to_worker"\nstarts = 2026-03-02\n'
    '[[plan]]\nname = "W20 leaves"\nteam = "North"\nmade_on = 2026-03-02\n'
    'scenario = { target = 105, leavers = [{ worker = "W20", on = 2026-12-24 }] }\nresult = { cost = 12 }\n'
    '[[council-date]]\ncase = "C-2002"\nkind = "lac_review_held"\ndue = 2026-12-01\nsource = "SSD"\n'
    '[[former-key]]\nformer = "C-2000"\ncase = "C-2002"\nmerged = true\non = 2026-03-02\n'
    '[[not-the-same]]\ncase = "C-2002"\nother_case = "C-1001"\nreason = "Cousins"\non = 2026-03-02\n'
)


@pytest.mark.parametrize(
    ("kind", "document", "said"),
    [
        ("case", CASE.replace("looked_after", "lost"), "[[case]] 1, pathway: not one of"),
        ("case", CASE + CASE, "[[case]] 2, reference"),
        ("case", CASE.replace("2026-03-02", '"31/02/2026"'), "opened"),
        ("case", CASE.replace("2026-03-02", "2027-03-02"), "opened"),
        ("case", CASE + 'colour = "red"\n', "colour"),
        ("case", CASE.replace('"North"', '"Nowhere"'), "team"),
        ("case", '[[case]]\nteam = "North"\n', "reference"),
        ("worker", '[[worker]]\nstaff_id = "W9"\nname = "A"\nteam = "North"\ngrade = "asye"\nfte = 9\n', "fte"),
        ("worker", '[[worker]]\nstaff_id = "W9"\nname = "A"\nteam = "North"\ngrade = "asye"\nfte = 0\n', "fte"),
        ("worker", '[[worker]]\nstaff_id = "W9"\nname = "A"\nteam = "North"\ngrade = "asye"\nfte = nan\n', "fte"),
        ("worker", '[[worker]]\nstaff_id = "W9"\nname = "A"\nteam = "North"\ngrade = "asye"\nfte = 0.333\n', "fte"),
        ("worker", '[[worker]]\nstaff_id = "W9"\nname = "A"\nteam = "North"\ngrade = "wizard"\n', "grade"),
        ("event", '[[event]]\ncase = "C-1001"\nkind = "lac_visit"\non = 2026-12-24\n', "future"),
        ("event", '[[event]]\ncase = "C-404"\nkind = "lac_visit"\non = 2026-11-02\n', "C-404"),
        ("allocation", '[[allocation]]\ncase = "C-1001"\nworker = "W3"\nstarts = 2026-01-01\n', "starts"),
        ("allocation", '[[allocation]]\ncase = "C-1001"\nworker = "W404"\nstarts = 2026-04-01\n', "worker"),
        ("case", "[[unicorn]]\na = 1\n", "unicorn"),
        ("case", "case = 1\n", "[[case]]"),
        ("case", TEAM, "holds no [[case]]"),
        ("case", "[[case]\n", "not TOML"),
        ("case", "a = " + "9" * 5000, "not TOML"),
        ("case", "a = " + "[" * 5000, "not TOML"),
        ("case", "", "holds no [[case]]"),
    ],
)  # fmt: skip
def test_a_faulty_document_names_the_place_and_records_nothing(
    kind: str, document: str, said: str, almoner: Shell, tmp_path: Path
) -> None:
    before = almoner("list", "case", "--json").out + almoner("list", "worker", "--json").out
    answer = almoner.record(kind, document, tmp_path)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert almoner("list", "case", "--json").out + almoner("list", "worker", "--json").out == before


def test_several_faults_are_told_together(almoner: Shell, tmp_path: Path) -> None:
    document = CASE.replace("looked_after", "lost") + CASE.replace('"North"', '"Nowhere"').replace("2001", "2002")
    answer = almoner.record("case", document, tmp_path)
    assert "[[case]] 1" in answer.err
    assert "[[case]] 2" in answer.err


def test_a_key_that_is_taken_hides_no_other_fault(almoner: Shell, tmp_path: Path) -> None:
    taken, fine = CASE.replace("C-2001", "C-1001"), CASE
    answer = almoner.record(
        "case", taken + fine + CASE.replace("C-2001", "C-2002").replace("North", "Nowhere"), tmp_path
    )
    assert "[[case]] 1, reference" in answer.err
    assert "[[case]] 3, team" in answer.err
    assert "[[case]] 2" not in answer.err
    assert almoner("show", "case", "C-2001").code == 2


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_hostile_text_is_cleaned_or_refused_and_shown_literally(text: str, almoner: Shell, tmp_path: Path) -> None:
    answer = almoner.record("case", CASE + f'close_reason = "{text}"\n', tmp_path)
    assert answer.code in (0, 2)
    shown = almoner("list", "case").out + almoner("show", "case", "C-2001").out
    assert not any(c in shown for c in "\x1b\x00\u202e")


def test_a_formula_in_a_name_is_disarmed_in_csv_only(almoner: Shell, tmp_path: Path) -> None:
    assert almoner.record("team", '[[team]]\nname = "=SUM(A1)"\n', tmp_path).code == 0
    assert "'=SUM(A1)" in almoner("list", "team", "--csv").out
    assert "'=SUM" not in almoner("list", "team", "--json").out


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: b"[[case]]\n" + t.encode("utf-8", "replace")))
def test_no_bytes_whatever_break_the_reading_of_a_document(raw: bytes) -> None:
    with contextlib.suppress(documents.BadInput):
        entries, problems = documents.read(raw, "x.toml", "case")
        assert entries or problems


@given(st.text(max_size=80))
def test_any_text_survives_being_written_and_read(text: str) -> None:
    from domain.core.text import clean

    written = documents.write("case", [{"reference": "C-1", "close_reason": text}])
    entries, problems = documents.read(written.encode(), "x", "case")
    assert not problems
    assert entries[0].data.get("close_reason", "") == clean(text)


@pytest.mark.parametrize("kind", documents.KINDS)
def test_templates_are_documents(kind: str, almoner: Shell) -> None:
    answer = almoner("record", kind, "--template")
    entries, problems = documents.read(answer.out.encode(), "template", kind)
    assert not problems
    assert set(entries[0].data) <= set(kinds().named(kind).row.model_fields) | {"pathway"}


# the editor ------------------------------------------------------------------------------------------------------


def editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    tool = tmp_path / "edit.py"
    tool.write_text(f"import sys, pathlib\nfile = pathlib.Path(sys.argv[1])\n{script}\n")
    monkeypatch.setenv("VISUAL", f"{sys.executable} {tool}")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("tui.home.record_commands.on_terminal", lambda: True)


def test_a_document_filled_in_in_the_editor_is_recorded(
    almoner: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    editor(monkeypatch, tmp_path, f"file.write_text({TEAM!r})")
    answer = almoner("record", "team")
    assert (answer.code, answer.err) == (0, "Recorded 1 team.\n")
    assert almoner("show", "team", "South").code == 0
    assert not list(tmp_path.glob("almoner-*")), "what was typed may hold names: it stays nowhere but in the database"


def test_a_document_left_as_it_was_records_nothing(
    almoner: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    editor(monkeypatch, tmp_path, "pass")
    answer = almoner("record", "team")
    assert answer.code == 2
    assert "nothing was recorded" in answer.err
    assert not list(tmp_path.glob("almoner-team-*"))


@pytest.mark.parametrize(
    ("script", "typed"),
    [
        ("file.write_text('[[team'); sys.exit(3)", "[[team"),
        ("file.write_text('[[team')", "[[team"),
        ("file.write_text('[[team]]\\nname = \"North\"')", '[[team]]\nname = "North"'),
    ],
)
def test_what_was_typed_is_kept_when_it_cannot_be_recorded(
    script: str, typed: str, almoner: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    editor(monkeypatch, tmp_path, script)
    answer = almoner("record", "team")
    assert answer.code == 2
    (kept,) = tmp_path.glob("almoner-team-*/*")
    assert kept.read_text() == typed
    assert f"Your text is kept in {kept}" in answer.err
    assert kept.parent.stat().st_mode & 0o077 == 0


def test_an_editor_that_does_not_exist_is_said(almoner: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    editor(monkeypatch, tmp_path, "pass")
    monkeypatch.setenv("VISUAL", "/nowhere/editor")
    assert "could not be started" in almoner("record", "team").err
    assert not list(tmp_path.glob("almoner-*"))


def test_a_document_that_the_editor_removed_records_nothing(
    almoner: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    editor(monkeypatch, tmp_path, "file.unlink()")
    assert "The document is gone" in almoner("record", "team").err
    assert not list(tmp_path.glob("almoner-*"))


# undo ------------------------------------------------------------------------------------------------------------


def test_undo_takes_back_the_last_change(almoner: Shell, tmp_path: Path) -> None:
    almoner.record("case", CASE, tmp_path)
    answer = almoner("undo", "--json")
    assert answer.code == 0
    assert "C-2001" in answer.json["undone"]
    assert almoner("show", "case", "C-2001").code == 2


def test_names_stay_hidden_when_asked(almoner: Shell) -> None:
    assert "Jamie" in almoner("list", "case").out
    for words in (("list", "case"), ("list", "case", "--json"), ("show", "case", "C-1001"), ("due", "--all"),
                  ("list", "worker", "--csv"), ("caseload",), ("list", "case", "--toml")):  # fmt: skip
        shown = almoner(*words, "--no-names").out
        assert "Jamie" not in shown
        assert "Okafor" not in shown


def test_the_first_document_begins_the_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = tmp_path / "team.toml"
    document.write_text('[[team]]\nname = "North"\n', encoding="utf-8")
    where = ["--database", str(tmp_path / "new.db"), "--as", "A. Hughes"]
    assert run(["record", "team", "--from", str(document), *where]) == 0
    assert run(["list", "team", "--json", *where]) == 0
    assert '"North"' in capsys.readouterr().out


def test_what_packs_say_can_be_read_before_there_is_a_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALMONER_HOME", str(tmp_path))
    monkeypatch.delenv("ALMONER_DATABASE", raising=False)
    assert run(["list", "event-kind", "--json"]) == 0
    assert '"became_looked_after"' in capsys.readouterr().out
