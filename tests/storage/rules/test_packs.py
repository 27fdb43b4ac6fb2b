"""Packs: read strictly, layered, digested; a faulty file is reported as a whole and changes nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from domain.cases.subject import Happening, Subject
from domain.core.enums import Nation, SubjectKind
from domain.core.errors import NotFound
from domain.due.engine import derive
from domain.rules.pack_vocabulary import RESERVED_STARTS
from storage.rules import pack_set

HEAD = 'kind = "rules"\nid = "own"\ntitle = "Our council"\nversion = "1"\n'
CITED = """
[[rules.citations]]
text = "Our policy"
source = "Our intranet"
checked = 2026-07-31
confidence = "local"
verified = false
"""
SHIPPED = pack_set.load()


def _load(folder: Path, *rules: str, head: str = HEAD) -> pack_set.PackSet:
    folder.mkdir(exist_ok=True)
    (folder / "own.toml").write_text(head + "".join(f"\n[[rules]]\n{r}\n{CITED}" for r in rules), encoding="utf-8")
    return pack_set.load([folder])


def _visit_due(found: pack_set.PackSet) -> date:
    events = (
        Happening("placement_started", date(2026, 1, 5)),
        Happening("lac_visit", date(2026, 1, 9)),
    )
    child = Subject(SubjectKind.CASE, "C-1001", happenings=events)
    return derive(child, found.rulebook, found.calendar(Nation.ENGLAND)).obligations[-1].legal_due


def test_the_shipped_packs_have_no_problem_and_every_rule_says_where_it_stands() -> None:
    assert SHIPPED.problems == ()
    for rule in SHIPPED.rulebook.all_rules.values():
        assert rule.citations
        assert rule.verified or rule.tier == "local", rule.id
        assert rule.title
        assert rule.plain.endswith(".")


def test_every_answer_of_a_shipped_rule_can_be_recorded() -> None:
    for rule in SHIPPED.rulebook.all_rules.values():
        for trigger in (*rule.answers, *rule.starts, *rule.stops):
            assert trigger.kind in SHIPPED.event_kinds or trigger.kind in RESERVED_STARTS


def test_the_two_example_schemes_and_the_grades_are_there() -> None:
    assert SHIPPED.scheme("three-factor").title
    assert SHIPPED.grade("asye").newly_qualified
    with pytest.raises(NotFound, match="no weighting scheme 'none'"):
        SHIPPED.scheme("none")
    with pytest.raises(NotFound, match="no grade 'none'"):
        SHIPPED.grade("none")


def test_everything_in_force_can_be_written_down_as_json() -> None:
    items = list(SHIPPED.items())
    json.dumps(items, allow_nan=False)
    assert {kind for kind, _, _ in items} >= {
        "pack", "rule", "event_kind", "scheme", "grade", "reduction_reason", "ramp",
    }  # fmt: skip
    assert len({(kind, name) for kind, name, _ in items}) == len(items)
    events = {name: data for kind, name, data in items if kind == "event_kind"}
    assert {"lac_review_1", "iha", "permanence_plan"} <= set(events["became_looked_after"]["starts"])
    assert "lac_review_1" in events["lac_review_held"]["answers"]


# layering ------------------------------------------------------------------------------------------------------


def test_a_council_may_tighten_the_law(tmp_path: Path) -> None:
    found = _load(tmp_path, 'id = "visit_standard"\nreplaces = "visit_standard"\nthen = { weeks = 4 }')
    assert found.problems == ()
    assert _visit_due(SHIPPED) == date(2026, 2, 20)
    assert _visit_due(found) == date(2026, 2, 6)


def test_what_one_council_lays_over_the_packs_is_not_there_for_the_next(tmp_path: Path) -> None:
    for folder, rule in ((tmp_path / "a", "visit_standard"), (tmp_path / "b", "cp_visit")):
        folder.mkdir()
        (folder / "bad.toml").write_text("kind = ")
        found = _load(folder, f'id = "{rule}"\nreplaces = "{rule}"\nplain = "Ours"')
        ours = [name for name, one in found.rulebook.all_rules.items() if one.pack == "own"]
        assert (ours, [problem.file for problem in found.problems]) == ([rule], ["bad.toml"])
    after = pack_set.load()
    assert (after.problems, after.packs, list(after.items())) == ((), SHIPPED.packs, list(SHIPPED.items()))


def test_shipped_packs_that_change_under_way_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Path(shutil.copytree(pack_set.SHIPPED, tmp_path / "packs"))
    monkeypatch.setattr(pack_set, "SHIPPED", here)
    assert pack_set.load().digest == SHIPPED.digest
    file = here / "grades.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('id = "asye"', 'id = "first-year"', 1), encoding="utf-8")
    assert "first-year" in pack_set.load().grades
    assert "first-year" in pack_set.load([tmp_path / "none"]).grades


@pytest.mark.parametrize(
    ("replaced", "change", "key", "words"),
    [
        ("visit_standard", "then = { weeks = 8 }", "then", "8 weeks is longer than the 6 weeks"),
        ("visit_standard", "then = { months = 2 }", "then", "2 months is longer than the 6 weeks"),
        ("visit_till18", "interval = { weeks = 13 }", "interval", "13 weeks is longer than the 3 months"),
        ("lac_review_1", "interval = { days = 28 }", "interval", "28 days is longer than the 20 working days"),
        ("visit_standard", 'active = false\nreason = "No"', "active", "is law"),
        ("visit_standard", "when = [{ age_under = 5 }]", "when", "is law"),
        ("visit_standard", "valid_to = 2026-01-01", "valid_to", "is law"),
    ],
)
def test_a_council_may_not_loosen_the_law(tmp_path: Path, replaced: str, change: str, key: str, words: str) -> None:
    found = _load(tmp_path, f'id = "{replaced}"\nreplaces = "{replaced}"\n{change}')
    told = {(p.file, p.rule, p.key): p.message for p in found.problems}
    assert words in told["own.toml", replaced, key]
    assert _visit_due(found) == date(2026, 2, 20)


def test_a_rule_cannot_replace_one_that_is_not_there(tmp_path: Path) -> None:
    new = 'id = "x"\nreplaces = "nothing"\ntitle = "X"\nplain = "X."\ntier = "local"\nkind = "after"\n'
    rule = new + 'starts = ["opened"]\nanswers = ["case_note"]\ninterval = { days = 9 }'
    (problem,) = _load(tmp_path, rule).problems
    assert (problem.key, problem.message) == ("replaces", "there is no rule nothing")


def test_twelve_weeks_are_within_three_months_and_twenty_six_days_within_twenty_working_days(tmp_path: Path) -> None:
    found = _load(
        tmp_path,
        'id = "visit_till18"\nreplaces = "visit_till18"\ninterval = { weeks = 12 }',
        'id = "lac_review_1"\nreplaces = "lac_review_1"\ninterval = { days = 26 }',
    )
    assert found.problems == ()


def test_what_the_law_sets_is_not_gone_around_by_another_rule(tmp_path: Path) -> None:
    rule = """id = "extra"
