"""Table cohorts: what the cohorts' declarations say about all their patients."""

from __future__ import annotations

from dataclasses import replace

from radgen_assets.contracts.tables.keys import CENTRE, COHORT
from radgen_assets.contracts.tables.schema import ColumnSchema, DType, Layer, TableSchema
from radgen_assets.contracts.units import ExpressionUnit

COHORTS = TableSchema(
    name="cohorts",
    layer=Layer.gathered,
    grain="one row a cohort",
    description="Declared facts of each cohort.",
    key=("cohort",),
    made_by=("raw", "cohorts"),
    columns=(
        replace(COHORT, unique=True),
        ColumnSchema("title", DType.text, "Title for people."),
        CENTRE,
        ColumnSchema(
            "times_known_for",
            DType.text,
            "Whose survival times the source gives; with `dead_only` no survival model can be made.",
            allowed=("all", "dead_only"),
        ),
        ColumnSchema(
            "expression_unit",
            DType.text,
            "Unit of the expression matrix.",
            nullable=True,
            allowed=tuple(unit.value for unit in ExpressionUnit),
        ),
        ColumnSchema("expression_platform", DType.text, "Platform of the expression matrix.", nullable=True),
        ColumnSchema(
            "primary_maker",
            DType.text,
            "Maker whose masks predictors are made from; missing: all masks come from one maker.",
            nullable=True,
        ),
        ColumnSchema("source", DType.text, "Where the data come from.", nullable=True),
        ColumnSchema("consent", DType.text, "What the patients agreed to.", nullable=True),
    ),
)
