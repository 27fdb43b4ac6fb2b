"""The vocabulary as packs say it: a council's own words, and what is wrong with a pack of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.rules import pack_set

HEAD = 'kind = "factors"\nid = "own"\ntitle = "Ours"\nversion = "1"\n'
POLICY = (
    'kind = "policies"\nid = "own-policies"\ntitle = "Ours"\nversion = "1"\n'
    '[[policies]]\nid = "hoard"\ntitle = "Hoarding"\nkind = "registered_only"\nbasis = "local"\n'
    'when = { factors = ["clutter image"] }\n'
)


def load(folder: Path, text: str, policies: str = "") -> pack_set.PackSet:
    (folder / "own.toml").write_text(HEAD + text)
    if policies:
        (folder / "a-policies.toml").write_text(policies)
    return pack_set.load([folder])


def test_a_team_declares_a_word_of_its_own_and_a_policy_reads_it(tmp_path: Path) -> None:
    found = load(tmp_path, '[[factors]]\nid = "clutter"\ntitle = "Clutter image"\nalso = ["CIR 5"]\n', POLICY)
    assert not found.problems
    assert found.factor_words.id_of("cir-5") == "clutter"
    read = {name: item["read_by"] for kind, name, item in found.items() if kind == "factor"}
    assert read["clutter"] == ["hoard"]
    assert "adults-liberty" in read["liberty"]
    assert read["self-neglect"] == []


def test_a_policy_of_a_word_nobody_declared_is_left_out(tmp_path: Path) -> None:
    found = load(tmp_path, '[[factors]]\nid = "other"\ntitle = "Other"\n', POLICY)
    (problem,) = found.problems
    assert (problem.rule, problem.key, problem.message) == ("hoard", "when.factors", "there is no factor clutter image")
    assert "hoard" not in found.policies


def test_a_council_may_say_more_of_a_word_that_ships(tmp_path: Path) -> None:
    found = load(tmp_path, '[[factors]]\nid = "autism"\ntitle = "Autism"\nalso = ["neurodivergent"]\n')
    assert not found.problems
    assert found.factor_words.id_of("neurodivergent") == "autism"
    means = found.written_policies()["adults-specialist-work"]["when"]["means"]
    assert "neurodivergent" in means[0]["words"]


FACTOR, FORCE = '[[factors]]\nid = "x"\ntitle = "X"\n', '[[in_force]]\nid = "x"\ntitle = "X"\n'
GRANTED, DETAINED = f'{FORCE}begins = ["dols_authorised"]\n', f'{FORCE}begins = ["mha_detained"]\n'


@pytest.mark.parametrize(
    ("text", "rule", "key", "said"),
    [
        ('[[factors]]\nid = "x"\ntitle = "DoLS"\n', "x", "also", "“DoLS” means liberty already"),
        (f'{FACTOR}in_force = ["dols-standrd"]\n', "x", "in_force", "did you mean dols-standard?"),
        (f'{FORCE}begins = ["dols_authorized"]\n', "x", "begins", "did you mean dols_authorised?"),
        (f'{DETAINED}ended = ["gone"]\n', "x", "ended", "no kind of event gone"),
        (f'{GRANTED}until = "end"\n', "x", "until", "has no detail end; did you mean ends?"),
        (f'{GRANTED}until = "conditions"\n', "x", "until", "is no day"),
        (f"{DETAINED}days = 28\n", "x", "citations", "needs one"),
        (FACTOR + FACTOR, "", "", "factors: x is there twice"),
    ],
)
def test_what_is_wrong_with_a_pack_of_words_is_named(tmp_path: Path, text: str, rule: str, key: str, said: str) -> None:
    found = load(tmp_path, text)
    (problem,) = found.problems
    assert (problem.rule, problem.key) == (rule, key)
    assert said in problem.message
    assert found.factors.keys() == pack_set.load().factors.keys()


def test_the_example_of_the_manual_is_a_pack(tmp_path: Path) -> None:
    text = (Path(pack_set.__file__).resolve().parents[2] / "docs" / "policies.md").read_text("utf-8")
    (example,) = (block for block in text.split("```toml\n")[1:] if block.startswith('kind = "factors"'))
    (tmp_path / "words.toml").write_text(example.split("```")[0], encoding="utf-8")
    found = pack_set.load([tmp_path])
    assert not found.problems
    assert found.factor_words.id_of("cir 5") == "hoarding-group"
    assert "direct-payment" in found.in_force
