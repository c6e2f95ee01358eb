"""Two small cohorts as gathered tables, small enough to be counted by hand.

alpha: 1 complete; 2 excluded by declaration; 3 with a bad mask; 4 without images or time.
beta: 1 with expression only and a time for the dead only.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from radgen_assets.contracts.tables.arrow import arrow_schema
from radgen_assets.contracts.tables.frames import as_table
from radgen_assets.contracts.tables.registry import GATHERED

Rows = list[dict[str, Any]]


def member(cohort: str, patient: str, **changes: Any) -> dict[str, Any]:
    """A member with images and clinical data, unless changed."""
    given = {
        "patient_key": f"{cohort}.{patient}",
        "cohort": cohort,
        "patient": patient,
        "person": f"person-{cohort}-{patient}",
        "centre": "Here",
        "has_images": True,
        "has_clinical": True,
        "has_molecular": True,
        "has_expression": False,
        "excluded_reason": None,
    }
    return given | changes


def state(key: str | None, asset: str, state: str = "done", reason: str | None = None, cohort: str = "alpha") -> dict:
    """One row of artifact_states."""
    return {"patient_key": key, "cohort": cohort, "asset": asset, "state": state, "reason": reason}


def radiomic(key: str, feature: str, value: float | None, maker: str = "reader") -> dict[str, Any]:
    """One radiomic value of the whole tumour in FLAIR."""
    return {
        "patient_key": key,
        "cohort": key.partition(".")[0],
        "sequence": "flair",
        "region": "whole_tumour",
        "maker": maker,
        "image_type": "original",
        "feature_class": "firstorder",
        "feature": feature,
        "value": value,
    }


IMAGING = ("imaging/volumes", "imaging/registered_volumes", "imaging/tumour_masks", "features/radiomics")
ENCODER = {"encoder": "resnet18", "encoder_sha256": "f" * 64}


def small_cohorts() -> dict[str, Rows]:
    """Rows of every table, by table."""
    return {
        "cohorts": [
            {"cohort": "alpha", "title": "Alpha", "times_known_for": "all", "primary_maker": "reader"},
            {
                "cohort": "beta",
                "title": "Beta",
                "times_known_for": "dead_only",
                "expression_unit": "tpm",
                "expression_platform": "RNA-seq",
            },
        ],
        "cohort_members": [
            member("alpha", "1"),
            member("alpha", "2", excluded_reason="consent withdrawn"),
            member("alpha", "3"),
            member("alpha", "4", has_images=False, has_molecular=False),
            member("beta", "1", has_images=False, has_expression=True, centre=None),
        ],
        "clinical": [
            {
                "patient_key": "alpha.1",
                "cohort": "alpha",
                "age_years": 50,
                "time_months": 12.0,
                "event": True,
                "grade": 4,
            },
            {"patient_key": "alpha.3", "cohort": "alpha", "age_years": 60, "time_months": 30.0, "event": False},
            {"patient_key": "alpha.4", "cohort": "alpha", "age_years": 70},
            {"patient_key": "alpha.2", "cohort": "alpha", "time_months": 1.0, "event": True},
            {"patient_key": "beta.1", "cohort": "beta", "time_months": 5.0, "event": True},
            {"patient_key": "beta.stranger", "cohort": "beta", "time_months": 5.0, "event": True},
        ],
        "molecular": [
            {"patient_key": "alpha.1", "cohort": "alpha", "idh_status": "mutant"},
            {"patient_key": "alpha.3", "cohort": "alpha", "mgmt_status": "methylated"},
            {"patient_key": "beta.1", "cohort": "beta", "idh_status": "wildtype"},
        ],
        "clinical_extra": [
            {"patient_key": "alpha.1", "cohort": "alpha", "column_name": "laterality", "value": "left", "kind": "text"},
            {
                "patient_key": "beta.stranger",
                "cohort": "beta",
                "column_name": "laterality",
                "value": "x",
                "kind": "text",
            },
        ],
        "artifact_states": [
            *(state("alpha.1", asset) for asset in (*IMAGING, "features/deep_features")),
            *(state("alpha.3", asset) for asset in IMAGING[:2]),
            state("alpha.3", "imaging/tumour_masks", "failed", "seg.nii.gz: labels: found none"),
            state("alpha.3", "features/radiomics", "blocked", "tumour_masks failed: seg.nii.gz: labels: found none"),
            state("alpha.3", "features/deep_features"),
            state(None, "expression/matrix", cohort="beta"),
            state(None, "expression/pathway_activity", cohort="beta"),
        ],
        "quality": [
            {
                "patient_key": "alpha.1",
                "cohort": "alpha",
                "subject": "sequence",
                "sequence": "flair",
                "measure": "snr",
                "value": 20.0,
            }
        ],
        "radiomics": [
            radiomic("alpha.1", "Mean", 3.5),
            radiomic("alpha.1", "Skewness", None),
            radiomic("alpha.1", "Mean", 9.9, maker="network"),
        ],
        "radiomic_stability": [
            {
                "cohort": "alpha",
                "comparison": "makers",
                "maker": "expert",
                "other_maker": "network",
                "sequence": "flair",
                "region": "whole_tumour",
                "image_type": "original",
                "feature_class": "firstorder",
                "feature": feature,
                "form": "ICC2",
                "icc": icc,
                "low": None if icc is None else icc - 0.3,
                "high": None if icc is None else icc + 0.1,
                "n": n,
                "n_masks": 2,
                "status": "too_few" if icc is None else "estimated",
            }
            for feature, icc, n in (("Mean", 0.8, 3), ("Skewness", None, 1))
        ],
        "deep_features": [
            {"patient_key": key, "cohort": "alpha", "dimension": dimension, "value": 0.5, **ENCODER}
            for key in ("alpha.1", "alpha.3")
            for dimension in (0, 1)
        ],
        "pathway_activity": [
            {
                "patient_key": key,
                "cohort": "beta",
                "gene_set": "HYPOXIA",
                "score": 0.25,
                "n_genes_covered": 10,
                "unit": "tpm",
            }
            for key in ("beta.1", "beta.stranger")
        ],
    }


def write_tables(tables: Mapping[str, Rows], folder: Path) -> dict[str, list[Path]]:
    """One Parquet file a table and cohort, as the cohort assets write them."""
    written: dict[str, list[Path]] = {}
    for name, rows in tables.items():
        for cohort, group in pd.DataFrame(rows).groupby("cohort"):
            path = folder / name / str(cohort) / "table.parquet"
            path.parent.mkdir(parents=True)
            frame = as_table(group, GATHERED[name], source=f"{name} of {cohort}")
            schema = arrow_schema(GATHERED[name])
            pq.write_table(pa.Table.from_pandas(frame, schema=schema, preserve_index=False), path)
            written.setdefault(name, []).append(path)
    return written
