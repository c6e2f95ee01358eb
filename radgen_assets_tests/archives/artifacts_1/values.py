"""One small value of every artifact kind, as the first format wrote it: the files beside this hold these values.

Never change a value here: files of this format lie in homes. A new kind is added; a new format gets its own archive.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from radgen_assets.contracts.contrasts import ContrastResult
from radgen_assets.contracts.expression import ExpressionMatrix, GeneSet
from radgen_assets.contracts.features import Embedding, RadiomicsTable
from radgen_assets.contracts.frames import DrawnTable, ExtraColumns, GeneSets, SheetTables, Table
from radgen_assets.contracts.results import (
    Coefficient,
    Estimate,
    FitResult,
    HazardRow,
    Missing,
    Performance,
    Predictions,
)
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.contracts.volumes import (
    GivenMasks,
    Grid,
    LabelConvention,
    MakerKind,
    MaskFile,
    QualityReport,
    Region,
    RegionMask,
    RegisteredVolumes,
    ScanFile,
    ScanManifest,
    Scans,
    Sequence,
    TumourMasks,
    Volume,
    Volumes,
)

ROOT = "/data/here"  # what the reading side gives back as root
AFFINE = np.array([[1 / 3, 0.1, 0, -10], [-0.1, 1 / 3, 0, 20], [0, 0, 1.5, -5], [0, 0, 0, 1]])  # no float32 numbers


def _values(*shape: int) -> np.ndarray:
    return (np.arange(np.prod(shape)).reshape(shape) * 7 % 101).astype(np.float32)


def scans() -> Scans:
    """Two scans, one absent."""
    t1ce = ScanFile("P1/t1ce.nii.gz", "ab" * 32, 1234, Sequence.t1ce, (4, 5, 6), (1.0, 1.0, 5.5), True)
    gradients = {"bvals": "P1/dwi.bval", "bvecs": "P1/dwi.bvec"}
    dwi = ScanFile("P1/dwi.nii.gz", "cd" * 32, 99, Sequence.dwi, (4, 5, 6, 7), (2.0, 2.0, 2.0), False, gradients)
    return Scans(ROOT, (t1ce, dwi), (Sequence.t2w,), (Sequence.t1ce, Sequence.flair), "yes", ("two runs",))


def given_masks() -> GivenMasks:
    """One mask."""
    names = ("P1/seg.nii.gz", "ef" * 32, 77, "expert")
    mask = MaskFile(*names, MakerKind.reader, LabelConvention.brats_2017, Sequence.flair, True)
    return GivenMasks(ROOT, (mask,))


def _volume(sequence: Sequence) -> Volume:
    return Volume(_values(4, 5, 6) + len(sequence.value), AFFINE, sequence)


def registered_volumes() -> RegisteredVolumes:
    """Two sequences on one grid."""
    shift = np.eye(4)
    shift[:3, 3] = (0.1, -0.2, 1 / 3)
    return RegisteredVolumes(
        by_sequence={each: _volume(each) for each in (Sequence.t1ce, Sequence.flair)},
        anchor=Sequence.t1ce,
        transforms={Sequence.t1ce: np.eye(4), Sequence.flair: shift},
        native_shape=(8, 9, 3),
        native_affine=np.diag([0.9, 0.9, 5.5, 1.0]),
        came_registered=False,
        similarity={Sequence.t1ce: 2.0, Sequence.flair: 1.1},
        warnings=("flair: similarity is low",),
        native_grids={Sequence.flair: Grid((8, 9, 3), np.diag([0.9, 1 / 3, 5.5, 1.0]))},
    )


def tumour_masks() -> TumourMasks:
    """Three nested regions of a reader, one of a network."""
    whole = np.zeros((4, 5, 6), bool)
    whole[1:3, 1:4, 2:5] = True
    core = whole.copy()
    core[1] = False
    both = ((Region.whole_tumour, whole), (Region.tumour_core, core), (Region.enhancing_tumour, core & False))
    reader = [RegionMask(region, "expert", MakerKind.reader, True, data) for region, data in both]
    network = RegionMask(Region.whole_tumour, "network", MakerKind.algorithm, False, whole[::-1].copy())
    return TumourMasks((*reader, network), AFFINE, ("network: 1 component was removed",))


def quality_report() -> QualityReport:
    """With a number that JSON does not know."""
    from radgen_assets.formats.kinds.pictures import png

    return QualityReport(
        sequences=({"sequence": "t1ce", "snr": float("inf"), "coverage_fraction": 0.98},),
        masks=({"maker": "expert", "region": "whole_tumour", "volume_mm3": 18.0, "touches_border": False},),
        overlaps=({"region": "whole_tumour", "maker_a": "expert", "maker_b": "network", "dice": 0.5},),
        warnings=("t1ce: no background",),
        preview_png=png(np.zeros((2, 3), np.uint8)),
    )


def radiomics_table() -> RadiomicsTable:
    """Two features, one without a value."""
    rows = [("t1ce", "whole_tumour", "expert", "original", "firstorder", "Mean"), ("t1ce",) * 6]
    names = RadiomicsTable.NAMES[:-1]
    columns = {name: np.array([row[i] for row in rows]) for i, name in enumerate(names)}
    return RadiomicsTable({**columns, "value": np.array([1 / 3, np.nan])}, ("enhancing_tumour: 3 voxels, left out",))


def frame() -> pd.DataFrame:
    """Columns of all types that tables have."""
    grade = pd.array([4, None], dtype="Int64")
    return pd.DataFrame(
        {"patient": ["P1", "P2"], "age_years": [61.5, None], "grade": grade, "idh": ["mutant", None]}
    ).astype({"idh": "string"})


def expression_matrix() -> ExpressionMatrix:
    """Three genes, two samples."""
    values = np.array([[0.0, 1 / 3], [5.0, 7.0], [12.5, 1e-9]])
    return ExpressionMatrix(values, ("TP53", "HLA-A", "IDH1"), ("P1", "P2"), ExpressionUnit.log2, ("1 gene dropped.",))


def gene_sets() -> GeneSets:
    """Two sets."""
    sets = (GeneSet("HYPOXIA", "in the order of the file", ("VEGFA", "CA9")), GeneSet("B_CELL", "", ("CD19",)))
    return GeneSets(sets, ("1 set was left out",))


def embedding() -> Embedding:
    """Four values."""
    values = np.array([0.1, -2.0, 3.5, 1 / 3], np.float32)
    return Embedding(values, "phantom_resnet18", "12" * 32, ("t1ce", "flair"), ("t2w is absent",))


def fit_result() -> FitResult:
    """Two patients, one model, an estimate that is not defined."""
    concordance = Estimate(2 / 3, 0.5, 0.8, 2, 1, "infinitesimal jackknife")
    undefined = Estimate(None, None, None, 2, 1, "log-rank", None, "one group is empty")
    predictions = Predictions(
        ("P1", "P2"), ("a", "b"), (0, 1), (0.25, -1 / 3), time_months=(12.0, 3.5), event=(0, 1), horizon_months=24.0
    )
    return FitResult(
        fit="survival",
        kind="survival",
        outcome="overall_survival",
        positive=None,
        n=2,
        n_events=1,
        n_persons=2,
        performances=(
            Performance("full", "cross_validated", {"concordance": concordance, "log_rank_p": undefined}, predictions),
        ),
        comparison={"cross_validated": concordance},
        coefficients=(Coefficient("full", "clinical", "age_years", 0.1, 1.0),),
        unadjusted=(HazardRow("age_years", "per 10 years", concordance),),
        adjusted=(),
        missing=(Missing("age_years", 1, 2, "median of the training fold"),),
        splits=(("P1", 0, 0), ("P2", 0, 1)),
        excluded=(("P3", "no time"),),
        seed=20260101,
        warnings=("few events",),
        models={"full": {"names": ["age_years"], "means": [50.5], "intercept": None}},
        settings={"outer_folds": 5},
    )


def contrast_result() -> ContrastResult:
    """Two genes by one method, one of them not tested; one set."""
    genes = pd.DataFrame(
        {
            "method": ["deseq2", "deseq2"],
            "gene": ["IDH1", "TP53"],
            "mean_expression": [100 / 3, 0.0],
            "log2_fold_change": [-1.25, np.nan],
            "low": [-1.5, np.nan],
            "high": [-1.0, np.nan],
            "std_err": [0.125, np.nan],
            "statistic": [-10.0, np.nan],
            "p": [1e-23, np.nan],
            "p_adjusted": [1e-23, np.nan],
            "found": ["down", ""],
            "status": ["tested", "all zero"],
            "reason": ["", "No sample has a count."],
        }
    )
    over = pd.DataFrame(
        {
            "collection": ["hallmark"],
            "direction": ["down"],
            "set": ["HALLMARK_HYPOXIA"],
            "n_overlap": pd.array([1], dtype="Int64"),
            "p": [0.25],
            "genes": ["IDH1"],
        }
    )
    lean = pd.DataFrame({"collection": ["hallmark"], "set": ["HALLMARK_HYPOXIA"], "normalised_enrichment": [-1.5]})
    patients = pd.DataFrame(
        {"patient": ["a.1", "a.2"], "person": ["p", "q"], "cohort": ["a", "a"], "group": ["mutant", "wildtype"]}
    )
    return ContrastResult(
        contrast="idh",
        column="idh_status",
        level="mutant",
        reference="wildtype",
        methods=("deseq2",),
        groups=(("mutant", "a", 1), ("wildtype", "a", 1)),
        n=2,
        n_persons=2,
        genes=genes,
        over_representation=over,
        enrichment=lean,
        patients=patients,
        sources=("'idh_status' can be told apart from 'site' (Cramer's V 0.00).",),
        universe="genes tested by DESeq2",
        warnings=("few patients",),
        notes=(),
        settings={"false_discovery_rate": 0.05, "methods": ["deseq2"]},
    )


def every_kind() -> dict[str, Any]:
    """A value of every kind, by the kind's name."""
    return {
        "ScanManifest": ScanManifest(scans(), given_masks()),
        "Scans": scans(),
        "GivenMasks": given_masks(),
        "Volumes": Volumes(
            {each: _volume(each) for each in (Sequence.t1w, Sequence.flair)},
            (Sequence.flair,),
            "auto",
            ("t1w: oblique",),
        ),
        "RegisteredVolumes": registered_volumes(),
        "TumourMasks": tumour_masks(),
        "QualityReport": quality_report(),
        "RadiomicsTable": radiomics_table(),
        "Embedding": embedding(),
        "Table": Table(frame(), ("no centre is declared",)),
        "DrawnTable": DrawnTable(frame(), quality_report().preview_png, ("P2: two masks are not compared",)),
        "ExtraColumns": ExtraColumns(frame()),
        "SheetTables": SheetTables(frame(), frame().iloc[:0], ("4 patients have a time of 0",)),
        "ExpressionMatrix": expression_matrix(),
        "GeneSets": gene_sets(),
        "FitResult": fit_result(),
        "ContrastResult": contrast_result(),
    }


def differences(one: Any, other: Any, place: str = "") -> list[str]:
    """Where two values differ, arrays and frames compared whole; empty when they are equal."""
    if isinstance(one, pd.DataFrame):
        return [] if one.equals(other) and one.dtypes.equals(other.dtypes) else [place]
    if isinstance(one, np.ndarray):
        same = one.shape == other.shape and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
        return [] if same else [place]
    if hasattr(one, "__dataclass_fields__"):
        names = one.__dataclass_fields__
        return [d for name in names for d in differences(getattr(one, name), getattr(other, name), f"{place}.{name}")]
    if isinstance(one, dict):
        keys = [] if set(one) == set(other) else [f"{place} keys"]
        return keys + [d for key in one if key in other for d in differences(one[key], other[key], f"{place}[{key}]")]
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return [d for i, pair in enumerate(zip(one, other, strict=True)) for d in differences(*pair, f"{place}[{i}]")]
    return [] if one == other and type(one) is type(other) else [place]
