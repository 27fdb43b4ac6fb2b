"""Words that rules read, by command: printed, said at once where one is unknown, and refused in a policy."""

from __future__ import annotations

from pathlib import Path

from tests.tui.shell import Shell

CASE = '[[case]]\nreference = "D-1"\nteam = "North"\npathway = "care_act"\nopened = 2026-10-01\nfactors = ["libery"]\n'
SAID = "D-1: factor “libery” is not known to any rule; did you mean liberty?"


def record(almoner: Shell, text: str, *words: str) -> tuple[str, object]:
    path = almoner.path.with_suffix(".toml")
    path.write_text(text, encoding="utf-8")
    answer = almoner("record", "all", "--from", str(path), *words)
    assert answer.code == 0
    return answer.err, answer.json if words else None


def test_an_unknown_factor_is_taken_and_said_when_recorded_amended_and_asked_about(almoner: Shell) -> None:
    said, _ = record(almoner, CASE)
    assert SAID in said
    assert almoner("show", "case", "D-1", "--json").json["remarks"] == [SAID.removeprefix("D-1: ")]
    assert SAID in almoner("allocate", "D-1").err
    assert SAID.removeprefix("D-1: ") in almoner("allocate", "D-1", "--json").json["remarks"]
    assert "D-1 factor “libery”" in almoner("doctor").out
    changed = almoner("amend", "case", "D-1", "factors=autsm", "--json").json
    assert changed["remarks"] == ["D-1: factor “autsm” is not known to any rule; did you mean autism?"]
    assert almoner("amend", "case", "D-1", "factors=Dols", "--json").json["remarks"] == []


def test_in_json_what_was_remarked_is_there_too(almoner: Shell) -> None:
    _, answer = record(almoner, CASE, "--json")
    assert answer == {"recorded": {"case": 1}, "remarks": [SAID]}


def test_what_made_a_rule_speak_is_named(almoner: Shell) -> None:
    event = '[[event]]\ncase = "D-1"\nkind = "dols_authorised"\non = 2026-11-03\ndetails = { ends = "2026-11-25" }\n'
    record(almoner, CASE.replace("libery", "autism") + event)
    answer = almoner("allocate", "D-1", "--why-not", "W2")
    assert "because of factor “autism”" not in answer.out  # the children's grades are not the adults' policy's matter
    record(
        almoner,
        '[[worker]]\nstaff_id = "A3"\nname = "Roe, Sam"\nteam = "North"\ngrade = "adults-sw"\n',
    )
    out = almoner("allocate", "D-1", "--why-not", "A3").out
    assert "because of factor “autism” [adults-specialist-work]" in out
    words = "Standard DoLS authorisation, from Tue 3 Nov 2026 until Wed 25 Nov 2026"
    assert f"because of {words} [adults-liberty-senior]" in out
    assert f"because of {words}. [adults-liberty-senior]" in almoner("allocate", "D-1").out
    (standing,) = almoner("allocate", "D-1", "--json").json["in_force"]
    assert (standing["id"], standing["until"]) == ("dols-standard", "2026-11-25")


def test_the_vocabulary_is_printed_with_the_rules_that_read_it(almoner: Shell) -> None:
    factors = {one["id"]: one for one in almoner("list", "factor", "--json").json}
    assert "DoLS" in factors["liberty"]["also"]
    assert "adults-liberty" in factors["liberty"]["read_by"]
    standing = {one["id"]: one for one in almoner("list", "in-force", "--json").json}
    assert "children-qualified" in standing["child-protection-plan"]["read_by"]
    assert "woman-worker" in almoner("list", "specialism").out
    assert almoner("show", "factor", "liberty").code == 0


def test_a_policy_of_unknown_words_is_refused(almoner: Shell, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'kind = "policies"\nid = "own"\ntitle = "Ours"\nversion = "1"\n'
        '[[policies]]\nid = "x"\ntitle = "X"\nkind = "registered_only"\nbasis = "local"\n'
        'when = { factors = ["libery"], in_force = ["dols"], pathways = ["court"] }\ngrades = ["care-oficer"]\n'
    )
    answer = almoner("rules", "check", str(own))
    assert answer.code == 1
    for said in (
        "there is no factor libery; did you mean liberty?",
        "there is no thing in force dols",
        "care-officer?",
    ):
        assert said in answer.out
    own.write_text(own.read_text().replace('"court"', '"cort"'))
    assert "when.pathways" in almoner("rules", "check", str(own)).out
