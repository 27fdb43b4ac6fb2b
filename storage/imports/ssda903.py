"""The looked-after children's return (SSDA903): children, episodes, reviews, missing, adoption and social workers.

Files are recognised by their headings. The yearly answers of OC2 and OC3 carry no dates, and none are made up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from domain.ids import Pathway, Role
from storage.imports import care
from storage.imports.aliases import change_reason
from storage.imports.care import Episode, Period
from storage.imports.days import Days
from storage.imports.extract import Extract
from storage.imports.reading import Table

SOURCE = "ssda903"
DEFAULT_TEAM = "Imported"
UNACCOMPANIED = "Unaccompanied asylum-seeking child"
GRADE = "children-sw"

# What a file is, by headings only it has; the first that fits.
KINDS: tuple[tuple[str, frozenset[str]], ...] = (
    ("episodes", frozenset({"child", "decom"})),
    ("reviews", frozenset({"child", "review"})),
    ("missing", frozenset({"child", "misstart"})),
    ("placed_adoption", frozenset({"child", "dateplaced"})),
    ("prev_perm", frozenset({"child", "prevperm"})),
    ("ad1", frozenset({"child", "datematch"})),
    ("social_worker", frozenset({"child", "swid"})),
    ("uasc", frozenset({"child", "duc"})),
    ("oc2", frozenset({"child", "healthassessment"})),
    ("oc3", frozenset({"child", "intouch"})),
    ("header", frozenset({"child", "dob"})),
)
WANTED = ("header", "episodes", "reviews")
_HEADINGS = """
child sex gender dob ethnic upn mother mcdob decom rne ls cin place placeprovider dec rec reasonplacechange homepost
plpost urn review reviewcode missing misstart misend sdqscore sdqreason convicted healthcheck immunisations teethcheck
healthassessment substancemisuse interventionreceived interventionoffered duc intouch activ accom dateint datematch
fostercare nbadoptr sexadoptr lsadoptr dateplaced dateplacedceased reasonplacedceased prevperm laperm dateperm swid
start end reason
"""
KNOWN = frozenset(_HEADINGS.split())


def kind_of(table: Table) -> str | None:
    """Return which file of the return a table is, or None."""
    headings = set(table.columns)
    return next((kind for kind, needs in KINDS if needs <= headings), None)


@dataclass(slots=True)
class _Return:
    """The return while it is being read."""

    extract: Extract
    today: date
    team: str
    days: Days = field(default_factory=Days)
    tables: dict[str, list[Table]] = field(default_factory=lambda: defaultdict(list))
    born: dict[str, date | None] = field(default_factory=dict)
    home: dict[str, tuple[str, int]] = field(default_factory=dict)
    periods: dict[str, list[Period]] = field(default_factory=dict)
    factors: dict[str, tuple[str, ...]] = field(default_factory=dict)
    adopting: set[str] = field(default_factory=set)
    known_cases: frozenset[str] = frozenset()
    first_review: dict[str, date] = field(default_factory=dict)
    assumed: int = 0

    def each(
        self, kind: str, *days: str
    ) -> Iterator[tuple[tuple[str, int], str, list[str], dict[str, int], list[date | None]]]:
        """Yield each row of a kind of file that belongs to a known child: origin, child, cells, columns, its days."""
        for table in self.tables[kind]:
            columns = [self.days.column(table, name) for name in days]
            births = self.days.column(table, "dob", personal=True)
            child_at = table.columns["child"]
            for index, (number, cells) in enumerate(table.rows):
                origin = (table.file, number)
                child = cells[child_at]
                if self._is_child(origin, child, births[index], kind):
                    yield origin, child, cells, table.columns, [column[index] for column in columns]

    def _is_child(self, origin: tuple[str, int], child: str, born: date | None, kind: str) -> bool:
        if not child:
            self.extract.set_aside(origin, "CHILD", "", "no child is named")
            return False
        if kind == "episodes":
            return True
        known = self.born.get(child)
        if known is not None and born is not None and born != known:
            self.extract.set_aside(
                origin, "DOB", "", "another birth date than in the header: it may be another child", personal=True
            )
            return False
        return True

    def looked_after(self, origin: tuple[str, int], child: str) -> bool:
        """Whether the child is in this return with an episode, or on file already; else the row is set aside."""
        if child in self.periods or child in self.known_cases:
            return True
        self.extract.set_aside(origin, "CHILD", child, "no episode of care in this return says when this case opened")
        return False

    def happened(self, origin: tuple[str, int], column: str, day: date | None, value: str) -> bool:
        """Whether a needed day is there and not in the future; else the row is set aside."""
        if day is None:
            self.extract.set_aside(origin, column, value, "a day is needed here")
        elif day > self.today:
            self.extract.set_aside(origin, column, value, "lies in the future, so it has not happened")
        else:
            return True
        return False


def read(
    tables: list[Table], *, today: date, team: str | None = None, known_cases: frozenset[str] = frozenset()
) -> Extract:
    """Return what the files of the return say; ``known_cases`` are references that are on file already."""
    extract = Extract(SOURCE, speaks_for=frozenset({Pathway.LOOKED_AFTER, Pathway.ADOPTION, Pathway.SHORT_BREAKS}))
    work = _Return(extract, today, team or DEFAULT_TEAM, known_cases=known_cases)
    for table in tables:
        work.tables[kind_of(table) or ""].append(table)
    extract.missing_tables = [kind for kind in WANTED if not work.tables[kind]]
    _children(work)
    _episodes(work)
    _unaccompanied(work)
    _reviews(work)
    _missing(work)
    _adoption(work)
    _previous(work)
    _undated(work)
    _cases(work)
    _social_workers(work)
    if extract.items["worker"] or work.periods.keys() - known_cases:
        extract.add("team", {"name": work.team}, "", 0)
    extract.absorb(tables, KNOWN)
    return extract


def _children(work: _Return) -> None:
    for origin, child, _, _, (born,) in work.each("header", "dob"):
        if child in work.home:
            if born != work.born[child]:
                work.extract.set_aside(origin, "CHILD", child, "this child is listed twice with different birth dates")
            continue
        if born is not None and born > work.today:
            work.extract.fault(origin, "DOB", "", "the birth date lies in the future; left out", personal=True)
            born = None
        work.home[child] = origin
        work.born[child] = born


def _episodes(work: _Return) -> None:
    per_child: dict[str, list[Episode]] = defaultdict(list)
    for origin, child, cells, columns, (start, end) in work.each("episodes", "decom", "dec"):
        episode = _episode(work, origin, child, cells, columns, start, end)
        if episode is not None:
            per_child[child].append(episode)
    for child, episodes in per_child.items():
        joined = care.periods(episodes, _aside(work), _noted(work))
        if joined:
            work.periods[child] = joined
            work.home.setdefault(child, joined[0].episodes[0].origin)
    for child, joined in work.periods.items():
        for period in joined:
            work.assumed += not period.seen_start
            care.take_period(work.extract, child, period)
    if work.assumed:
        work.extract.notes.append(
            f"{work.assumed:,} periods of care begin with an episode that is not marked as their start: its first day "
            "was taken as the day the child became looked after."
        )


_NAMES = {"start": "DECOM", "end": "DEC"}


def _aside(work: _Return) -> care.Fault:
    return lambda episode, column, value, why: work.extract.set_aside(episode.origin, _NAMES[column], value, why)


def _noted(work: _Return) -> care.Fault:
    return lambda episode, column, value, why: work.extract.fault(episode.origin, _NAMES[column], value, why)


def _episode(
    work: _Return,
    origin: tuple[str, int],
    child: str,
    cells: list[str],
    columns: dict[str, int],
    start: date | None,
    end: date | None,
) -> Episode | None:
    value = _cells(cells, columns)
    if not work.happened(origin, "DECOM", start, value("decom")):
        return None
    assert start is not None
    born = work.born.get(child)
    if born is not None and start < born:
        work.extract.set_aside(origin, "DECOM", value("decom"), "lies before the birth date")
        return None
    if end is not None and end < start:
        work.extract.set_aside(origin, "DEC", value("dec"), "the episode ends before it starts")
        return None
    if end is not None and end > work.today:
        work.extract.fault(origin, "DEC", value("dec"), "lies in the future; taken as not ended")
        end = None
    reason = value("rec").upper()
    if end is None and reason:
        work.extract.fault(origin, "REC", reason, "a reason for ceasing without a day; taken as not ended")
        reason = ""
    return Episode(
        origin,
        start,
        end,
        value("rne").upper(),
        reason,
        _code(work, origin, "LS", value("ls"), care.LEGAL_STATUSES),
        _code(work, origin, "PLACE", value("place"), care.PLACEMENTS),
    )


def _cells(cells: list[str], columns: dict[str, int]) -> Callable[[str], str]:
    def value(name: str) -> str:
        place = columns.get(name)
        return "" if place is None else cells[place]

    return value


def _code(work: _Return, origin: tuple[str, int], column: str, code: str, known: frozenset[str]) -> str:
    code = code.upper()
    if not code or code in known:
        return code
    work.extract.fault(origin, column, code, "not a code of the return; left out")
    return ""


def _reviews(work: _Return) -> None:
    held_in: dict[tuple[str, date | None], date] = {}
    found = []
    for origin, child, cells, columns, (held,) in work.each("reviews", "review"):
        value = _cells(cells, columns)
        if not work.looked_after(origin, child) or not work.happened(origin, "REVIEW", held, value("review")):
            continue
        assert held is not None
        periods = work.periods.get(child) or ()
        period = next((period for period in periods if period.covers(held)), None)
        if periods and period is None:
            work.extract.set_aside(origin, "REVIEW", value("review"), "the child was not looked after on that day")
            continue
        work.first_review[child] = min(held, work.first_review.get(child, held))
        place = (child, period.start if period and not period.seen_start else None)
        held_in[place] = min(held, held_in.get(place, held))
        found.append((origin, place, held, value("reviewcode").upper()))
    for origin, (child, assumed), held, code in found:
        details: dict[str, object] = {"participation": code} if code else {}
        if assumed and held == held_in[child, assumed] and (number := care.review_number(assumed, held)) > 1:
            details["number"] = number
        work.extract.event(child, "lac_review_held", held, origin, details or None)


def _missing(work: _Return) -> None:
    for origin, child, cells, columns, (start, end) in work.each("missing", "misstart", "misend"):
        value = _cells(cells, columns)
        if not work.looked_after(origin, child) or not work.happened(origin, "MIS_START", start, value("misstart")):
            continue
        assert start is not None
        if end is not None and end < start:
            work.extract.set_aside(origin, "MIS_END", value("misend"), "ends before it starts")
            continue
        kind = value("missing").upper()
        work.extract.event(child, "missing_started", start, origin, {"type": kind} if kind else None)
        if end is not None and end <= work.today:
            work.extract.event(child, "missing_ended", end, origin)


def _unaccompanied(work: _Return) -> None:
    for origin, child, _, _, (ceased,) in work.each("uasc", "duc"):
        if work.looked_after(origin, child) and (ceased is None or ceased > work.today):
            work.factors[child] = (UNACCOMPANIED,)


def _adoption(work: _Return) -> None:
    for origin, child, cells, columns, (placed, ceased) in work.each(
        "placed_adoption", "dateplaced", "dateplacedceased"
    ):
        value = _cells(cells, columns)
        if not work.looked_after(origin, child) or not work.happened(
            origin, "DATE_PLACED", placed, value("dateplaced")
        ):
            continue
        assert placed is not None
        work.extract.event(child, "placed_for_adoption", placed, origin)
        if ceased is None:
            work.adopting.add(child)


def _previous(work: _Return) -> None:
    """Earlier permanence arrangements and adopters' details: the child must be known, nothing more is needed here."""
    for kind in ("prev_perm", "ad1"):
        for origin, child, *_ in work.each(kind):
            work.looked_after(origin, child)