series = "lac_visit"
title = "Extra"
plain = "Extra."
tier = "local"
kind = "staged"
starts = ["placement_started"]
answers = ["lac_visit"]
first = { weeks = 9 }
then = { weeks = 9 }"""
    (problem,) = _load(tmp_path, rule).problems
    assert (problem.rule, problem.key) == ("extra", "series")
    assert "set by law" in problem.message


def test_a_team_cannot_loosen_what_its_council_has_tightened_beyond_the_law(tmp_path: Path) -> None:
    council, team = tmp_path / "council", tmp_path / "team"
    _load(council, 'id = "our_visit"\nreplaces = "visit_standard"\ntier = "local"\nthen = { weeks = 4 }')
    _load(team, 'id = "team_visit"\nreplaces = "our_visit"\nthen = { weeks = 7 }')
    found = pack_set.load([council, team])
    assert [(p.rule, p.key) for p in found.problems] == [("team_visit", "then")]
    assert _visit_due(found) == date(2026, 2, 6)
    _load(team, 'id = "team_visit"\nreplaces = "visit_standard"\nthen = { weeks = 5 }')
    assert _visit_due(pack_set.load([council, team])) == date(2026, 2, 13)


def test_a_local_standard_may_be_changed_freely_and_new_rules_added(tmp_path: Path) -> None:
    new = """id = "chronology"
