"""Small images and cohorts for the tests of formats."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from radgen_assets.contracts.cohort import Cohort
from radgen_assets.contracts.toml_models import parse_table
from radgen_assets.formats.nifti import write_nifti

AFFINE = np.array([[-2.0, 0, 0, 10], [0, -2.0, 0, 20], [0, 0, 3.0, -5], [0, 0, 0, 1]])


def image(seed: int = 0, shape: tuple[int, ...] = (4, 5, 6)) -> np.ndarray:
    """Random voxels, float32."""
    return np.random.default_rng(seed).normal(100, 20, shape).astype(np.float32)


def put_images(root: Path, *names: str) -> None:
    """Write the same small image under every name."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_nifti(path, image(), AFFINE)


def cohort(**tables) -> Cohort:
    """A cohort called `here`."""
    return parse_table(Cohort, {"name": "here", "title": "Here", "root": ".", **tables}, "here.toml")


def mask_table(maker: str = "reader", **keys) -> dict:
    """A mask declaration as TOML gives it."""
    return {"maker": maker, "maker_kind": "reader", "labels": "brats_2017", "drawn_on": "flair", **keys}
