"""raw/cohorts, raw/gene_sets and raw/gene_set_catalogue: what the home's TOML files declare."""

from __future__ import annotations

from radgen_assets.contracts.frames import GeneSets, Table
from radgen_assets.contracts.sources import CohortDeclarations, DeclaredGeneSets, GeneSetFiles
from radgen_assets.factories.cohort_asset import home_asset
from radgen_assets.formats.gene_set_collections import catalogue_facts


@home_asset(group="raw", settings=None, code_version="1", kinds=("toml",))
def cohorts(declarations: CohortDeclarations) -> Table:
    """Every declared cohort: title, centre, units, source, consent.

    Grain: one row a cohort.
    """
    from radgen_assets.formats.gathering import cohort_table

    return cohort_table(declarations)


@home_asset(group="raw", settings=None, code_version="2", kinds=("gmt",))
def gene_sets(files: GeneSetFiles) -> GeneSets:
    """Gene sets of all GMT files that radgen.toml names, with current symbols where a gene map is named.

    Grain: one set. A name that stands in two files is refused.
    """
    from radgen_assets.formats.gene_set_collections import read_gene_sets

    return read_gene_sets(files)


@home_asset(group="raw", settings=None, code_version="1", facts=catalogue_facts, kinds=("parquet",))
def gene_set_catalogue(declared: DeclaredGeneSets) -> Table:
    """Every gene set with its collection's name, version, licence and source, and its size.

    Grain: one set. What a matrix holds of them is in expression/gene_set_coverage.
    """
    from radgen_assets.formats.gene_set_collections import catalogue_table

    return catalogue_table(declared)
