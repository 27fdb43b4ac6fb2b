"""Read, check and layer packs: those shipped, then the council's, then the team's.

A problem in a pack is a value with file, rule and key; all are shown together. A file with a problem is left out as a
whole, so what was in force before it stays in force.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.core.errors import NotFound
from storage.files.companion_files import label, old_label
from storage.rules.pack_faults import PackProblem
from storage.rules.pack_reading import Pack, Reading, content_of, files_in

if TYPE_CHECKING:
    from domain.allocation.factor_packs import Factor, Specialism, Standing
    from domain.allocation.known_words import Words
    from domain.allocation.policies import Policy
    from domain.core.enums import Nation
    from domain.core.workdays import Workdays
    from domain.learning.framework_packs import Framework
    from domain.learning.programme_packs import ProgrammeKind
    from domain.learning.progression_packs import Progression
    from domain.learning.registration_packs import RegistrationKind, Training
    from domain.load.grades import Grade
    from domain.load.reductions import Ramp, Reason
    from domain.load.schemes import Scheme
    from domain.rules.pack_parts import PackPart
    from domain.rules.pack_vocabulary import EventKind
    from domain.rules.rule_index import RuleBook
    from domain.rules.school_terms import TermPack
    from domain.supervision.format_packs import Format
    from domain.supervision.standards import DiscussionInterval, Ladder, MissedReason, Nudge, Standard, Tolerance

SHIPPED = Path(__file__).resolve().parents[2] / "domain" / "packs"
YEARS = range(1990, 2061)
_SUBDIVISIONS = {"england": "ENG", "wales": "WLS", "scotland": "SCT", "northern_ireland": "NIR"}


@dataclass(frozen=True)
class PackSet:
    """The packs in force."""

    rulebook: RuleBook
    event_kinds: Mapping[str, EventKind]
    schemes: Mapping[str, Scheme]
    grades: Mapping[str, Grade]
    problems: tuple[PackProblem, ...]
    digest: str
    packs: tuple[Pack, ...] = ()
    terms: Mapping[str, TermPack] = field(default_factory=dict)  # by nation
    reasons: Mapping[str, Reason] = field(default_factory=dict)  # for carrying less
    ramps: Mapping[str, Ramp] = field(default_factory=dict)
    factors: Mapping[str, Factor] = field(default_factory=dict)  # what may be marked on a case
    specialisms: Mapping[str, Specialism] = field(default_factory=dict)  # what a worker may bring
    in_force: Mapping[str, Standing] = field(default_factory=dict)  # authorisations, orders, plans
    policies: Mapping[str, Policy] = field(default_factory=dict)  # who may hold which case
    standards: Mapping[str, Standard] = field(default_factory=dict)  # how often somebody is supervised
    missed_reasons: Mapping[str, MissedReason] = field(default_factory=dict)
    intervals: Mapping[str, DiscussionInterval] = field(default_factory=dict)
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)
    nudges: Mapping[str, Nudge] = field(default_factory=dict)
    formats: Mapping[str, Format] = field(default_factory=dict)  # how a case or a topic is talked through
    programmes: Mapping[str, ProgrammeKind] = field(default_factory=dict)  # newly qualified years, placements
    frameworks: Mapping[str, Framework] = field(default_factory=dict)
    registrations: Mapping[str, RegistrationKind] = field(default_factory=dict)
    trainings: Mapping[str, Training] = field(default_factory=dict)
    progressions: Mapping[str, Progression] = field(default_factory=dict)
    _calendars: dict[str, Workdays] = field(default_factory=dict, repr=False, compare=False)

    @property
    def rule_ids(self) -> frozenset[str]:
        """Every name a rule may be called by: the ids of rules and of the series they take turns in."""
        return frozenset(name for rule in self.rulebook.all_rules.values() for name in (rule.id, rule.series))

    def scheme(self, name: str) -> Scheme:
        """Return a weighting scheme; raises NotFound."""
        found: Scheme = _one(self.schemes, name, "weighting scheme")
        return found

    def grade(self, name: str) -> Grade:
        """Return a grade; raises NotFound."""
        found: Grade = _one(self.grades, name, "grade")
        return found

    def standard(self, name: str) -> Standard:
        """Return a frequency standard of supervision; raises NotFound."""
        found: Standard = _one(self.standards, name, "supervision standard")
        return found

    def ramp(self, name: str) -> Ramp:
        """Return the steps of a ramp; raises NotFound."""
        found: Ramp = _one(self.ramps, name, "ramp")
        return found

    def calendar(self, nation: Nation | str) -> Workdays:
        """Return the working days of ``nation``, with the school terms and closure days that a pack gives."""
        found = self._calendars.get(nation)
        if found is None:
            found = self._calendars[nation] = _with_terms(calendar(nation), self.terms.get(str(nation)))
        return found

    def items(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield (kind, id, plain JSON values) of everything the packs say, for readers that should not read packs."""
        for pack in self.packs:
            yield "pack", f"{pack.file}", {name: getattr(pack, name) for name in Pack.__slots__}
        for rule in self.rulebook.all_rules.values():
            yield "rule", rule.id, rule.record()
        for kind in self.event_kinds.values():
            yield "event_kind", kind.kind, self._event_record(kind)
        parts: tuple[tuple[str, Mapping[str, PackPart]], ...] = (
            ("scheme", self.schemes),
            ("grade", self.grades),
            ("reduction_reason", self.reasons),
            ("ramp", self.ramps),
            ("standard", self.standards),
            ("missed_reason", self.missed_reasons),
            ("discussed", self.intervals),
            ("ladder", self.ladders),
            ("nudge", self.nudges),
            ("tolerance", self.tolerances),
            ("format", self.formats),
            ("programme", self.programmes),
            ("framework", self.frameworks),
            ("registration_kind", self.registrations),
            ("training", self.trainings),
            ("progression", self.progressions),
        )
        for key, records in parts:
            for name, record in records.items():
                yield key, name, record.as_item()
        yield from self._of_policies()
        for terms in self.terms.values():
            yield "terms", terms.id, terms.model_dump(mode="json")

    def written_policies(self) -> dict[str, dict[str, Any]]:
        """Return the policies by id, each with all that its words stand for."""
        from domain.allocation.policies import Known, written_out

        known = Known(self.grades, self.event_kinds, self.factors, self.specialisms, self.in_force)
        return {name: written_out(policy, known) for name, policy in self.policies.items()}

    def _of_policies(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield the policies, and the words that they read with the rules that do."""
        from domain.allocation.policies import read_by

        policies = self.written_policies()
        yield from (("policy", name, item) for name, item in policies.items())
        read = read_by(policies.values())
        for kind, words in (("factor", self.factors), ("specialism", self.specialisms), ("in_force", self.in_force)):
            for name, word in words.items():
                yield kind, name, {**word.as_item(), "read_by": read[kind].get(name, [])}

    @cached_property
    def factor_words(self) -> Words:
        """The factors by every spelling."""
        from domain.allocation.known_words import Words

        return Words(factor.as_item() for factor in self.factors.values())

    @cached_property
    def specialism_words(self) -> Words:
        """The specialisms by every spelling."""
        from domain.allocation.known_words import Words

        return Words(specialism.as_item() for specialism in self.specialisms.values())

    def _event_record(self, kind: EventKind) -> dict[str, Any]:
        record = kind.model_dump(mode="json", include={"kind", "title", "applies_to", "pathways", "details"})
        starts, answers = self.rulebook.starting(kind.kind), self.rulebook.answering(kind.kind)
        return {**record, "starts": list(starts), "answers": list(answers)}


def _one(found: Mapping[str, Any], name: str, what: str) -> Any:
    try:
        return found[name]
    except KeyError:
        hint = f"There are: {', '.join(sorted(found))}."
        raise NotFound(f"There is no {what} {name!r} in the packs in force.", field=what, hint=hint) from None


def _with_terms(days: Workdays, pack: TermPack | None) -> Workdays:
    from domain.core.workdays import Workdays

    if pack is None:
        return days
    terms = tuple((term.first, term.last) for term in pack.terms)
    return Workdays(days.nation, days.holidays, frozenset(pack.closures), terms)


@cache
def calendar(nation: Nation | str) -> Workdays:
    """Return the working days of ``nation``, with the bank holidays of 1990 to 2060 as known today."""
    import holidays

    from domain.core.enums import Nation
    from domain.core.workdays import Workdays

    known = holidays.country_holidays("GB", subdiv=_SUBDIVISIONS[str(nation)], years=YEARS)
    return Workdays(Nation(nation), frozenset(date(d.year, d.month, d.day) for d in known))


def digest(folders: Sequence[Path] = ()) -> str:
    """Return what tells one set of pack files from another: their names and bytes, layer by layer."""
    whole = hashlib.sha256()
    for folder in (SHIPPED, *folders):
        whole.update(b"layer\0")
        for path in files_in(folder):
            content = content_of(path)
            whole.update(f"{path.name}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    return whole.hexdigest()


def folders_beside(path: Path) -> list[Path]:
    """Return the layers of packs of one's own: the council's beside the database, then the folders inside that one.

    They are named after the database (``north.db``: ``north.db.packs``, or ``north.packs`` where no other database of
    the folder is called north; then ``north.db.packs/team``), and every layer counts for the whole database.
    """
    folder = path.with_name(f"{label(path)}.packs")
    if not folder.is_dir():
        folder = path.with_suffix(".packs")
        if not folder.is_dir() or old_label(path) is None:
            return []
    return [folder, *sorted(f for f in folder.iterdir() if f.is_dir() and f.name != "vectors")]


def nobodys_folder(path: Path) -> Path | None:
    """Return the folder of packs that two databases could mean by its name, so that it counts for neither."""
    folder = path.with_suffix(".packs")
    return folder if folder.is_dir() and not folders_beside(path) else None


def load(folders: Sequence[Path] = ()) -> PackSet:
    """Read the shipped packs and those in ``folders``, each layer over the ones before it."""
    if not folders:
        return _as_shipped(digest())
    whole = digest(folders)  # before they are read: what changes meanwhile is then noticed next time
    reading = _shipped(digest()).further()
    for folder in folders:
        reading.layer(Path(folder))
    return _sealed(reading, whole)


def load_over(folders: Sequence[Path], over: Path) -> PackSet:
    """Read the packs in force with a file or folder laid over them, as if it had been adopted.

    A pack of ``over`` with the id of one in ``folders`` is the next version of it, and is read in its place.
    """
    reading = _shipped(digest()).further()
    reading.instead = {str(data["id"]): path for path, data in Reading().read(files_in(over)) if "id" in data}
    for folder in folders:
        reading.layer(Path(folder))
    reading.take(path for path in files_in(over) if path not in reading.replacing)
    if not files_in(over):
        reading.problems.append(PackProblem(over.name, "", "", "there is no pack here"))
    return _sealed(reading, digest((*folders, over)))


@lru_cache(maxsize=1)
def _shipped(_digest: str) -> Reading:
    """Return the shipped packs as they were read; their digest tells whether they are still the same."""
    reading = Reading()
    reading.layer(SHIPPED)
    return reading


@lru_cache(maxsize=1)
def _as_shipped(whole: str) -> PackSet:
    """Return the set in force where nobody has packs of their own."""
    return _sealed(_shipped(whole), whole)


def _sealed(reading: Reading, whole: str) -> PackSet:
    """Return what was read as a set in force."""
    from domain.rules.compiler import build

    return PackSet(
        rulebook=build(reading.placed, reading.words()),
        event_kinds=reading.found["events"],
        schemes=reading.found["schemes"],
        grades=reading.found["grades"],
        problems=tuple(reading.problems),
        digest=whole,
        packs=tuple(reading.packs),
        terms=reading.terms,
        reasons=reading.found["reasons"],
        ramps=reading.found["ramps"],
        factors=reading.found["factors"],
        specialisms=reading.found["specialisms"],
        in_force=reading.found["in_force"],
        policies=reading.found["policies"],
        standards=reading.found["standards"],
        missed_reasons=reading.found["missed_reasons"],
        intervals=reading.found["intervals"],
        ladders=reading.found["ladders"],
        nudges=reading.found["nudges"],
        tolerances=reading.found["tolerances"],
        formats=reading.found["formats"],
        **{
            name: reading.found[name]
            for name in ("frameworks", "registrations", "trainings", "progressions", "programmes")
        },
    )
