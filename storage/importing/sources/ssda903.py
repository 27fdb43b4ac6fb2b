"""The looked-after children's return (SSDA903): children, episodes, reviews, missing, adoption and social workers.

Files are recognised by their headings. The yearly answers of OC2 and OC3 carry no dates, and none are made up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from domain.core.enums import Pathway, Role
from storage.importing.extract import Extract
from storage.importing.files.aliases import change_reason
from storage.importing.files.day_columns import Days
from storage.importing.files.rows import Row, rows_of
from storage.importing.files.tables import Table
from storage.importing.sources import care_periods
from storage.importing.sources.care_periods import Episode, Period

SOURCE = "ssda903"
DEFAULT_TEAM = "Imported"
UNACCOMPANIED = "Unaccompanied asylum-seeking child"
GRADE = "children-sw"
NO_EPISODE = "no episode of care in this return says when this case opened"

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

    def each(self, kind: str, *days: str) -> Iterator[tuple[Row, str]]:
        """Yield each row of a kind of file, with the child it belongs to."""
        for table in self.tables[kind]:
            for row in rows_of(table, self.days, (*days, "dob")):
                child = row["child"]
                known = self.born.get(child) if kind != "episodes" else None
                if not child:
                    self.extract.set_aside(row.origin, "CHILD", "", "no child is named")
                elif known is not None and row.day("dob") not in (None, known):
                    why = "another birth date than in the header: it may be another child"
                    self.extract.set_aside(row.origin, "DOB", "", why)
                else:
                    yield row, child

    def looked_after(self, row: Row, child: str) -> bool:
        """Whether the child is in this return with an episode, or on file already; else the row is set aside."""
        if child in self.periods or child in self.known_cases:
            return True
        self.extract.set_aside(row.origin, "CHILD", child, NO_EPISODE)
        return False

    def happened(self, row: Row, heading: str, shown: str = "") -> date | None:
        """Return a needed day; a row in which it is missing or lies in the future is set aside."""
        day = row.day(heading)
        if day is not None and day <= self.today:
            return day
        why = "a day is needed here" if day is None else "lies in the future, so it has not happened"
        self.extract.set_aside(row.origin, shown or heading.upper(), row[heading], why)
        return None

    def in_care(self, row: Row, child: str, heading: str, shown: str = "") -> date | None:
        """Return a needed day of a child who is looked after; any other row is set aside."""
        return self.happened(row, heading, shown) if self.looked_after(row, child) else None


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
    for row, child in work.each("header"):
        born = row.day("dob")
        if child in work.home:
            if born != work.born[child]:
                why = "this child is listed twice with different birth dates"
                work.extract.set_aside(row.origin, "CHILD", child, why)
            continue
        if born is not None and born > work.today:
            work.extract.fault(row.origin, "DOB", "", "the birth date lies in the future; left out")
            born = None
        work.home[child] = row.origin
        work.born[child] = born


def _episodes(work: _Return) -> None:
    per_child: dict[str, list[Episode]] = defaultdict(list)
    for row, child in work.each("episodes", "decom", "dec"):
        if (episode := _episode(work, row, child)) is not None:
            per_child[child].append(episode)
    for child, episodes in per_child.items():
        joined = care_periods.periods(episodes, work.extract, "DECOM", "DEC")
        if joined:
            work.periods[child] = joined
            work.home.setdefault(child, joined[0].episodes[0].origin)
    for child, joined in work.periods.items():
        for period in joined:
            work.assumed += not period.seen_start
            care_periods.take_period(work.extract, child, period)
    if work.assumed:
        work.extract.notes.append(
            f"{work.assumed:,} periods of care begin with an episode that is not marked as their start: its first day "
            "was taken as the day the child became looked after."
        )


def _episode(work: _Return, row: Row, child: str) -> Episode | None:
    start, end = work.happened(row, "decom"), row.day("dec")
    if start is None:
        return None
    born = work.born.get(child)
    if born is not None and start < born:
        work.extract.set_aside(row.origin, "DECOM", row["decom"], "lies before the birth date")
        return None
    if end is not None and end < start:
        work.extract.set_aside(row.origin, "DEC", row["dec"], "the episode ends before it starts")
        return None
    if end is not None and end > work.today:
        work.extract.fault(row.origin, "DEC", row["dec"], "lies in the future; taken as not ended")
        end = None
    reason = row["rec"].upper()
    if end is None and reason:
        work.extract.fault(row.origin, "REC", reason, "a reason for ceasing without a day; taken as not ended")
        reason = ""
    legal = _code(work, row, "LS", care_periods.LEGAL_STATUSES)
    place = _code(work, row, "PLACE", care_periods.PLACEMENTS)
    return Episode(row.origin, start, end, row["rne"].upper(), reason, legal, place)


def _code(work: _Return, row: Row, column: str, known: frozenset[str]) -> str:
    code = row[column.lower()].upper()
    if not code or code in known:
        return code
    work.extract.fault(row.origin, column, code, "not a code of the return; left out")
    return ""


def _reviews(work: _Return) -> None:
    held_in: dict[tuple[str, date | None], date] = {}
    found = []
    for row, child in work.each("reviews", "review"):
        held = work.in_care(row, child, "review")
        if held is None:
            continue
        periods = work.periods.get(child) or ()
        period = next((period for period in periods if period.covers(held)), None)
        if periods and period is None:
            work.extract.set_aside(row.origin, "REVIEW", row["review"], "the child was not looked after on that day")
            continue
        work.first_review[child] = min(held, work.first_review.get(child, held))
        place = (child, period.start if period and not period.seen_start else None)
        held_in[place] = min(held, held_in.get(place, held))
        found.append((row.origin, place, held, row["reviewcode"].upper()))
    for origin, (child, assumed), held, code in found:
        details: dict[str, object] = {"participation": code} if code else {}
        if assumed and held == held_in[child, assumed] and (number := care_periods.review_number(assumed, held)) > 1:
            details["number"] = number
        work.extract.event(child, "lac_review_held", held, origin, details or None)


def _missing(work: _Return) -> None:
    for row, child in work.each("missing", "mis_start", "mis_end"):
        start, end = work.in_care(row, child, "mis_start"), row.day("mis_end")
        if start is None:
            continue
        if end is not None and end < start:
            work.extract.set_aside(row.origin, "MIS_END", row["mis_end"], "ends before it starts")
            continue
        kind = row["missing"].upper()
        work.extract.event(child, "missing_started", start, row.origin, {"type": kind} if kind else None)
        if end is not None and end <= work.today:
            work.extract.event(child, "missing_ended", end, row.origin)


def _unaccompanied(work: _Return) -> None:
    for row, child in work.each("uasc", "duc"):
        ceased = row.day("duc")
        if work.looked_after(row, child) and (ceased is None or ceased > work.today):
            work.factors[child] = (UNACCOMPANIED,)


def _adoption(work: _Return) -> None:
    for row, child in work.each("placed_adoption", "date_placed", "date_placed_ceased"):
        placed = work.in_care(row, child, "date_placed")
        if placed is not None:
            work.extract.event(child, "placed_for_adoption", placed, row.origin)
            if row.day("date_placed_ceased") is None:
                work.adopting.add(child)


def _previous(work: _Return) -> None:
    """Check that the child of an earlier permanence arrangement or adopter is known; nothing more is needed here."""
    for kind in ("prev_perm", "ad1"):
        for row, child in work.each(kind):
            work.looked_after(row, child)


def _undated(work: _Return) -> None:
    for kind in ("oc2", "oc3"):
        count = 0
        for row, child in work.each(kind):
            count += 1
            if work.looked_after(row, child) and work.born.get(child) is None and child in work.periods:
                work.born[child] = row.day("dob")
        if count:
            work.extract.notes.append(
                f"{kind}: {count:,} rows of yearly answers carry no dates, so they made no events."
            )


def _cases(work: _Return) -> None:
    for child, origin in work.home.items():
        periods = work.periods.get(child)
        if not periods:
            if child not in work.known_cases:
                work.extract.set_aside(origin, "CHILD", child, NO_EPISODE)
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
    if period.ended is None and (placed or last.place in care_periods.FOR_ADOPTION):
        return (Pathway.LOOKED_AFTER, Pathway.ADOPTION)
    if period.ended is None and last.legal in care_periods.SHORT_BREAKS:
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
    for row, child in work.each("social_worker", "start", "end"):
        start = work.in_care(row, child, "start", "SW start")
        if start is None:
            continue
        worker, end, reason = row["swid"], row.day("end"), change_reason(row["reason"])
        if not worker:
            work.extract.set_aside(row.origin, "SW_ID", "", "no worker is named")
            continue
        if worker not in seen:
            seen.add(worker)
            named = {"staff_id": worker, "name": worker, "team": work.team, "grade": GRADE}
            work.extract.add("worker", named, *row.origin)
        data = {"case": child, "worker": worker, "role": Role.ALLOCATED, "starts": start}
        data |= {"ends": end} if end is not None else {}
        data |= {"reason": reason} if reason else {}
        work.extract.add("allocation", data, *row.origin)
