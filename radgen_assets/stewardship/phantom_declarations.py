"""The phantom's cohorts as declarations, each in another layout, coding and unit, as sources are.

The sheets on disk are written from these declarations (phantom_sheets.py), so that the two cannot disagree.
"""

from __future__ import annotations

from radgen_assets.contracts.cohort import (
    Cohort,
    Column,
    ColumnKind,
    ExpressionDeclaration,
    IdentityRule,
    Layout,
    MaskDeclaration,
    Sheet,
)
from radgen_assets.contracts.volumes import MakerKind, Sequence
from radgen_assets.science.phantom.cohorts import PHANTOM_COHORTS
from radgen_assets.science.phantom.patient import makers_of
from radgen_assets.science.phantom.vasari import VASARI_FEATURES

_SOURCE = "made by code (radgen phantom); no human being stands behind these data"


def cohort_declaration(name: str, root: str) -> Cohort:
    """The declaration of one phantom cohort whose files lie at `root` (relative to its TOML file)."""
    common = {
        "name": name,
        "title": PHANTOM_COHORTS[name].title,
        "root": root,
        "source": _SOURCE,
        "consent": "none needed",
        "centre": name,
    }
    return Cohort(**common, **_SPECIFIC[name]())


def _column(name: str, source: str, kind: ColumnKind, **more: object) -> Column:
    return Column(name=name, source=source, kind=kind, **more)


def _masks(cohort: str, pattern: str | None = None) -> tuple[MaskDeclaration, ...]:
    return tuple(
        MaskDeclaration(
            maker=maker,
            maker_kind=MakerKind.reader,
            labels=PHANTOM_COHORTS[cohort].labels,
            drawn_on=Sequence.t1ce,
            pattern=None if pattern is None else pattern.replace("{maker}", maker),
            primary=number == 0,
        )
        for number, maker in enumerate(makers_of(cohort))
    )


def _training_site() -> dict[str, object]:
    clinical = Sheet(
        file="clinical.csv",
        patient_column="participant_id",
        missing=("NA", ""),
        columns=(
            _column("age_years", "age", ColumnKind.number, unit="years"),
            _column("sex", "sex", ColumnKind.text, coding={"F": "female", "M": "male"}),
            _column("kps", "KPS", ColumnKind.integer),
            _column("grade", "WHO_grade", ColumnKind.integer),
            _column("time_months", "OS_days", ColumnKind.time, unit="days"),
            _column("event", "vital_status", ColumnKind.boolean, coding={"Dead": "true", "Alive": "false"}),
            _column("extent_of_resection", "EOR", ColumnKind.text, post_baseline=True, coding=_RESECTION),
            _column("radiotherapy", "RT", ColumnKind.boolean, post_baseline=True, coding=_YES_NO),
            _column("scanner", "scanner", ColumnKind.text),
        ),
    )
    return {
        "scanner_column": "scanner",
        "layout": Layout(kind="bids", masks=_masks("training_site")),
        "clinical": (clinical,),
        "molecular": (_molecular("molecular.tsv.gz", "participant_id", missing="NA"),),
        "expression": (
            ExpressionDeclaration(
                file="expression/counts.tsv.gz",
                orientation="genes_in_rows",
                unit="counts",
                gene_column="gene",
                platform="RNA-seq",
            ),
        ),
    }