title = "Chronology"
plain = "The chronology is brought up to date every 3 months."
tier = "local"
kind = "staged"
starts = ["opened"]
answers = ["case_note"]
first = { months = 3 }
then = { months = 3 }"""
    found = _load(tmp_path, 'id = "cp_visit"\nreplaces = "cp_visit"\nfirst = { days = 14 }\nthen = { days = 14 }', new)
    assert found.problems == ()
    assert "chronology" in found.rule_ids


def test_the_same_id_without_saying_replaces_is_refused(tmp_path: Path) -> None:
    rule = 'id = "cp_visit"\ntitle = "V"\nplain = "V."\ntier = "local"\nkind = "after"\n'
    (problem,) = _load(tmp_path, rule + 'starts = ["opened"]\nanswers = ["cp_visit"]\ninterval = { days = 9 }').problems
    assert (problem.rule, problem.key) == ("cp_visit", "id")
    assert 'replaces = "cp_visit"' in problem.message


def test_a_council_brings_its_own_words_and_grades(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        'kind = "events"\nid = "e"\ntitle = "E"\nversion = "1"\n[[events]]\nkind = "panel_held"\ntitle = "Panel"\n'
    )
    (tmp_path / "b.toml").write_text(
        'kind = "grades"\nid = "g"\ntitle = "G"\nversion = "1"\n[[grades]]\nid = "lead"\ntitle = "Lead"\n'
        'family = "any"\norder = 90\nbasis = "local"\nregistered = true\n'
    )
    new = 'id = "panel"\ntitle = "Panel"\nplain = "P."\ntier = "local"\nkind = "after"\nstarts = ["opened"]\n'
    found = _load(tmp_path, new + 'answers = ["panel_held"]\ninterval = { weeks = 6 }')
    assert found.problems == ()
    assert found.event_kinds["panel_held"].title == "Panel"
    assert found.grade("lead").registered


# faults ----------------------------------------------------------------------------------------------------------


def test_every_fault_of_every_file_is_shown_together_and_the_rest_stays_in_force(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("kind = [")
    (tmp_path / "odd.toml").write_text('kind = "poems"')
    (tmp_path / "latin.toml").write_bytes(b'kind = "rules" # \xe9')
    (tmp_path / "empty.toml").write_bytes(b"")
    found = _load(
        tmp_path,
        'id = "cp_visit"\nreplaces = "cp_visit"\nfirst = { dayz = 14 }',
        'id = "cin_visit"\nreplaces = "cin_visit"\nfirst = { days = 1, weeks = 1 }',
    )
    places = {(p.file, p.rule, p.key) for p in found.problems}
    assert {p.file for p in found.problems} == {"broken.toml", "odd.toml", "latin.toml", "empty.toml", "own.toml"}
    assert ("own.toml", "cp_visit", "first.dayz") in places
    assert ("own.toml", "cin_visit", "first") in places
    assert set(found.rulebook.all_rules) == set(SHIPPED.rulebook.all_rules)


@pytest.mark.parametrize("rules", ["rules = 3", 'rules = ["x"]', "rules = [{}]", "rules = [{ id = 3 }]", ""])
def test_odd_shapes_are_problems_never_errors(tmp_path: Path, rules: str) -> None:
    found = _load(tmp_path, head=HEAD + rules + "\n")
    assert found.problems
    assert all(str(problem).startswith("own.toml") for problem in found.problems)


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    (problem,) = pack_set.load([tmp_path / "nowhere"]).problems
    assert "cannot be read" in problem.message


# digest ----------------------------------------------------------------------------------------------------------


def test_the_digest_follows_the_bytes(tmp_path: Path) -> None:
    before = pack_set.digest()
    assert pack_set.load().digest == before == pack_set.digest()
    _load(tmp_path, 'id = "cp_visit"\nreplaces = "cp_visit"\nfirst = { days = 14 }')
    first = pack_set.digest([tmp_path])
    assert first != before
    (tmp_path / "own.toml").write_text((tmp_path / "own.toml").read_text() + "#")
    assert pack_set.digest([tmp_path]) != first


def test_the_digest_needs_no_heavy_modules() -> None:
    heavy = "[m for m in ('pydantic', 'holidays') if m in sys.modules]"
    code = f"import sys; from storage.rules import pack_set; pack_set.digest(); print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# school terms ----------------------------------------------------------------------------------------------------

TERMS = 'kind = "terms"\nid = "terms"\ntitle = "Terms"\nversion = "1"\n'
SPRING = '[[terms]]\nname = "Spring"\nfirst = 2026-01-05\nlast = 2026-03-27\n'


def test_school_terms_come_from_a_pack_and_the_later_layer_counts(tmp_path: Path) -> None:
    assert SHIPPED.calendar(Nation.ENGLAND).terms == ()
    council, team = tmp_path / "council", tmp_path / "team"
    for folder, last in ((council, "2026-03-27"), (team, "2026-04-01")):
        folder.mkdir()
        (folder / "terms.toml").write_text(TERMS + SPRING.replace("2026-03-27", last))
    found = pack_set.load([council, team])
    assert found.problems == ()
    assert found.calendar(Nation.ENGLAND).terms == ((date(2026, 1, 5), date(2026, 4, 1)),)
    assert ("terms", "terms") in [(kind, name) for kind, name, _ in found.items()]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SPRING + SPRING, "overlap"),
        (SPRING.replace("2026-03-27", "2025-03-27"), "before first"),
        ("terms = []\n", "at least one"),
        (SPRING + "closed = 1\n", "unknown key"),
    ],
)
def test_terms_that_cannot_be_are_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "terms.toml").write_text(TERMS + text)
    found = pack_set.load([tmp_path])
    assert words in " ".join(str(problem) for problem in found.problems)
    assert found.calendar(Nation.ENGLAND).terms == ()


def test_a_teams_folder_lies_over_the_councils(tmp_path: Path) -> None:
    from storage.rules.pack_set import folders_beside

    (tmp_path / "north.packs" / "team").mkdir(parents=True)
    (tmp_path / "north.packs" / "vectors").mkdir()  # worked examples are no packs
    found = folders_beside(tmp_path / "north.db")
    assert found == [tmp_path / "north.packs", tmp_path / "north.packs" / "team"]
    assert folders_beside(tmp_path / "south.db") == []


def test_two_databases_of_one_stem_share_no_packs(tmp_path: Path) -> None:
    from storage.rules.pack_set import folders_beside, nobodys_folder

    first, second = tmp_path / "north.db", tmp_path / "north.sqlite"
    for path in (first, second):
        path.write_bytes(b"SQLite format 3\0")
    (tmp_path / "north.packs").mkdir()
    assert folders_beside(first) == folders_beside(second) == []
    assert nobodys_folder(first) == tmp_path / "north.packs"
    (tmp_path / "north.packs").rename(tmp_path / "north.db.packs")
    assert folders_beside(first) == [tmp_path / "north.db.packs"]
    assert folders_beside(second) == []
    assert nobodys_folder(second) is None


def test_a_backup_beside_the_database_takes_no_packs_from_it(tmp_path: Path) -> None:
    from storage.rules.pack_set import folders_beside

    for name in ("north.db", "north.copy"):
        (tmp_path / name).write_bytes(b"SQLite format 3\0")
    (tmp_path / "north.copy.json").write_text("{}")
    (tmp_path / "north.packs").mkdir()
    assert folders_beside(tmp_path / "north.db") == [tmp_path / "north.packs"]