def _undated(work: _Return) -> None:
    for kind in ("oc2", "oc3"):
        count = 0
        for origin, child, _, _, (born,) in work.each(kind, "dob"):
            count += 1
            if work.looked_after(origin, child) and work.born.get(child) is None and child in work.periods:
                work.born[child] = born
        if count:
            work.extract.notes.append(
                f"{kind}: {count:,} rows of yearly answers carry no dates, so they made no events."
            )


def _cases(work: _Return) -> None:
    for child, origin in work.home.items():
        periods = work.periods.get(child)
        if not periods:
            if child not in work.known_cases:
                work.extract.set_aside(
                    origin, "CHILD", child, "no episode of care in this return says when this case opened"
                )
            continue
        latest = periods[-1]
        pathways = _pathways(latest, placed=child in work.adopting)
        opened = min(periods[0].start, work.first_review.get(child, periods[0].start))
        data = {"reference": child, "team": work.team, "pathways": pathways, "opened": opened, "soft": ("team",)}
        if (born := work.born.get(child)) is not None:
            data["born"] = born
        if child in work.factors:
            data["factors"] = work.factors[child]
        if latest.ended is None:
            work.extract.current_since[child] = latest.start
        else:
            data["closed"] = latest.ended
            data["close_reason"] = f"Ceased to be looked after ({latest.why_ended or 'X1'})"
        work.extract.add("case", data, *origin)


