"""Claims about the records: what is declared once is declared whole."""

import dataclasses

import pytest

from pipeline import records

ROWS = [
    records.Article,
    records.Duplicate,
    records.ClusterRow,
    records.RelationRow,
    records.Removal,
    records.QuarantineRow,
    records.RecordRow,
    records.RunRow,
]
TYPES = {"string", "list<string>", "list<int64>", "int64", "float64", "bool", "date32", "timestamp"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.__name__)
def test_every_column_declares_a_known_type_and_a_meaning(row: type) -> None:
    facts = [field.metadata for field in dataclasses.fields(row)]

    assert all(fact["arrow"] in TYPES and len(fact["meaning"]) >= 8 for fact in facts)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.__name__)
def test_every_table_but_the_three_columns_of_duplicate_is_partitioned_by_date(row: type) -> None:
    partitions = [field.name for field in dataclasses.fields(row) if field.metadata["partition"]]

    assert partitions == ([] if row is records.Duplicate else ["date"])


def test_only_body_and_subheads_are_kept() -> None:
    assert {one for one in records.LineClass if one.kept} == {records.LineClass.BODY, records.LineClass.SUBHEAD}
