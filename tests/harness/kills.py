"""Kills a process that is at work, at any moment and without warning, and says what it left behind.

    python -m tests.harness.kills record --kills 500 --writers 2

Everything heavy is imported once and each victim is forked from here, so a kill costs little more than the work it
interrupts. No connection is ever open here while forking. Prints one line of JSON; without a kind of work, one for
each line of arguments it reads.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import select
import shlex
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.harness.victims import SCENES
from tests.harness.victims.scene import ALIVE, Scene

PATIENCE = 30


@dataclass
class Tally:
    """What came of a number of kills; ``faults`` by kind, with an example of each."""

    kills: int = 0
    acknowledged: int = 0
    hot_journals: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, fault: str | None) -> None:
        """Count one examination."""
        if fault:
            kind = fault.partition(":")[0]
            self.faults[kind] += 1
            self.examples.setdefault(kind, fault)


def run(scene: Scene, kills: int, writers: int, seed: int, *, till_fault: bool = False) -> Tally:
    """Kill ``kills`` times, ``writers`` victims at once; no more once there is a fault, ``till_fault``."""
    chance, tally = random.Random(seed), Tally()
    acknowledged: list[str] = []
    for number in range(kills):
        if number % scene.lives == 0 or tally.faults:
            scene.begin()
            acknowledged.clear()
        said, died = _one_kill(scene, writers, chance)
        acknowledged += said
        tally.add(died)
        tally.kills += 1
        tally.acknowledged += len(said)
        tally.hot_journals += scene.journal_is_hot()
        tally.add(scene.fault(acknowledged))
        if till_fault and tally.faults:
            break
    return tally


def _one_kill(scene: Scene, writers: int, chance: random.Random) -> tuple[list[str], str | None]:
    """Start the victims, wait for a first sign of life and a little longer, and kill them.

    Returns what they said, and a fault when one had died of its own.
    """
    started = [_start(scene, chance.randrange(2**32)) for _ in range(writers)]
    ready, _, _ = select.select([pipe for _, pipe in started], [], [], PATIENCE)
    time.sleep(chance.uniform(0, scene.longest))
    died = None if ready else "died: no victim did anything"
    for process, _ in started:
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        if not os.WIFSIGNALED(status):
            died = "died: a victim ended of its own"
    return [line for _, pipe in started for line in _drained(pipe)], died


def _start(scene: Scene, seed: int) -> tuple[int, int]:
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    try:
        os.close(reading)
        for said in scene.work(random.Random(seed)):
            os.write(writing, f"{said}\n".encode())
    except BaseException as error:  # a victim must never come back into the parent's code
        os.write(2, f"victim: {error!r}\n".encode())
    finally:
        os._exit(1)


def _drained(pipe: int) -> list[str]:
    with os.fdopen(pipe, "rb") as file:
        lines = file.read().decode().split("\n")
    return [line for line in lines[:-1] if line != ALIVE]


def main(arguments: list[str]) -> None:
    """Run from the command line, or for every line of arguments that comes in."""
    for words in [arguments] if arguments else map(shlex.split, sys.stdin):
        sys.stdout.write(json.dumps(vars(_asked(words))) + "\n")
        sys.stdout.flush()  # before anything is forked: a victim must have nothing to say


def _asked(arguments: list[str]) -> Tally:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scene", choices=sorted(SCENES))
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--writers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--till-fault", action="store_true")
    asked = parser.parse_args(arguments)
    with contextlib.ExitStack() as stack:
        folder = asked.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        scene = SCENES[asked.scene](folder)
        return run(scene, asked.kills, asked.writers, asked.seed, till_fault=asked.till_fault)


if __name__ == "__main__":
    main(sys.argv[1:])