def _second_site() -> dict[str, object]:
    clinical = Sheet(
        file="patients.xlsx",
        worksheet="Clinical",
        patient_column="Patient",
        missing=("unknown", ""),
        columns=(
            _column("age_years", "Age at surgery", ColumnKind.number, unit="years"),
            _column("sex", "Gender (1 = m, 2 = f)", ColumnKind.text, coding={"1": "male", "2": "female"}),
            _column("kps", "Karnofsky", ColumnKind.integer),
            _column("grade", "Grade", ColumnKind.integer, coding={"II": "2", "III": "3", "IV": "4"}),
            _column("time_months", "OS (months)", ColumnKind.time, unit="months"),
            _column("event", "Death", ColumnKind.boolean, coding={"yes": "true", "no": "false"}),
            _column("scanner", "MR system", ColumnKind.text),
        ),
    )
    return {
        "scanner_column": "scanner",
        "layout": Layout(
            kind="plain",
            patterns={
                Sequence.t1w: "{patient}/T1.nii.gz",
                Sequence.t1ce: "{patient}/T1_post.nii.gz",
                Sequence.t2w: "{patient}/T2.nii.gz",
                Sequence.flair: "{patient}/FLAIR.nii.gz",
            },
            masks=_masks("second_site", "{patient}/tumour.nii.gz"),
        ),
        "clinical": (clinical,),
        "molecular": (_molecular("patients.xlsx", "Patient", missing="unknown", worksheet="Molecular"),),
        "expression": (
            ExpressionDeclaration(
                file="fpkm.csv.gz",
                orientation="samples_in_rows",
                unit="fpkm",
                gene_column="sample",
                platform="RNA-seq",
            ),
        ),
    }


def _public_imaging() -> dict[str, object]:
    survival = Sheet(
        file="survival_data.csv",
        patient_column="BraTS_ID",
        missing=("NA", ""),
        columns=(
            _column("age_years", "Age", ColumnKind.number, unit="years"),
            _column("time_months", "Survival_days", ColumnKind.time, unit="days"),
            _column(
                "extent_of_resection", "Extent_of_Resection", ColumnKind.text, post_baseline=True, coding=_RESECTION
            ),
        ),
    )
    return {
        "layout": Layout(kind="brats", registered="yes", masks=_masks("public_imaging")),
        "clinical": (survival,),
        "times_known_for": "dead_only",  # as in BraTS: the sheet has no one who was alive
    }


def _radiogenomics() -> dict[str, object]:
    clinical = Sheet(
        file="clinical.tsv",
        patient_column="bcr_patient_barcode",
        missing=("[Not Available]", ""),
        columns=(
            _column("age_years", "age_at_diagnosis", ColumnKind.number, unit="years"),
            _column("sex", "gender", ColumnKind.text, coding={"FEMALE": "female", "MALE": "male"}),
            _column("kps", "karnofsky_score", ColumnKind.integer),
            _column("grade", "grade", ColumnKind.integer, coding={"G2": "2", "G3": "3", "G4": "4"}),
            _column("time_months", "OS.time", ColumnKind.time, unit="days"),
            _column("event", "OS", ColumnKind.boolean, coding={"1": "true", "0": "false"}),
        ),
    )
    return {
        "identity": IdentityRule(person_prefix_length=12),
        "layout": Layout(kind="brats", masks=_masks("radiogenomics")),
        "clinical": (clinical,),
        "molecular": (_molecular("molecular.csv", "Case", missing="NA"),),
        "expression": (
            ExpressionDeclaration(
                file="counts.tsv.gz",
                orientation="genes_in_rows",
                unit="counts",
                gene_column="gene",
                patient_id_pattern=r"^(PHTM-RG-\d{4})",
                samples_per_person="first_sorted",
                platform="RNA-seq",
            ),
        ),
    }


def _array_expression() -> dict[str, object]:
    clinical = Sheet(
        file="samples.xlsx",
        worksheet="Samples",
        patient_column="array",
        columns=(
            _column("age_years", "age", ColumnKind.number, unit="years"),
            _column("sex", "sex", ColumnKind.text, coding={"f": "female", "m": "male"}),
            _column("grade", "grade", ColumnKind.integer),
            _column("time_months", "survival_weeks", ColumnKind.time, unit="weeks"),
            _column("event", "deceased", ColumnKind.boolean, coding={"y": "true", "n": "false"}),
        ),
    )
    return {
        "clinical": (clinical,),
        "molecular": (_molecular("molecular.csv.gz", "array", missing=""),),
        "expression": (
            ExpressionDeclaration(
                file="expression_log2.tsv.gz",
                orientation="genes_in_rows",
                unit="log2",
                gene_column="SYMBOL",
                duplicate_genes="highest_mean",
                platform="array",
            ),
        ),
    }


