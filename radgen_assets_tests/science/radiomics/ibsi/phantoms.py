"""IBSI's phantoms and published values as they lie beside the repository, and what is computed on them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.radiomics.ibsi.configurations import CONFIGURATIONS
from radgen_assets.science.radiomics.ibsi.conformance import Comparison, Reference, compare
from radgen_assets.science.radiomics.ibsi.features import ibsi_features


@dataclass(frozen=True, eq=False)
class Phantom:
    """Arrays (k, j, i)."""

    image: NDArray[np.float64]
    mask: NDArray[np.bool_]
    spacing_mm: tuple[float, float, float]


def folder_of(name: str) -> str:
    return "digital_phantom" if name == "digital_phantom" else "ct_phantom"


@cache
def phantom(ibsi_1: Path, name: str) -> Phantom:
    """Of a configuration; the header keeps a spacing in single precision, 0.977 is meant."""
    image = nib.load(ibsi_1 / folder_of(name) / "phantom.nii.gz")
    mask = nib.load(ibsi_1 / folder_of(name) / "mask.nii.gz")
    i, j, k = (round(float(edge), 6) for edge in image.header.get_zooms())
    return Phantom(
        np.asarray(image.dataobj, dtype=np.float64).transpose(2, 1, 0),
        np.asarray(mask.dataobj).transpose(2, 1, 0) > 0,
        (k, j, i),
    )


@cache
def published(ibsi_1: Path, name: str) -> tuple[tuple[Reference, ...], tuple[str, ...]]:
    """Values, and tags of the features that the file names as not standardised."""
    with (ibsi_1 / f"ibsi_1_reference_values_{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    references = tuple(
        Reference(
            row["tag"],
            row["family"],
            row["feature"],
            row["reference value"],
            float(row["tolerance"]),
            row["consensus"],
        )
        for row in rows
        if row["reference value"]
    )
    return references, tuple(row["tag"] for row in rows if not row["reference value"])


@cache
def computed(ibsi_1: Path, name: str) -> dict[str, float]:
    """Every feature of a configuration, in the IBSI convention."""
    given = phantom(ibsi_1, name)
    return ibsi_features(given.image, given.mask, given.spacing_mm, CONFIGURATIONS[name])


def compared(
    ibsi_1: Path, name: str, compute: Callable[[Path, str], dict[str, float]] = computed
) -> tuple[Comparison, ...]:
    """Every published value of a configuration beside the computed one."""
    return compare(compute(ibsi_1, name), published(ibsi_1, name)[0])
