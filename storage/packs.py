"""Read, check and layer packs: those shipped, then the council's, then the team's.

A problem in a pack is a value with file, rule and key; all are shown together. A file with a problem is left out as a
whole, so what was in force before it stays in force.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.errors import NotFound
from storage.packplaces import PackProblem, placed, rules_given

if TYPE_CHECKING:
    from domain.compiling import PlacedRule, Vocabulary
    from domain.grades import Grade
    from domain.ids import Nation
    from domain.policies import Policy
    from domain.reductions import Ramp, Reason
    from domain.rulebook import RuleBook
    from domain.terms import TermPack
    from domain.vocabulary import EventKind
    from domain.weighting import PackPart, Scheme
    from domain.workdays import Workdays

SHIPPED = Path(__file__).resolve().parent.parent / "domain" / "packs"
LARGEST = 4_000_000  # bytes
YEARS = range(1990, 2061)
_SUBDIVISIONS = {"england": "ENG", "wales": "WLS", "scotland": "SCT", "northern_ireland": "NIR"}
# Those whose words the others use come first.
_ORDER = ("events", "grades", "schemes", "reductions", "policies", "terms", "rules")


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack file that is in force."""

    id: str
    title: str
    version: str
    kind: str
    file: str
    nation: str | None = None


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
    policies: Mapping[str, Policy] = field(default_factory=dict)  # who may hold which case
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
            ("policy", self.policies),
        )
        for key, records in parts:
            for name, record in records.items():
                yield key, name, record.as_item()
        for terms in self.terms.values():
            yield "terms", terms.id, terms.model_dump(mode="json")

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
    from domain.workdays import Workdays

    if pack is None:
        return days
    terms = tuple((term.first, term.last) for term in pack.terms)
    return Workdays(days.nation, days.holidays, frozenset(pack.closures), terms)


@cache
def calendar(nation: Nation | str) -> Workdays:
    """Return the working days of ``nation``, with the bank holidays of 1990 to 2060 as known today."""
    import holidays

    from domain.ids import Nation
    from domain.workdays import Workdays

    known = holidays.country_holidays("GB", subdiv=_SUBDIVISIONS[str(nation)], years=YEARS)
    return Workdays(Nation(nation), frozenset(date(d.year, d.month, d.day) for d in known))


