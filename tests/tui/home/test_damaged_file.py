"""A file in which a bit has flipped: the right answer or a plain one, and nobody who only reads writes to it."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from storage.records.database import Database
from tests.raw import connect
from tests.storage.safety.test_doctor import forge
from tests.tui.shell import TODAY, Shell

pytestmark = pytest.mark.slow

PAGE = 4096
EVENT = '[[event]]\ncase = "C-1001"\nkind = "lac_visit"\non = 2026-05-01\n'
READING = (("doctor",), ("due", "--json"), ("caseload", "--json"))
FLIPS = 50  # of each sort


class Flip(NamedTuple):
    """One bit of a file."""

    byte: int
    bit: int

    def of(self, whole: bytes) -> bytes:
        data = bytearray(whole)
        data[self.byte] ^= 1 << self.bit
        return bytes(data)


def sort_of_places(whole: bytes, where: str, path: Path) -> list[int]:
    """The bytes of a file that a sort of damage may strike.

    Where the digest of the packs is another, they are taken for new ones and followed: that is no damage.
    """
    digest = re.search(rb"packs[0-9a-f]{64}|[0-9a-f]{64}packs", whole)
    spared = range(*digest.span()) if digest else range(0)
    return [n for n in _struck(whole, where, path) if n not in spared]


def _struck(whole: bytes, where: str, path: Path) -> list[int]:
    if where == "header":
        return list(range(100))
    if where == "anywhere":
        return list(range(len(whole)))
    if where == "what is kept":
        return [n for n, byte in enumerate(whole) if byte]
    with closing(connect(path, read_only=True)) as raw:
        roots = [root for (root,) in raw.execute("SELECT rootpage FROM sqlite_schema WHERE type = 'table'")]
    return [n for root in roots if root for n in range((root - 1) * PAGE, root * PAGE) if whole[n]]


@pytest.fixture
def document(tmp_path: Path) -> str:
    file = tmp_path / "visit.toml"
    file.write_text(EVENT)
    return str(file)


@pytest.mark.parametrize("where", ["anywhere", "header", "what is kept", "records"])
def test_a_flipped_bit_gives_the_right_answer_or_a_plain_one(
    team: Database, capsys: pytest.CaptureFixture[str], document: str, where: str
) -> None:
    team.close()
    almoner, whole = Shell(capsys, Path(team.path)), Path(team.path).read_bytes()
    right = {words: almoner(*words).out for words in READING}
    chance = random.Random(f"a bit in {where}")
    places = sort_of_places(whole, where, almoner.path)
    for flip in (Flip(chance.choice(places), chance.randrange(8)) for _ in range(FLIPS)):
        damaged = flip.of(whole)
        codes = []
        for words in READING:
            almoner.path.write_bytes(damaged)
            answer = almoner(*words)
            codes.append(answer.code)
            assert answer.code != 2 or answer.err.startswith("almoner: "), (flip, words)
            assert almoner.path.read_bytes() == damaged, (flip, words)
            if answer.code == 0 and codes[0] == 0 and words != ("doctor",):
                assert answer.out == right[words], (flip, words, "which the doctor does not notice")
        answer = almoner("record", "event", "--from", document)
        assert answer.code in (0, 2), flip
        if answer.code == 2:
            assert answer.err.startswith("almoner: "), flip
            assert almoner.path.read_bytes() == damaged, flip


def test_a_process_of_its_own_says_it_in_a_line(team: Database, document: str) -> None:
    team.close()
    path, whole = Path(team.path), Path(team.path).read_bytes()
    chance = random.Random("a bit in a process")
    places = sort_of_places(whole, "records", path)
    for flip in (Flip(chance.choice(places), chance.randrange(8)) for _ in range(3)):
        for words in (("doctor",), ("record", "event", "--from", document)):
            path.write_bytes(flip.of(whole))
            command = [sys.executable, "-m", "tui", "--database", str(path), "--today", TODAY, *words]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
            assert done.returncode in (0, 1, 2), flip
            assert "Traceback" not in done.stdout + done.stderr, flip
            assert "Something went wrong" not in done.stderr, flip


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE worker SET name = CAST(x'4f6bff' AS TEXT) WHERE staff_id = 'W2'",
        "UPDATE obligation SET legal_due = '2026-1q-01'",
        "UPDATE cases SET pathways = '[\"looked'",
        "UPDATE allocation SET starts = 'soon'",
        "UPDATE change SET after = substr(after, 5) WHERE after IS NOT NULL",
        "DROP TABLE obligation",
    ],
)
def test_what_cannot_be_read_back_is_said_to_be_damage(almoner: Shell, team: Database, statement: str) -> None:
    forge(team, statement)
    team.close()
    said = [almoner(*words) for words in (("due",), ("show", "case", "C-1001"), ("caseload",), ("undo",))]
    assert any(answer.code == 2 and "damaged" in answer.err for answer in said)
    assert not any("Okaf" in answer.err for answer in said)
