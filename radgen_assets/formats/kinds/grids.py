"""Images of one artifact as NIfTI files, their grids in JSON: float64 affines, where a NIfTI header has float32."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadVolume
from radgen_assets.contracts.volumes import Sequence, Volume
from radgen_assets.formats.nifti import read_volume, write_nifti


def file_of(sequence: Sequence) -> str:
    """Name of the file of `sequence`."""
    return f"{sequence.value}.nii.gz"


def write_volumes(volumes: Iterable[Volume], folder: Path) -> dict[str, list]:
    """Write one file a sequence; returns their affines, for the JSON beside them."""
    affines = {}
    for volume in volumes:
        write_nifti(folder / file_of(volume.sequence), np.asarray(volume.data, dtype=np.float32), volume.affine)
        affines[volume.sequence.value] = matrix_as_rows(volume.affine)
    return affines


def read_volumes(folder: Path, affines: dict[str, list]) -> dict[Sequence, Volume]:
    """Read the files that `affines` names, in the order of `Sequence`."""
    found = {}
    for sequence in Sequence:
        if sequence.value in affines:
            volume = read_volume(folder / file_of(sequence), sequence, name=file_of(sequence))
            affine = matrix_of_rows(affines[sequence.value])
            refuse_other_grid(volume.affine, affine, file_of(sequence))
            found[sequence] = Volume(volume.data, affine, sequence)
    return found


def matrix_as_rows(matrix: NDArray[np.float64]) -> list[list[float]]:
    """A matrix as JSON holds it."""
    return [[float(value) for value in row] for row in np.asarray(matrix)]


def matrix_of_rows(rows: list) -> NDArray[np.float64]:
    """The matrix that `matrix_as_rows` wrote."""
    return np.asarray(rows, dtype=np.float64)


def refuse_other_grid(in_file: NDArray[np.float64], in_json: NDArray[np.float64], name: str) -> None:
    """Raise BadVolume unless the image lies where the JSON beside it says, to float32."""
    if not np.allclose(in_file, in_json, rtol=1e-5, atol=1e-3):
        remedy = "One of the two was changed by hand; make the artifact anew."
        raise BadVolume(name, "affine", "another grid than its JSON states", "the same", remedy)
