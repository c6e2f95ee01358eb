"""Writes one phantom patient's images where the cohort's layout looks for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from radgen_assets.contracts.cohort import Layout, MaskDeclaration
from radgen_assets.contracts.volumes import Sequence
from radgen_assets.formats.nifti import write_nifti
from radgen_assets.science.phantom.diffusion import DiffusionPhantom
from radgen_assets.science.phantom.patient import PatientImages
from radgen_assets.science.phantom.scanner import stored_as

_BIDS = {
    Sequence.t1w: "T1w",
    Sequence.t1ce: "ce-gadolinium_T1w",
    Sequence.t2w: "T2w",
    Sequence.flair: "FLAIR",
}
_BRATS_2018 = {Sequence.t1w: "t1", Sequence.t1ce: "t1ce", Sequence.t2w: "t2", Sequence.flair: "flair"}
_BRATS_2023 = {Sequence.t1w: "t1n", Sequence.t1ce: "t1c", Sequence.t2w: "t2w", Sequence.flair: "t2f"}


def write_images(root: Path, layout: Layout, patient: str, images: PatientImages) -> None:
    """Write volumes, masks and diffusion of `patient` below the cohort's `root`."""
    for volume in images.volumes:
        _write(root / image_path(layout, patient, volume.sequence), volume.data, volume.affine)
    for mask in images.masks:
        declaration = next(each for each in layout.masks if each.maker == mask.maker)
        _write(root / mask_path(layout, patient, declaration), mask.labels, mask.affine)
    if images.diffusion is not None:
        stem = root / f"sub-{patient}" / "dwi" / f"sub-{patient}_dwi"
        _write_diffusion(stem, images.diffusion)


def image_path(layout: Layout, patient: str, sequence: Sequence) -> str:
    """Where the layout has a sequence of a patient, relative to the cohort's root."""
    if layout.kind == "plain":
        return layout.patterns[sequence].replace("{patient}", patient)
    if layout.kind == "bids":
        return f"sub-{patient}/anat/sub-{patient}_{_BIDS[sequence]}.nii.gz"
    if patient.startswith("BraTS-"):
        return f"{patient}/{patient}-{_BRATS_2023[sequence]}.nii.gz"
    return f"{patient}/{patient}_{_BRATS_2018[sequence]}.nii.gz"


def mask_path(layout: Layout, patient: str, declaration: MaskDeclaration) -> str:
    """Where the layout has a maker's mask of a patient, relative to the cohort's root."""
    if declaration.pattern is not None:
        return declaration.pattern.replace("{patient}", patient)
    if layout.kind == "bids":
        return f"derivatives/{declaration.maker}/sub-{patient}/anat/sub-{patient}_dseg.nii.gz"
    return f"{patient}/{patient}{'-' if patient.startswith('BraTS-') else '_'}seg.nii.gz"


def _write(path: Path, array: np.ndarray, affine: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_nifti(path, array, affine)


def _write_diffusion(stem: Path, diffusion: DiffusionPhantom) -> None:
    """The series with its b-values and directions as FSL and BIDS have them.

    bvec holds directions along the voxel axes, the first one flipped where the affine's determinant is positive
    (FSL's convention); stored here as LAS, whose determinant is negative, so that only the axes have to be followed.
    """
    stored, affine = stored_as(diffusion.signal, diffusion.affine, "LAS")
    _write(Path(f"{stem}.nii.gz"), stored, affine)
    along_voxels = diffusion.directions * np.array([-1.0, 1.0, 1.0])
    Path(f"{stem}.bval").write_text(" ".join(f"{value:g}" for value in diffusion.b_values) + "\n")
    rows = (" ".join(f"{value + 0.0:.6f}" for value in axis) for axis in along_voxels.T)
    Path(f"{stem}.bvec").write_text("\n".join(rows) + "\n")
