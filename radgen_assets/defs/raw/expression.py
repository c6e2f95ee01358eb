"""raw/expression+: the declared expression matrix of one cohort, in its own unit."""

from __future__ import annotations

from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.sources import ExpressionSource
from radgen_assets.factories.cohort_asset import cohort_asset
from radgen_assets.science.expression.fingerprints import sample_fingerprints


@cohort_asset(group="raw", settings=None, code_version="1", facts=sample_fingerprints, kinds=("parquet",))
def expression(source: ExpressionSource) -> ExpressionMatrix:
    """Genes x patients of one cohort, after the declared rules for gene ids, duplicates and samples of one person.

    Grain: gene, patient. The unit is the source's own and travels with the values.
    """
    from radgen_assets.formats.expression_tables import read_declared

    return read_declared(source)
