"""A glioma inside a brain: necrosis, enhancing rim, non-enhancing tumour and oedema, shaped by two latent variables.

Aggressiveness makes it larger, more oedematous and more heterogeneous; wildtype likeness gives it a necrotic centre,
an enhancing rim and FLAIR signal (its opposite: T2-FLAIR mismatch, no enhancement).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from radgen_assets.contracts.volumes import LabelConvention
from radgen_assets.science.phantom.anatomy import Brain, Field
from radgen_assets.science.phantom.fields import axis_of, smooth_field, soft

READER_WANDERS = 0.018  # SD of a reader's borders, of all together and of each place; 1.6 mm in an adult's head
NECROSIS, OEDEMA, NON_ENHANCING, ENHANCING = 1, 2, 3, 4  # brats_2013, which tells all four apart
_LABEL_OF = {  # what each convention calls them, in the order above
    LabelConvention.brats_2013: (1, 2, 3, 4),
    LabelConvention.brats_2017: (1, 2, 1, 4),
    LabelConvention.brats_2023: (1, 2, 1, 3),
    LabelConvention.whole_tumour: (1, 1, 1, 1),
}


@dataclass(frozen=True)
class Appearance:
    """How a tumour looks, from its latent variables; lengths in head coordinates.

    radius : of the core; oedema : reach beyond the core; necrotic, rim : share of the core's radius
    enhancement : signal of the rim on t1ce; mismatch : 0 to 1, how dark FLAIR is where T2 is bright
    heterogeneity : amplitude of the texture in the core
    """

    radius: float
    oedema: float
    necrotic: float
    rim: float
    enhancement: float
    mismatch: float
    heterogeneity: float


@dataclass(frozen=True, eq=False)
class Tumour:
    """Shares of each tumour part in each voxel, (i, j, k) float32 in [0, 1], and its texture (mean 0)."""

    necrosis: Field
    oedema: Field
    non_enhancing: Field
    enhancing: Field
    texture: Field
    appearance: Appearance

    @property
    def share(self) -> Field:
        """Share of the whole tumour."""
        return self.necrosis + self.oedema + self.non_enhancing + self.enhancing

    def labels(self) -> NDArray[np.uint8]:
        """(i, j, k) labels of brats_2013: the part with the largest share, where the tumour holds half the voxel."""
        parts = np.stack([self.necrosis, self.oedema, self.non_enhancing, self.enhancing])
        return np.where(self.share >= 0.5, parts.argmax(axis=0) + 1, 0).astype(np.uint8)


def appearance_of(aggressiveness: float, wildtype: float) -> Appearance:
    """The look of a tumour from its image latents (standard normal), monotone in each."""
    share = float(norm.cdf(wildtype))
    growth = float(np.clip(aggressiveness, -2.5, 2.5))
    return Appearance(
        radius=0.205 * np.exp(0.17 * growth),
        oedema=0.085 * np.exp(0.15 * growth),
        necrotic=0.62 * share,
        rim=0.0 if share < 0.12 else 0.12 + 0.26 * share,
        enhancement=0.75 + 0.65 * share,
        mismatch=1 - share,
        heterogeneity=0.075 * np.exp(0.45 * growth),
    )


def grow_tumour(
    rng: np.random.Generator, brain: Brain, appearance: Appearance, *, reader: np.random.Generator | None = None
) -> Tumour:
    """A tumour in the white matter of one hemisphere.

    Parameters
    ----------
    reader : random numbers of a reader whose borders wander; None: the truth. With `rng` in the same state both are
        of one tumour.
    """
    n = brain.brain.shape[0]
    voxel = 2.0 / n
    distance = _distance(rng, n, appearance.radius)
    fingers = smooth_field(rng, (n, n, n), 9)
    islands = smooth_field(rng, (n, n, n), 16)
    texture = 0.7 * smooth_field(rng, (n, n, n), 22) + 0.7 * smooth_field(rng, (n, n, n), 12)
    if reader is not None:
        distance = distance + READER_WANDERS * (reader.standard_normal() + smooth_field(reader, (n, n, n), 10))
    inside = soft(brain.depth - 0.02, voxel) * (1 - soft(brain.fluid - 0.6, 0.4) * (brain.depth > 0.15))
    core = soft(-distance, voxel) * inside
    spread = appearance.oedema * (1.0 + 0.45 * fingers) - distance
    oedema = soft(spread, voxel) * inside * soft(brain.white - 0.35 + 0.4 * soft(-distance + 0.02, voxel), 0.2)
    oedema = np.minimum(oedema, 1 - core)
    wobble = 0.10 * appearance.radius * islands
    necrosis = core * soft(-distance - (1 - appearance.necrotic) * appearance.radius + wobble, voxel)
    necrosis = necrosis if appearance.necrotic > 0.08 else np.zeros_like(core)
    # the rim covers the necrosis; where the fold of `islands` is low it is broken
    rim_width = appearance.rim * appearance.radius * (1 + 0.35 * islands)
    rim_start = appearance.necrotic * appearance.radius - appearance.radius - wobble  # signed distance at the necrosis
    enhancing = soft(rim_start + np.maximum(rim_width, 0) - distance, voxel) * core - necrosis
    enhancing = np.clip(enhancing, 0, 1) if appearance.rim else np.zeros_like(core)
    return Tumour(
        necrosis=necrosis.astype(np.float32),
        oedema=oedema.astype(np.float32),
        non_enhancing=np.clip(core - necrosis - enhancing, 0, 1).astype(np.float32),
        enhancing=enhancing.astype(np.float32),
        texture=(appearance.heterogeneity * texture).astype(np.float32),
        appearance=appearance,
    )


def in_convention(labels: NDArray[np.uint8], convention: LabelConvention) -> NDArray[np.uint8]:
    """Labels of brats_2013 in another convention."""
    return np.array((0, *_LABEL_OF[convention]), dtype=np.uint8)[labels]


def _distance(rng: np.random.Generator, n: int, radius: float) -> Field:
    """About the signed distance to the core's border (negative inside), an uneven ellipsoid with lobes."""
    side = rng.choice([-1.0, 1.0])
    centre = np.array([side * rng.uniform(0.29, 0.36), rng.uniform(-0.38, 0.40), rng.uniform(0.08, 0.22)])
    stretch = np.exp(rng.uniform(-0.18, 0.18, size=3))
    stretch /= np.prod(stretch) ** (1 / 3)  # the shape varies, the volume does not
    axis = axis_of(n).astype(np.float32)
    squares = [((axis - c) / s) ** 2 for c, s in zip(centre, stretch, strict=True)]
    from_centre = np.sqrt(squares[0][:, None, None] + squares[1][None, :, None] + squares[2][None, None, :])
    lobes = 0.16 * smooth_field(rng, (n, n, n), 8) + 0.09 * smooth_field(rng, (n, n, n), 15)
    return from_centre - radius * (1 + 1.2 * lobes)