def digest(folders: Sequence[Path] = ()) -> str:
    """Return what tells one set of pack files from another: their names and bytes, layer by layer."""
    whole = hashlib.sha256()
    for folder in (SHIPPED, *folders):
        whole.update(b"layer\0")
        for path in _files(folder):
            content = _bytes(path)
            whole.update(f"{path.name}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    return whole.hexdigest()


def folders_beside(path: Path) -> list[Path]:
    """Return the layers of packs of one's own: the council's beside the database, then the folders inside that one.

    They are named after the database (``north.db``: ``north.packs``, then ``north.packs/team``), and every layer counts
    for the whole database.
    """
    folder = path.with_suffix(".packs")
    return (
        [folder, *sorted(f for f in folder.iterdir() if f.is_dir() and f.name != "vectors")] if folder.is_dir() else []
    )


def load(folders: Sequence[Path] = ()) -> PackSet:
    """Read the shipped packs and those in ``folders``, each layer over the ones before it."""
    reading = _Reading()
    for folder in (SHIPPED, *folders):
        reading.layer(Path(folder))
    return reading.sealed(digest(folders))


def load_over(folders: Sequence[Path], over: Path) -> PackSet:
    """Read the packs in force with a file or folder laid over them, as if it had been adopted.

    A pack of ``over`` with the id of one in ``folders`` is the next version of it, and is read in its place.
    """
    reading = _Reading()
    reading.layer(SHIPPED)
    reading.instead = {str(data["id"]): path for path, data in _Reading().read(_files(over)) if "id" in data}
    for folder in folders:
        reading.layer(Path(folder))
    reading.take(path for path in _files(over) if path not in reading.replacing)
    if not _files(over):
        reading.problems.append(PackProblem(over.name, "", "", "there is no pack here"))
    return reading.sealed(digest((*folders, over)))


def _files(folder: Path) -> list[Path]:
    try:
        if folder.is_file():
            return [folder]
        return sorted(path for path in Path(folder).iterdir() if path.suffix == ".toml" and path.is_file())
    except OSError:
        return []


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError:
        return b""


def _models() -> dict[str, type[PackPart]]:
    """The kinds of pack: what a file of each may say."""
    from domain.grades import GradePack
    from domain.policies import PolicyPack
    from domain.reductions import ReductionPack
    from domain.rules import RulePack
    from domain.terms import TermPack
    from domain.vocabulary import EventPack
    from domain.weighting import SchemePack

    return {
        "rules": RulePack,
        "events": EventPack,
        "schemes": SchemePack,
        "grades": GradePack,
        "reductions": ReductionPack,
        "policies": PolicyPack,
        "terms": TermPack,
    }


@dataclass
class _Reading:
    """Layers being read."""

    placed: list[PlacedRule] = field(default_factory=list)
    terms: dict[str, TermPack] = field(default_factory=dict)
    found: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {"events": {}, "schemes": {}, "grades": {}, "reasons": {}, "ramps": {}, "policies": {}}
    )
    packs: list[Pack] = field(default_factory=list)
    problems: list[PackProblem] = field(default_factory=list)
    shipped: bool = True
    instead: dict[str, Path] = field(default_factory=dict)  # next versions, by the id of the pack they replace
    replacing: list[Path] = field(default_factory=list)  # those that have found their place

    def layer(self, folder: Path) -> None:
        """Read one folder of packs, or one file, over what is there."""
        if not (folder.is_dir() or folder.is_file()):
            self.problems.append(PackProblem(str(folder), "", "", "this folder of packs cannot be read"))
            return
        self.take(map(self._newest, _files(folder)) if self.instead else _files(folder))

    def take(self, paths: Iterable[Path]) -> None:
        """Read pack files as one layer, those whose words the others use first."""
        for path, data in sorted(self.read(paths), key=lambda one: _ORDER.index(one[1]["kind"])):
            self._take(path.name, data)
        self.shipped = False

    def read(self, paths: Iterable[Path]) -> list[tuple[Path, dict[str, Any]]]:
        """Return what the pack files among ``paths`` say."""
        return [(path, data) for path in paths if (data := self._toml(path)) is not None]

    def _newest(self, path: Path) -> Path:
        """Return the next version of a pack file in force, or the file itself."""
        said = dict(_Reading().read([path])).get(path, {})
        newer = self.instead.pop(str(said.get("id")), None)
        if newer is None:
            return path
        self.replacing.append(newer)
        return newer

    def _toml(self, path: Path) -> dict[str, Any] | None:
        """Return what a pack file says, without its examples; None when it is not a pack, with the problem noted."""
        content = _bytes(path)
        fault, data = "", None
        if not content or len(content) > LARGEST:
            fault = "empty, unreadable or too large"
        else:
            try:
                data = tomllib.loads(content.decode("utf-8-sig"))
            except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
                fault = f"not a TOML file in UTF-8: {error}"
        if data is not None and data.get("kind") not in _ORDER:
            fault = f"kind: say which kind of pack it is, one of {', '.join(_ORDER)}"
        if fault:
            self.problems.append(PackProblem(path.name, "", "", fault))
            return None
        if data is not None:
            data.pop("vectors", None)  # worked examples, for rules check
        return data

    def _take(self, file: str, data: dict[str, Any]) -> None:
        from domain.weighting import read_pack

        kind = str(data["kind"])
        given = rules_given(data)
        if kind == "rules" and not self.shipped:
            data = {**data, "rules": self._inherited(data.get("rules"))}
        pack, problems = read_pack(_models()[kind], data, file)
        if pack is None:
            self.problems += map(placed, problems)
            return
        take: Callable[[], bool] = (
            (lambda: self._rules(pack, given, file)) if kind == "rules" else (lambda: self._others(pack, kind, file))
        )
        if take():
            nation = getattr(pack, "nation", None)
            names = {"id": pack.id, "title": pack.title, "version": pack.version}  # type: ignore[attr-defined]
            self.packs.append(Pack(**names, kind=kind, file=file, nation=str(nation) if nation else None))

    def _inherited(self, rules: Any) -> Any:
        from domain.layering import inherit

        earlier = self._by_name()
        if not isinstance(rules, list):
            return rules
        return [inherit(rule, earlier) if isinstance(rule, dict) else rule for rule in rules]

    def _by_name(self) -> dict[str, PlacedRule]:
        from domain.layering import names

        return {name: one for one in self.placed for name in names(one)}

    def _others(self, pack: Any, kind: str, file: str) -> bool:
        if kind == "terms":
            self.terms[pack.nation.value] = pack
            return True
        if kind == "reductions":
            return self._reductions(pack, file)
        if kind == "policies" and not self._policies(pack, file):
            return False
        if kind == "schemes" and not self._schemes(pack, file):
            return False
        for record in getattr(pack, kind):
            self.found[kind][record.kind if kind == "events" else record.id] = record
        return True

    def _schemes(self, pack: Any, file: str) -> bool:
        problems = [
            PackProblem(file, scheme.id, key, f"there is no {word} {name}")
            for scheme in pack.schemes
            for key, word, kind in (("rescore_after", "kind of event", "events"), ("grade_percent", "grade", "grades"))
            for name in getattr(scheme, key)
            if name not in self.found[kind]
        ]
        self.problems += problems
        return not problems

    def _reductions(self, pack: Any, file: str) -> bool:
        known = self.found["reasons"].keys() | {reason.id for reason in pack.reasons}
        unknown = [ramp for ramp in pack.ramps if ramp.reason not in known]
        message = "there is no such reason"
        self.problems += [PackProblem(file, ramp.id, "reason", message) for ramp in unknown]
        if not unknown:
            self.found["reasons"] |= {reason.id: reason for reason in pack.reasons}
            self.found["ramps"] |= {ramp.id: ramp for ramp in pack.ramps}
        return not unknown

    def _policies(self, pack: Any, file: str) -> bool:
        from domain.policies import unknown_words

        faults = list(unknown_words(pack, self.found["grades"], self.found["events"]))
        self.problems += [PackProblem(file, policy, key, message) for policy, key, message in faults]
        return not faults

    def _rules(self, pack: Any, given: Mapping[str, list[str]], file: str) -> bool:
        from domain.compiling import PlacedRule, faults
        from domain.layering import clashes, lay

        earlier, problems = self._by_name(), []
        laid = self.placed
        for spec in pack.rules:
            said = clashes(spec, given.get(spec.id, ()), earlier)
            problems += [PackProblem(file, spec.id, key, message) for key, message in said]
            laid = lay(laid, PlacedRule(spec, pack.id, file, pack.nation))
        if not problems:
            problems = [placed(fault) for fault in faults(laid, self._words()) if fault.file == file]
        self.problems += problems
        if problems:
            return False
        self.placed = laid
        return True

    def _words(self) -> Vocabulary:
        from domain.compiling import Vocabulary

        grades = {name: grade.kind.value for name, grade in self.found["grades"].items()}
        return Vocabulary(self.found["events"], grades)

    def sealed(self, whole: str) -> PackSet:
        """Return what was read as a set in force."""
        from domain.compiling import build

        return PackSet(
            rulebook=build(self.placed, self._words()),
            event_kinds=self.found["events"],
            schemes=self.found["schemes"],
            grades=self.found["grades"],
            problems=tuple(self.problems),
            digest=whole,
            packs=tuple(self.packs),
            terms=self.terms,
            reasons=self.found["reasons"],
            ramps=self.found["ramps"],
            policies=self.found["policies"],
        )
