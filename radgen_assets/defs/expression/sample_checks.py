"""expression/sex_check+, expression/outliers+, expression/duplicates+: is each sample who it is said to be."""

from __future__ import annotations

from radgen_assets.contracts.errors import MissingByRight
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.frames import DrawnTable, Table
from radgen_assets.contracts.sources import CohortMembers, ThisCohort
from radgen_assets.defs.expression.matrix import matrix
from radgen_assets.factories.chain_checks import ValueCheck, Verdict
from radgen_assets.factories.cohort_asset import cohort_asset
from radgen_assets.science.expression.checks.settings import (
    ComparedGenes,
    DuplicateSettings,
    OutlierSettings,
    SexCheckSettings,
)

KINDS = ("parquet", "png")


@cohort_asset(group="expression", settings=SexCheckSettings, code_version="1", kinds=KINDS)
def sex_check(
    cohort: ThisCohort, matrix: ExpressionMatrix, settings: SexCheckSettings, clinical: Table | None = None
) -> DrawnTable:
    """The sex that XIST and the Y-linked genes show, beside the recorded one.

    Grain: patient. Skipped where the matrix has none of these genes.
    """
    from radgen_assets.defs.expression.sample_tables import recorded_sex, sex_table
    from radgen_assets.science.expression.checks import pictures, sex

    if not sex.has_sex_genes(matrix):
        raise MissingByRight("the matrix has neither XIST nor a Y-linked gene")
    found = sex.sex_check(matrix, recorded_sex(clinical), settings)
    return sex_table(found, cohort.name, pictures.sex_picture(found))


@cohort_asset(group="expression", settings=OutlierSettings, code_version="1", kinds=KINDS)
def outliers(cohort: ThisCohort, matrix: ExpressionMatrix, settings: OutlierSettings) -> DrawnTable:
    """How far each sample lies from the others of its cohort, by principal components with a robust rule.

    Grain: patient. Nobody is left out by it. Skipped for cohorts too small to show what is usual.
    """
    from radgen_assets.defs.expression.sample_tables import outlier_table
    from radgen_assets.science.expression import expression_outliers
    from radgen_assets.science.expression.checks import pictures

    _enough(matrix, settings)
    found = expression_outliers(matrix, settings)
    return outlier_table(found, cohort.name, pictures.outlier_picture(found))


@cohort_asset(group="expression", settings=DuplicateSettings, code_version="1", kinds=KINDS)
def duplicates(
    cohort: ThisCohort, matrix: ExpressionMatrix, members: CohortMembers, settings: DuplicateSettings
) -> DrawnTable:
    """Each sample's most alike other one, and whether the two are most likely one sample.

    Grain: patient. Equal values raise a suspicion in the ledger; what is nearly equal is told here.
    """
    from radgen_assets.defs.expression.sample_tables import duplicate_table, persons_of
    from radgen_assets.science.expression import duplicate_samples
    from radgen_assets.science.expression.checks import pictures

    _enough(matrix, settings)
    found = duplicate_samples(matrix, persons_of(members, matrix.samples), settings)
    return duplicate_table(found, cohort.name, pictures.duplicate_picture(found))


def _enough(matrix: ExpressionMatrix, settings: ComparedGenes) -> None:
    n = len(matrix.samples)
    if n < settings.fewest_samples:
        raise MissingByRight(f"{n} samples do not show what is usual; it takes {settings.fewest_samples}")


def sexes_agree(found: DrawnTable) -> Verdict:
    """Every sample shows the sex that the clinical table records; undecided ones are counted and no failure."""
    from radgen_assets.defs.expression.sample_tables import judge_sexes

    return Verdict(*judge_sexes(found.frame))


def no_outliers(found: DrawnTable) -> Verdict:
    """No sample lies far from all others of its cohort."""
    from radgen_assets.defs.expression.sample_tables import judge_outliers

    return Verdict(*judge_outliers(found.frame))


def no_duplicates(found: DrawnTable) -> Verdict:
    """No two samples of two persons are so alike that they are most likely one."""
    from radgen_assets.defs.expression.sample_tables import judge_duplicates

    return Verdict(*judge_duplicates(found.frame))


SAMPLE_CHECKS = (
    ValueCheck(matrix, "sexes_agree", sex_check, sexes_agree),
    ValueCheck(matrix, "no_outliers", outliers, no_outliers),
    ValueCheck(matrix, "no_duplicate_patients", duplicates, no_duplicates),
)