def _pathways(period: Period, *, placed: bool) -> tuple[Pathway, ...]:
    """Looked after; and adoption or short breaks, by the placement and legal status that stand."""
    last = period.episodes[-1]
    if period.ended is None and (placed or last.place in care.FOR_ADOPTION):
        return (Pathway.LOOKED_AFTER, Pathway.ADOPTION)
    if period.ended is None and last.legal in care.SHORT_BREAKS:
        return (Pathway.LOOKED_AFTER, Pathway.SHORT_BREAKS)
    return (Pathway.LOOKED_AFTER,)


_SW_COLUMNS = {
    "start": ("swepisodestartdate", "swdecom"),
    "end": ("swepisodeenddate", "swdec"),
    "reason": ("swreason", "swepisodereason"),
}


def _social_workers(work: _Return) -> None:
    """Take who held each child's case; the file's headings differ between years."""
    seen: set[str] = set()
    for table in work.tables["social_worker"]:
        for wanted, names in _SW_COLUMNS.items():
            name = next((n for n in names if n in table.columns), None)
            if name is not None:
                table.columns[wanted] = table.columns.pop(name)
    for origin, child, cells, columns, (start, end) in work.each("social_worker", "start", "end"):
        value = _cells(cells, columns)
        worker = value("swid")
        if not work.looked_after(origin, child) or not work.happened(origin, "SW start", start, value("start")):
            continue
        if not worker:
            work.extract.set_aside(origin, "SW_ID", "", "no worker is named")
            continue
        if worker not in seen:
            seen.add(worker)
            named = {"staff_id": worker, "name": worker, "team": work.team, "grade": GRADE}
            work.extract.add("worker", named, *origin)
        data = {"case": child, "worker": worker, "role": Role.ALLOCATED, "starts": start}
        data |= {"ends": end} if end is not None else {}
        reason = change_reason(value("reason"))
        data |= {"reason": reason} if reason else {}
        work.extract.add("allocation", data, *origin)
