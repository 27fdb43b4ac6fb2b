"""Points from answers, worked out on what a scheme says as plain values (``Scheme.as_item``): hundredths of a point.

No pydantic here: the lists that open first explain a load with this, and old versions of a scheme are kept so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.core.errors import BadInput
from domain.core.text import shown

UPLIFT = "uplift"

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """What one factor adds, in hundredths of a point; the line called ``uplift`` is what was added by hand."""

    factor: str
    title: str
    value: str
    answer: str
    points: int


@dataclass(frozen=True, slots=True)
class Score:
    """A case's points in hundredths, and the lines they are the sum of."""

    points: int
    lines: tuple[ScoreLine, ...]


def score_item(scheme: Item, answers: Mapping[str, object], uplift: int = 0) -> Score:
    """Return the points of a case; BadInput names the factor that is unknown, unanswered or answered oddly."""
    factors = scheme.get("factors") or ()
    if not factors:
        raise no_points(scheme)
    known = [factor["id"] for factor in factors]
    for name in answers:
        if name not in known:
            raise BadInput(
                f"{shown(name) or 'answers'}: not a factor of {scheme['id']}.",
                field=shown(name) or "answers",
                hint=f"Its factors are {', '.join(known)}.",
            )
    by_id = dict(zip(known, factors, strict=True))
    lines = [_line(factor, answers, by_id) for factor in factors]
    if uplift:
        lines.append(_uplift_line(scheme, uplift, sum(line.points for line in lines)))
    return Score(sum(line.points for line in lines), tuple(lines))


def no_points(scheme: Item) -> BadInput:
    """Return the refusal of a scheme that is only a frame."""
    return BadInput(
        f"{scheme['id']} has no points yet.",
        field="scheme",
        where="scheme",
        hint="Fill in its factors in a pack of your own, or choose another scheme.",
    )


def _line(factor: Item, answers: Mapping[str, object], by_id: Mapping[str, Item]) -> ScoreLine:
    option = _option(factor, answers.get(factor["id"]))
    points = option["points"]
    if isinstance(points, Mapping):
        points = points[_option(by_id[factor["by"]], answers.get(factor["by"]))["value"]]
    return ScoreLine(factor["id"], factor["title"], option["value"], option["title"], points)


def _option(factor: Item, answer: object) -> Item:
    name, options = factor["id"], factor["options"]
    found = None if answer is None else next((o for o in options if o["value"] == str(answer)), None)
    if found is None:
        said = f"{name}: not answered." if answer is None else f'{name}: "{shown(answer)}" is not an answer.'
        choices = ", ".join(option["value"] for option in options)
        raise BadInput(said, field=name, hint=f"Choose one of {choices}.")
    chosen: Item = found
    return chosen


def _uplift_line(scheme: Item, uplift: int, before: int) -> ScoreLine:
    """Return the line added by hand: within the cap, and never taking a case below nothing."""
    most = scheme.get("most_uplift")
    if most is None:
        raise BadInput(
            f"uplift: {scheme['id']} lets nothing be added by hand.",
            field=UPLIFT,
            hint="Leave it out, or give the scheme a most_uplift in a pack of your own.",
        )
    if abs(uplift) > most:
        raise BadInput(
            f"uplift: {uplift / 100:g} is more than {scheme['id']} allows.",
            field=UPLIFT,
            hint=f"At most {most / 100:g} may be added or taken by hand.",
        )
    return ScoreLine(UPLIFT, "By hand", f"{uplift / 100:+g}", f"{uplift / 100:+g}", max(uplift, -before))


def default_item_answers(scheme: Item, pathways: Iterable[str], *, further: bool = False) -> dict[str, str]:
    """Return the answers assumed for a case not weighed yet: per factor, the heaviest default of its pathways.

    ``further``: a brother or sister of a child counted already, for whom a factor may have an answer of its own.
    """
    wanted = set(pathways)
    assumed = [a["answers"] for a in scheme.get("defaults", ()) if wanted & set(a["pathways"])]
    found: dict[str, str] = {}
    factors = scheme.get("factors", ())
    for factor in sorted(factors, key=lambda f: bool(f.get("by"))):  # what others go by comes first
        found[factor["id"]] = (further and _for_siblings(factor)) or _heaviest(factor, assumed, found)
    return {factor["id"]: found[factor["id"]] for factor in factors}


def _for_siblings(factor: Item) -> str:
    return next((str(option["value"]) for option in factor["options"] if option.get("for_siblings")), "")


def _heaviest(factor: Item, assumed: Sequence[Mapping[str, str]], found: Mapping[str, str]) -> str:
    taken = {answers[factor["id"]] for answers in assumed if factor["id"] in answers}
    options = [o for o in factor["options"] if o["value"] in taken] or [o for o in factor["options"] if o["default"]]
    return str(max(options, key=lambda option: _points(factor, option, found))["value"])


def _points(factor: Item, option: Item, found: Mapping[str, str]) -> int:
    points = option["points"]
    return int(points[found[factor["by"]]] if isinstance(points, Mapping) else points)
