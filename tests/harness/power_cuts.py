"""Cuts the power while a kind of work goes on, again and again, and says what was found once it came back."""

from __future__ import annotations

import itertools
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tests.harness.disk import CutDisk, State, cuts
from tests.harness.recorder import Recorder, Site, recording
from tests.harness.victims.scene import ALIVE, Scene

ROUNDS = 30


def recorded(scene: Scene, spared: Site | None = None) -> Recorder:
    """Do the work once on a recording disk and return what was asked of it."""
    scene.begin()
    with recording(scene.folder, spared) as disk, closing(scene.work(random.Random(1))) as work:  # type: ignore[type-var]
        said = (one for one in work if one != ALIVE)
        for one in itertools.islice(said, scene.steps):
            disk.ack(one)
    return disk


def faults_after_cuts(scene: Scene, disk: Recorder, count: int) -> Counter[str]:
    """Cut the power so often, and return how often each kind of fault was found."""
    return Counter(_faults(scene, disk, count, 2))


def first_fault(scene: Scene, disk: Recorder) -> str:
    """Cut the power until there is a fault, thousands of times at most, and return its kind."""
    rounds = (_faults(scene, disk, 100, seed) for seed in range(ROUNDS))
    return next(itertools.chain.from_iterable(rounds), "")


def _faults(scene: Scene, disk: Recorder, count: int, seed: int) -> Iterator[str]:
    for state, acknowledged in cuts(disk.log, disk.start, count, random.Random(seed)):
        lay_out(scene.folder, state)
        if fault := scene.fault(acknowledged):
            yield fault.partition(":")[0]


def at_the_end(recorder: Recorder) -> State:
    """What the files hold when everything that was recorded is done."""
    disk = CutDisk(recorder.start)
    for operation in recorder.log:
        disk.play(operation)
    return disk.as_asked()


def lay_out(folder: Path, state: State) -> None:
    """Make the folder what the disk holds."""
    shutil.rmtree(folder)
    folder.mkdir()
    for name in sorted(state):  # a folder before what stands in it
        content = state[name]
        if content is None:
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(content)
