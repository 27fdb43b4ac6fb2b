"""The layers of packs as they are read: each file checked, and laid over what the layers before it said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.core import toml
from storage.rules.pack_faults import PackProblem, placed, rules_given

if TYPE_CHECKING:
    from domain.rules.compiler import PlacedRule, Vocabulary
    from domain.rules.pack_parts import PackPart
    from domain.rules.school_terms import TermPack

LARGEST = 4_000_000  # bytes
# Those whose words the others use come first.
_ORDER = (
    "events", "grades", "schemes", "reductions", "factors", "policies", "supervision", "formats", "frameworks",
    "registrations", "progressions", "programmes", "terms", "rules",
)  # fmt: skip
_LISTS = (
    "events", "grades", "schemes", "reasons", "ramps", "factors", "specialisms", "in_force", "policies",
    "standards", "missed_reasons", "intervals", "ladders", "nudges", "tolerances", "formats", "frameworks",
    "registrations", "trainings", "progressions", "programmes",
)  # fmt: skip

_VOCABULARY = ("factors", "specialisms", "in_force")


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack file that is in force."""

    id: str
    title: str
    version: str
    kind: str
    file: str
    nation: str | None = None


def files_in(folder: Path) -> list[Path]:
    """Return the pack files of a folder, or the one file, in order of name; none where it cannot be read."""
    try:
        if folder.is_file():
            return [folder]
        return sorted(path for path in Path(folder).iterdir() if path.suffix == ".toml" and path.is_file())
    except OSError:
        return []


