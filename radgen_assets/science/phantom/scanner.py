"""What a scanner does to a signal: blur, contrast, uneven coil, gain and noise; and how its voxels are stored."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from radgen_assets.science.phantom.anatomy import Field
from radgen_assets.science.phantom.fields import smooth_field


@dataclass(frozen=True)
class ScannerTraits:
    """One scanner.

    gain : stored value of a signal of 1; contrast : exponent on the signal; blur : SD in parts of the field of view
    noise : SD of each channel relative to a signal of 1; unevenness : SD of the coil's log sensitivity
    """

    gain: float
    contrast: float
    blur: float
    noise: float
    unevenness: float


SCANNERS = MappingProxyType(
    {
        "aurora_3t": ScannerTraits(gain=600.0, contrast=1.00, blur=0.004, noise=0.025, unevenness=0.06),
        "borealis_3t": ScannerTraits(gain=900.0, contrast=1.15, blur=0.009, noise=0.040, unevenness=0.09),
        "cirrus_15t": ScannerTraits(gain=350.0, contrast=0.92, blur=0.007, noise=0.045, unevenness=0.05),
        "dune_3t": ScannerTraits(gain=750.0, contrast=1.05, blur=0.005, noise=0.020, unevenness=0.03),
    }
)


def scan(rng: np.random.Generator, signal: Field, brain: Field, scanner: str, *, stripped: bool) -> NDArray[np.int16]:
    """The stored image of a signal.

    Parameters
    ----------
    signal, brain : (i, j, k) float32, signal and share of brain in each voxel
    stripped : set everything outside the brain to exactly 0, and nothing inside it

    Notes
    -----
    Noise is Rician: the magnitude of two channels with independent normal noise (Gudbjartsson & Patz 1995).
    """
    traits = SCANNERS[scanner]
    seen = ndimage.gaussian_filter(signal, [traits.blur * n for n in signal.shape], truncate=3.0)
    coil = np.exp(traits.unevenness * smooth_field(rng, signal.shape, 2))
    seen = np.clip(seen, 0, None) ** traits.contrast * coil
    noise = traits.noise * rng.standard_normal((2, *signal.shape), dtype=np.float32)
    image = np.round(traits.gain * np.hypot(seen + noise[0], noise[1]))
    if stripped:
        image = np.where(brain >= 0.5, np.maximum(image, 1), 0)
    return np.clip(image, 0, 32767).astype(np.int16)


def centred_affine(shape: tuple[int, ...], spacing_mm: tuple[float, float, float]) -> NDArray[np.float64]:
    """(4, 4) voxel to RAS+ mm with axes along R, A, S and the origin of the millimetres in the middle of the grid."""
    affine = np.diag([*spacing_mm, 1.0])
    affine[:3, 3] = -(np.array(shape[:3]) - 1) / 2 * np.array(spacing_mm)
    return affine


def stored_as(data: NDArray, affine: NDArray[np.float64], orientation: str) -> tuple[NDArray, NDArray[np.float64]]:
    """The same image with axes flipped from RAS to, say, LPS; further axes (directions) stay."""
    affine = affine.copy()
    for axis, (code, kept) in enumerate(zip(orientation, "RAS", strict=True)):
        if code != kept:
            data = np.flip(data, axis)
            affine[:3, 3] += affine[:3, axis] * (data.shape[axis] - 1)
            affine[:3, axis] *= -1
    return np.ascontiguousarray(data), affine


def displaced(
    signal: Field, affine: NDArray[np.float64], motion: NDArray[np.float64], thick: int
) -> tuple[Field, NDArray[np.float64]]:
    """The signal of a head that moved, acquired in slices `thick` voxels thick along k.

    Parameters
    ----------
    motion : (4, 4) rigid RAS+ mm, from points of the head at rest to points of the moved head
    thick : slices of the result are averages over so many voxels; 1 keeps the grid

    Returns
    -------
    (i, j, k // thick) float32 and its affine; fields of view agree.
    """
    matrix = np.linalg.inv(affine) @ np.linalg.inv(motion) @ affine
    moved = ndimage.affine_transform(signal, matrix, order=1)
    n = moved.shape[2] // thick
    slabs = moved[:, :, : n * thick].reshape(*moved.shape[:2], n, thick).mean(axis=3)
    thick_affine = affine.copy()
    thick_affine[:3, 3] += affine[:3, 2] * (thick - 1) / 2
    thick_affine[:3, 2] *= thick
    return slabs, thick_affine


def rigid_motion(rng: np.random.Generator, spacing_mm: float) -> NDArray[np.float64]:
    """(4, 4) a head movement between two acquisitions: up to 5 degrees about each axis and 3 voxels along it."""
    angles = np.deg2rad(rng.uniform(-5, 5, size=3))
    motion = np.eye(4)
    for axis, angle in enumerate(angles):
        first, second = (axis + 1) % 3, (axis + 2) % 3
        turn = np.eye(4)
        turn[[first, second], [first, second]] = np.cos(angle)
        turn[second, first], turn[first, second] = np.sin(angle), -np.sin(angle)
        motion = turn @ motion
    motion[:3, 3] = rng.uniform(-3, 3, size=3) * spacing_mm
    return motion
