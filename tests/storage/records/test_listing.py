"""What lists know of columns without loading the records agrees with what the records declare."""

from __future__ import annotations

from domain.core.field_facts import Shape, facts_of
from storage.opening import kinds, lists
from storage.records.listed import DAYS, FLAGS, HUNDREDTHS, SEVERAL

SHAPES = {
    Shape.DAY: DAYS,
    Shape.YES: FLAGS,
    Shape.LIST: SEVERAL,
    Shape.TABLE: SEVERAL,
    Shape.HUNDREDTHS: HUNDREDTHS,
}


def test_every_kind_is_listed_from_its_own_table_by_its_own_key() -> None:
    assert set(lists()) == {kind.name for kind in kinds()}
    for kind in kinds():
        listed = lists()[kind.name]
        assert (listed.table, listed.key) == (kind.table.name, kind.key)


def test_columns_are_fields_of_the_record() -> None:
    for kind in kinds():
        assert {kind.as_field(name) for name in lists()[kind.name].columns} <= set(kind.record.model_fields), kind.name


def test_a_name_means_the_same_in_every_kind() -> None:
    for kind in kinds():
        for name, fact in facts_of(kind.record).items():
            for shape, names in SHAPES.items():
                if names is not SHAPES.get(fact.shape):
                    assert name not in names, f"{kind.name}.{name} is no {shape}"
            if fact.shape in SHAPES:
                assert name in SHAPES[fact.shape], f"{kind.name}.{name}"


def test_nothing_is_said_of_columns_that_there_are_not() -> None:
    there = {name for kind in kinds() for name in kind.record.model_fields}
    assert there >= DAYS | FLAGS | SEVERAL | HUNDREDTHS