def _sequencing_expression() -> dict[str, object]:
    clinical = Sheet(
        file="clinical.tsv.gz",
        patient_column="case",
        missing=("NA", ""),
        columns=(
            _column("age_years", "age", ColumnKind.number, unit="years"),
            _column("sex", "sex", ColumnKind.text),
            _column("kps", "kps", ColumnKind.integer),
            _column("grade", "grade", ColumnKind.integer),
            _column("time_months", "os_years", ColumnKind.time, unit="years"),
            _column("event", "os_event", ColumnKind.boolean, coding={"1": "true", "0": "false"}),
        ),
    )
    return {
        "clinical": (clinical,),
        "molecular": (_molecular("molecular.tsv", "case", missing="NA"),),
        "expression": (
            ExpressionDeclaration(
                file="tpm.parquet",
                orientation="genes_in_rows",
                unit="tpm",
                gene_column="gene_id",
                gene_ids="ensembl_version",
                gene_map="genes.tsv",
                platform="RNA-seq",
            ),
        ),
    }


def _normal_tissue() -> dict[str, object]:
    clinical = Sheet(
        file="donors.csv",
        patient_column="donor",
        columns=(
            _column("age_years", "age", ColumnKind.number, unit="years"),
            _column("sex", "sex", ColumnKind.text),
        ),
    )
    return {
        "clinical": (clinical,),
        "expression": (
            ExpressionDeclaration(
                file="tpm.csv",
                orientation="genes_in_rows",
                unit="tpm",
                gene_column="gene",
                platform="RNA-seq",
            ),
        ),
    }


def _two_readers() -> dict[str, object]:
    clinical = Sheet(
        file="clinical.csv",
        patient_column="id",
        columns=(
            _column("age_years", "age", ColumnKind.number, unit="years"),
            _column("sex", "sex", ColumnKind.text),
            _column("time_months", "os_months", ColumnKind.time, unit="months"),
            _column("event", "os_event", ColumnKind.boolean, coding={"1": "true", "0": "false"}),
        ),
    )
    codes = (_column(f"vasari_{code}_{name}", code, ColumnKind.integer) for code, name in VASARI_FEATURES.items())
    return {
        "layout": Layout(
            kind="plain",
            patterns={
                sequence: f"images/{{patient}}_{sequence}.nii.gz" for sequence in ("t1w", "t1ce", "t2w", "flair")
            },
            masks=_masks("two_readers", "masks/{maker}/{patient}.nii.gz"),
        ),
        "clinical": (clinical, Sheet(file="vasari_reader_a.csv", patient_column="ID", columns=tuple(codes))),
    }


def _molecular(file: str, patient_column: str, *, missing: str, worksheet: str | None = None) -> Sheet:
    return Sheet(
        file=file,
        worksheet=worksheet,
        patient_column=patient_column,
        missing=(missing, "") if missing else ("",),
        columns=(
            _column("idh_status", "IDH", ColumnKind.text, coding={"R132H": "mutant", "WT": "wildtype"}),
            _column("codeletion_1p19q", "1p19q", ColumnKind.text, coding={"codel": "codeleted", "non-codel": "intact"}),
            _column("mgmt_status", "MGMT", ColumnKind.text, coding={"M": "methylated", "U": "unmethylated"}),
        ),
    )


_RESECTION = {"GTR": "gross_total", "STR": "subtotal", "Biopsy": "biopsy"}
_YES_NO = {"yes": "true", "no": "false"}
_SPECIFIC = {
    "training_site": _training_site,
    "second_site": _second_site,
    "public_imaging": _public_imaging,
    "radiogenomics": _radiogenomics,
    "array_expression": _array_expression,
    "sequencing_expression": _sequencing_expression,
    "normal_tissue": _normal_tissue,
    "two_readers": _two_readers,
}