def content_of(path: Path) -> bytes:
    """Return what a file holds, up to one byte more than is allowed; nothing where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError:
        return b""


def _models() -> dict[str, type[PackPart]]:
    """The kinds of pack: what a file of each may say."""
    from domain.allocation.factor_packs import FactorPack
    from domain.allocation.policies import PolicyPack
    from domain.learning.framework_packs import FrameworkPack
    from domain.learning.programme_packs import ProgrammePack
    from domain.learning.progression_packs import ProgressionPack
    from domain.learning.registration_packs import RegistrationPack
    from domain.load.grades import GradePack
    from domain.load.reductions import ReductionPack
    from domain.load.schemes import SchemePack
    from domain.rules.pack_schema import RulePack
    from domain.rules.pack_vocabulary import EventPack
    from domain.rules.school_terms import TermPack
    from domain.supervision.format_packs import FormatPack
    from domain.supervision.standards import SupervisionPack

    return {
        "rules": RulePack,
        "events": EventPack,
        "schemes": SchemePack,
        "grades": GradePack,
        "reductions": ReductionPack,
        "factors": FactorPack,
        "policies": PolicyPack,
        "supervision": SupervisionPack,
        "formats": FormatPack,
        "programmes": ProgrammePack,
        "frameworks": FrameworkPack,
        "registrations": RegistrationPack,
        "progressions": ProgressionPack,
        "terms": TermPack,
    }


@dataclass
class Reading:
    """Layers being read."""

    placed: list[PlacedRule] = field(default_factory=list)
    terms: dict[str, TermPack] = field(default_factory=dict)
    found: dict[str, dict[str, Any]] = field(default_factory=lambda: {name: {} for name in _LISTS})
    packs: list[Pack] = field(default_factory=list)
    problems: list[PackProblem] = field(default_factory=list)
    shipped: bool = True
    instead: dict[str, Path] = field(default_factory=dict)  # next versions, by the id of the pack they replace
    replacing: list[Path] = field(default_factory=list)  # those that have found their place

    def further(self) -> Reading:
        """Return what was read so far, to lay more over it and leave this as it is."""
        return Reading(
            placed=list(self.placed),
            terms=dict(self.terms),
            found={name: dict(records) for name, records in self.found.items()},
            packs=list(self.packs),
            problems=list(self.problems),
            shipped=self.shipped,
        )

    def layer(self, folder: Path) -> None:
        """Read one folder of packs, or one file, over what is there."""
        if not (folder.is_dir() or folder.is_file()):
            self.problems.append(PackProblem(str(folder), "", "", "this folder of packs cannot be read"))
            return
        self.take(map(self._newest, files_in(folder)) if self.instead else files_in(folder))

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
        said = dict(Reading().read([path])).get(path, {})
        newer = self.instead.pop(str(said.get("id")), None)
        if newer is None:
            return path
        self.replacing.append(newer)
        return newer

    def _toml(self, path: Path) -> dict[str, Any] | None:
        """Return what a pack file says, without its examples; None when it is not a pack, with the problem noted."""
        content = content_of(path)
        fault, data = "", None
        if not content or len(content) > LARGEST:
            fault = "empty, unreadable or too large"
        else:
            try:
                data = toml.parsed(content, LARGEST)
            except toml.TomlFault as error:
                fault = f"not a TOML file in UTF-8: it {error}"
        if data is not None and data.get("kind") not in _ORDER:
            fault = f"kind: say which kind of pack it is, one of {', '.join(_ORDER)}"
        if fault:
            self.problems.append(PackProblem(path.name, "", "", fault))
            return None
        if data is not None:
            data.pop("vectors", None)  # worked examples, for rules check
        return data

    def _take(self, file: str, data: dict[str, Any]) -> None:
        from domain.rules.pack_parts import read_through

        kind = str(data["kind"])
        given = rules_given(data)
        if kind == "rules" and not self.shipped:
            data = {**data, "rules": self._inherited(data.get("rules"))}
        if kind == "programmes":
            from domain.learning.programme_packs import inherit as like

            data = like(data, self.found["programmes"])
        pack, problems, likeness = read_through(_models()[kind], data, file)
        if pack is None:
            self.problems += map(placed, problems)
            self._look_further(likeness, kind, given, file)
            return
        if self.laid(pack, kind, given, file):
            nation = getattr(pack, "nation", None)
            names = {"id": pack.id, "title": pack.title, "version": pack.version}  # type: ignore[attr-defined]
            self.packs.append(Pack(**names, kind=kind, file=file, nation=str(nation) if nation else None))

    def laid(self, pack: Any, kind: str, given: Mapping[str, list[str]], file: str) -> bool:
        """Whether a pack could be laid over what is there: nothing that it names is unknown."""
        return self._rules(pack, given, file) if kind == "rules" else self._others(pack, kind, file)

    def _look_further(self, likeness: Any, kind: str, given: Mapping[str, list[str]], file: str) -> None:
        """Note what else is wrong with a pack that is left out: words that nobody knows."""
        if likeness is not None:
            trial = self.further()
            trial.problems = []
            trial.laid(likeness, kind, given, file)
            known = {str(one) for one in self.problems}
            self.problems += [one for one in trial.problems if str(one) not in known]

    def _inherited(self, rules: Any) -> Any:
        from domain.rules.layering import inherit

        earlier = self._by_name()
        if not isinstance(rules, list):
            return rules
        return [inherit(rule, earlier) if isinstance(rule, dict) else rule for rule in rules]

    def _by_name(self) -> dict[str, PlacedRule]:
        from domain.rules.layering import names

        return {name: one for one in self.placed for name in names(one)}

    def _others(self, pack: Any, kind: str, file: str) -> bool:
        if kind == "terms":
            self.terms[pack.nation.value] = pack
            return True
        if kind == "reductions":
            return self._reductions(pack, file)
        if kind == "factors" and not self._factors(pack, file):
            return False
        if kind == "policies" and not self._policies(pack, file):
            return False
        if kind == "schemes" and not self._schemes(pack, file):
            return False
        if kind == "programmes" and not self._programmes(pack, file):
            return False
        for name in _LISTS:
            for record in getattr(pack, name, ()):
                self.found[name][record.kind if name == "events" else record.id] = record
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

    def _programmes(self, pack: Any, file: str) -> bool:
        problems = [
            PackProblem(file, kind.id, key, f"there is no {word} {name}")
            for kind in pack.programmes
            for key, word, known in (("ramp", "ramp", "ramps"), ("standard", "supervision standard", "standards"))
            if (name := getattr(kind, key)) is not None and name not in self.found[known]
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

    def _factors(self, pack: Any, file: str) -> bool:
        from domain.allocation.factor_packs import faults_of

        return self._noted(file, faults_of(pack, *(self.found[name] for name in ("events", *_VOCABULARY))))

    def _policies(self, pack: Any, file: str) -> bool:
        from domain.allocation.policies import Known, unknown_words

        known = Known(*(self.found[name] for name in ("grades", "events", *_VOCABULARY)))
        return self._noted(file, unknown_words(pack, known))

    def _noted(self, file: str, faults: Iterable[tuple[str, str, str]]) -> bool:
        """Note faults as (part, key, message), and return whether there was none."""
        found = [PackProblem(file, *fault) for fault in faults]
        self.problems += found
        return not found

    def _rules(self, pack: Any, given: Mapping[str, list[str]], file: str) -> bool:
        from domain.rules.compiler import PlacedRule, faults
        from domain.rules.layering import clashes, lay

        earlier, problems = self._by_name(), []
        laid = self.placed
        for spec in pack.rules:
            said = clashes(spec, given.get(spec.id, ()), earlier)
            problems += [PackProblem(file, spec.id, key, message) for key, message in said]
            laid = lay(laid, PlacedRule(spec, pack.id, file, pack.nation))
        if not problems:
            problems = [placed(fault) for fault in faults(laid, self.words()) if fault.file == file]
        self.problems += problems
        if problems:
            return False
        self.placed = laid
        return True

    def words(self) -> Vocabulary:
        """Return the words that rules may use: events and grades."""
        from domain.rules.compiler import Vocabulary

        grades = {name: grade.kind.value for name, grade in self.found["grades"].items()}
        return Vocabulary(self.found["events"], grades)
