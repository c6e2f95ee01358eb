"""raw/clinical+ and raw/molecular+: the declared sheets of one cohort under radgen's names and codings."""

from __future__ import annotations

from radgen_assets.contracts.frames import SheetTables
from radgen_assets.contracts.sources import ClinicalSheets, MolecularSheets
from radgen_assets.factories.cohort_asset import cohort_asset


@cohort_asset(group="raw", settings=None, code_version="1", kinds=("parquet",))
def clinical(sheets: ClinicalSheets) -> SheetTables:
    """Clinical columns of one cohort: declared names, codings and units; survival times in months.

    Grain: one row a patient. Source: the cohort's clinical sheets.
    """
    from radgen_assets.formats.sheet_tables import clinical_tables

    return clinical_tables(sheets)


@cohort_asset(group="raw", settings=None, code_version="1", kinds=("parquet",))
def molecular(sheets: MolecularSheets) -> SheetTables:
    """Molecular columns of one cohort: IDH, 1p/19q, MGMT and others as declared.

    Grain: one row a patient. Source: the cohort's molecular sheets.
    """
    from radgen_assets.formats.sheet_tables import molecular_tables

    return molecular_tables(sheets)
