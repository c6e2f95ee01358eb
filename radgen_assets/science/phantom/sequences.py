"""The signal of each tissue in each sequence, before any scanner touches it."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from radgen_assets.contracts.volumes import ANATOMICAL, Sequence
from radgen_assets.science.phantom.anatomy import Brain, Field
from radgen_assets.science.phantom.fields import smooth_field
from radgen_assets.science.phantom.tumour import Tumour

# white, grey, fluid, necrosis, oedema, non-enhancing; 1 = white matter on T1
_SIGNAL = MappingProxyType(
    {
        Sequence.t1w: (1.00, 0.72, 0.26, 0.42, 0.72, 0.64),
        Sequence.t1ce: (1.00, 0.74, 0.27, 0.42, 0.72, 0.66),
        Sequence.t2w: (0.42, 0.60, 1.20, 1.05, 0.92, 0.95),
        Sequence.flair: (0.62, 0.76, 0.16, 0.66, 1.08, 1.05),
    }
)
_ENHANCING = MappingProxyType({Sequence.t1w: 0.74, Sequence.t2w: 0.80, Sequence.flair: 0.95})
_TEXTURE_SIGN = MappingProxyType({Sequence.t1w: -0.6, Sequence.t1ce: 1.0, Sequence.t2w: 1.0, Sequence.flair: 0.8})
_TISSUE_TEXTURE = 0.025  # of healthy tissue


def signals(rng: np.random.Generator, brain: Brain, tumour: Tumour) -> dict[Sequence, Field]:
    """(i, j, k) float32 signal of each anatomical sequence; about 0 to 1.5, 0 outside the brain."""
    n = brain.brain.shape[0]
    healthy = 1 - tumour.share
    grain = _TISSUE_TEXTURE * smooth_field(rng, (n, n, n), 20) * (brain.white + brain.grey) * healthy
    return {
        sequence: (_signal(sequence, brain, tumour, healthy) + grain * (1 if sequence in _T1 else -1)) * brain.brain
        for sequence in ANATOMICAL
    }


_T1 = (Sequence.t1w, Sequence.t1ce)


def _signal(sequence: Sequence, brain: Brain, tumour: Tumour, healthy: Field) -> Field:
    white, grey, fluid, necrosis, oedema, solid = _SIGNAL[sequence]
    enhancing = tumour.appearance.enhancement * 1.15 if sequence is Sequence.t1ce else _ENHANCING[sequence]
    if sequence is Sequence.flair:
        solid = solid - 0.35 * tumour.appearance.mismatch  # T2-FLAIR mismatch of IDH-mutant tumours
    signal = healthy * (white * brain.white + grey * brain.grey + fluid * brain.fluid)
    signal += necrosis * tumour.necrosis + oedema * tumour.oedema
    signal += solid * tumour.non_enhancing + enhancing * tumour.enhancing
    signal += _TEXTURE_SIGN[sequence] * tumour.texture * (tumour.share - 0.6 * tumour.oedema)
    if sequence is Sequence.t1ce:
        signal += 0.35 * brain.fissure * healthy  # falx and sagittal sinus take up contrast
    return np.clip(signal, 0, None)
