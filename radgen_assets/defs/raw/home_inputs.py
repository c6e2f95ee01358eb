"""raw/cohorts and raw/gene_sets: what the home's TOML files declare."""

from __future__ import annotations

from radgen_assets.contracts.frames import GeneSets, Table
from radgen_assets.contracts.sources import CohortDeclarations, GeneSetFiles
from radgen_assets.factories.cohort_asset import home_asset


@home_asset(group="raw", settings=None, code_version="1", kinds=("toml",))
def cohorts(declarations: CohortDeclarations) -> Table:
    """Every declared cohort: title, centre, units, source, consent.

    Grain: one row a cohort.
    """
    from radgen_assets.formats.gathering import cohort_table

    return cohort_table(declarations)


@home_asset(group="raw", settings=None, code_version="1", kinds=("gmt",))
def gene_sets(files: GeneSetFiles) -> GeneSets:
    """Gene sets of all GMT files that radgen.toml names.

    Grain: one set. A name that stands in two files is refused.
    """
    from radgen_assets.formats.gmt import read_gene_sets

    return read_gene_sets(files)
