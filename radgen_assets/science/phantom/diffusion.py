"""A diffusion-weighted series with known tensors: one image without weighting, the rest along known directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.phantom.anatomy import Brain, Field
from radgen_assets.science.phantom.fields import axis_of
from radgen_assets.science.phantom.scanner import centred_affine
from radgen_assets.science.phantom.tumour import Tumour

B_VALUE = 1000.0  # s/mm2
_GAIN = 800.0
_NOISE = 0.01  # SD of each channel relative to a signal of 1
# mean diffusivity in mm2/s
_FLUID, _GREY, _WHITE, _NECROSIS, _OEDEMA, _SOLID = 3.0e-3, 0.85e-3, 0.75e-3, 1.9e-3, 1.4e-3, 1.1e-3
_ALONG, _ACROSS = 2.0, 0.5  # white matter: axial and radial diffusivity in parts of its mean; FA about 0.71


@dataclass(frozen=True, eq=False)
class DiffusionPhantom:
    """A series and the truth behind it.

    signal : (i, j, k, n) int16, the first without weighting
    affine : (4, 4) voxel to RAS+ mm
    b_values : (n,) s/mm2; directions : (n, 3) unit vectors along R, A, S (zeros without weighting)
    tensors : (i, j, k, 6) float32 mm2/s: xx, yy, zz, xy, xz, yz along R, A, S; 0 outside the brain
    """

    signal: NDArray[np.int16]
    affine: NDArray[np.float64]
    b_values: NDArray[np.float64]
    directions: NDArray[np.float64]
    tensors: NDArray[np.float32]


def diffusion_series(
    rng: np.random.Generator, brain: Brain, tumour: Tumour, spacing_mm: float, n_directions: int
) -> DiffusionPhantom:
    """A series at half the resolution of the anatomy (an odd last voxel of each axis is left out).

    Source of the signal: S = S0 exp(-b g' D g), Basser, Mattiello & LeBihan 1994; noise is Rician.
    """
    shares = {_FLUID: brain.fluid, _GREY: brain.grey, _WHITE: brain.white}
    healthy = 1 - tumour.share
    tissue = {value: _halved(share * healthy) for value, share in shares.items()}
    parts = ((_NECROSIS, tumour.necrosis), (_OEDEMA, tumour.oedema), (_SOLID, tumour.non_enhancing + tumour.enhancing))
    tissue |= {value: _halved(share) for value, share in parts}
    mean_diffusivity = np.sum([value * share for value, share in tissue.items()], axis=0)
    inside = np.sum(list(tissue.values()), axis=0)
    tensors = _tensors(mean_diffusivity, _WHITE * tissue[_WHITE])
    directions = np.vstack([np.zeros(3), half_sphere(n_directions)])
    b_values = np.r_[0.0, np.full(n_directions, B_VALUE)]
    unweighted = 0.9 * inside + 0.7 * tissue[_FLUID]
    signal = unweighted[..., None] * np.exp(-_projected(tensors, directions) * b_values)
    noise = _NOISE * rng.standard_normal((2, *signal.shape))
    stored = np.round(_GAIN * np.hypot(signal + noise[0], noise[1]))
    stored = np.where(inside[..., None] >= 0.5, np.maximum(stored, 1), 0).astype(np.int16)
    affine = centred_affine(inside.shape, (2 * spacing_mm,) * 3)
    n = brain.brain.shape[0]
    affine[:3, 3] -= (n % 2) * spacing_mm / 2  # the voxel left out is the last: the middle moves by half of it
    return DiffusionPhantom(stored, affine, b_values, directions, tensors.astype(np.float32))


def half_sphere(n: int) -> NDArray[np.float64]:
    """(n, 3) unit vectors spread evenly over half a sphere (golden spiral), so that six or more fix a tensor."""
    height = (np.arange(n) + 0.5) / n
    turn = np.pi * (3 - np.sqrt(5)) * np.arange(n)
    radius = np.sqrt(1 - height**2)
    return np.stack([radius * np.cos(turn), radius * np.sin(turn), height], axis=1)


def _halved(share: Field) -> NDArray[np.float64]:
    """Means over blocks of 2 x 2 x 2 voxels."""
    n = share.shape[0] // 2
    return share[: 2 * n, : 2 * n, : 2 * n].astype(np.float64).reshape(n, 2, n, 2, n, 2).mean(axis=(1, 3, 5))


def _tensors(mean_diffusivity: NDArray[np.float64], along_fibres: NDArray[np.float64]) -> NDArray[np.float64]:
    """(i, j, k, 6) round tensors of the given mean, drawn out along the fibres by what diffuses in white matter."""
    fibre = _fibres(mean_diffusivity.shape[0])
    round_part = (mean_diffusivity - along_fibres + _ACROSS * along_fibres)[..., None]
    drawn = ((_ALONG - _ACROSS) * along_fibres)[..., None]
    x, y, z = fibre[..., 0], fibre[..., 1], fibre[..., 2]
    outer = np.stack([x * x, y * y, z * z, x * y, x * z, y * z], axis=-1)
    return round_part * np.array([1.0, 1, 1, 0, 0, 0]) + drawn * outer


def _fibres(n: int) -> NDArray[np.float64]:
    """(n, n, n, 3) unit vectors: across in the middle (callosum), front to back at the sides, up in between."""
    axis = axis_of(n)
    side = np.abs(axis)[:, None, None] * np.ones((n, n, n))
    across, up = np.exp(-((side / 0.18) ** 2)), np.exp(-(((side - 0.28) / 0.12) ** 2))
    fibre = np.stack([across, np.full((n, n, n), 0.35), up], axis=-1)
    return fibre / np.linalg.norm(fibre, axis=-1, keepdims=True)


def _projected(tensors: NDArray[np.float64], directions: NDArray[np.float64]) -> NDArray[np.float64]:
    """(i, j, k, n) diffusivity g' D g along each direction."""
    x, y, z = directions.T
    design = np.stack([x * x, y * y, z * z, 2 * x * y, 2 * x * z, 2 * y * z])
    return tensors @ design
