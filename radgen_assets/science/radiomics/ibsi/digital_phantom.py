"""IBSI's digital phantom and its published values, small enough to stand in code, so that every build can be checked.

The phantom: A. Zwanenburg, IBSI 1 digital phantom, github.com/theibsi/data_sets, CC BY 4.0, here as digits. The values:
Zwanenburg et al., The Image Biomarker Standardization Initiative, Radiology 295 (2020) 328-338, and its reference
manual, arXiv 1612.07003, CC BY 4.0. Both are restated in another form; nothing is changed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.radiomics.ibsi.conformance import Reference
from radgen_assets.science.radiomics.ibsi.names import FEATURES

SPACING_MM = (2.0, 2.0, 2.0)

# one line a slice (k), one word a row (j), one digit a voxel (i)
_IMAGE = """
14411 14611 41641 44641
14411 11611 11311 44611
14411 11111 11911 11611
14411 11111 11111 11611
"""
_MASK = """
11111 11111 11111 11111
11111 11111 01111 11111
11100 11111 11011 11111
11100 11111 11111 11111
"""

# values in the order of names.FEATURES, by family and aggregation, with the published tolerance where there is one
_VALUES = """
morph: 556±4 592±4 388±3 0.698±0.004 0.0411±0.0003 0.599±0.004 1.19±0.01 0.843±0.005 0.186±0.001 0.672±0.004 13.1±0.1
  11.4±0.1 9.31±0.06 8.54±0.05 0.816±0.005 0.749±0.005 0.869±0.005 0.866±0.005 1.17±0.01 1.36±0.01 0.961±0.006
  1.03±0.01 1200±10 0.0397±0.0003 0.974±0.006
loc: 2.6 3.1
stat: 2.15 3.05 1.08 -0.355 1 1 1 4 6 3 5 1.55 1.11 1.15 0.812 0.6 567 2.77
ih: 2.15 3.05 1.08 -0.355 1 1 1 4 6 1 3 5 1.55 1.11 1.15 0.812 0.6 1.27 0.512 8 3 -50 1
ivh: 0.324 0.0946 5 2 0.23 3
cm_2D_avg: 0.519 2.14 2.69 2.05 1.42 2.9 1.4 4.28 5.47 1.6 0.368 5.28 1.42 0.678 0.851 0.619 0.899 0.0567 -0.0121 5.09
  5.47 7 79.1 -0.155 0.487
cm_2D_comb: 0.512 2.14 2.71 2.24 1.4 3.06 1.49 4.29 5.66 1.79 0.352 5.19 1.4 0.683 0.854 0.625 0.901 0.0553 0.0173
  5.14 5.66 6.98 80.4 -0.0341 0.263
cm_2_5D_avg: 0.489 2.2 3.22 2.48 1.46 3.11 1.61 4.41 7.48 2.01 0.286 5.39 1.46 0.668 0.847 0.606 0.897 0.0597 0.178
  5.4 7.48 16.6 147 -0.124 0.487
cm_2_5D_comb: 0.492 2.2 3.24 2.61 1.44 3.23 1.67 4.41 7.65 2.14 0.277 5.29 1.44 0.673 0.85 0.613 0.899 0.0582 0.182
  5.45 7.65 16.4 142 -0.0334 0.291
cm_3D_avg: 0.503 2.14 3.1 2.4 1.43 3.06 1.56 4.29 7.07 1.92 0.303 5.32 1.43 0.677 0.851 0.618 0.898 0.0604 0.157 5.06
  7.07 16.6 145 -0.157 0.52
cm_3D_comb: 0.509 2.15 3.13 2.57 1.38 3.21 1.64 4.3 7.41 2.11 0.291 5.12 1.38 0.688 0.856 0.631 0.902 0.0574 0.183
  5.19 7.41 17.4 147 -0.0288 0.269
rlm_2D_avg: 0.641 3.78 0.604 9.82 0.294 8.57 3.14 17.4 5.2 0.46 6.12 0.492 0.627 3.35 0.761 2.17
rlm_2D_comb: 0.661 3.51 0.609 9.74 0.311 8.67 2.92 16.1 20.5 0.456 21.6 0.441 0.627 3.37 0.778 2.57
rlm_2_5D_avg: 0.665 3.46 0.58 10.3 0.296 9.03 2.79 17.9 19.5 0.413 22.3 0.461 0.632 3.58 0.758 2.52
rlm_2_5D_comb: 0.68 3.27 0.585 10.2 0.312 9.05 2.63 17 77.1 0.412 83.2 0.445 0.632 3.59 0.767 2.76
rlm_3D_avg: 0.705 3.06 0.603 9.7 0.352 8.54 2.39 17.6 21.8 0.43 26.9 0.513 0.68 3.46 0.574 2.43
rlm_3D_comb: 0.729 2.76 0.607 9.64 0.372 8.67 2.16 15.6 281 0.43 328 0.501 0.68 3.48 0.598 2.62
szm_2D: 0.363 43.9 0.371 16.4 0.0259 10.3 40.4 113 1.41 0.323 1.49 0.333 0.24 3.97 21 1.93
szm_2_5D: 0.368 34.2 0.368 16.2 0.0295 9.87 30.6 107 5.44 0.302 3.44 0.191 0.243 3.92 17.3 3.08
szm_3D: 0.255 550 0.253 15.6 0.0256 2.76 503 1490 1.4 0.28 1 0.2 0.0676 2.64 331 2.32
dzm_2D: 0.946 1.21 0.371 16.4 0.367 15.2 0.386 21.3 1.41 0.323 3.79 0.898 0.24 3.97 0.051 1.73
dzm_2_5D: 0.917 1.33 0.368 16.2 0.362 14.3 0.391 23.7 5.44 0.302 14.4 0.802 0.243 3.92 0.0988 2
dzm_3D: 1 1 0.253 15.6 0.253 15.6 0.253 15.6 1.4 0.28 5 1 0.0676 2.64 0 1.92
ngt_2D: 0.121 0.925 2.99 10.4 2.88
ngt_2_5D: 0.0285 0.601 6.8 14.1 0.741
ngt_3D: 0.0296 0.584 6.54 13.5 0.763
ngl_2D: 0.158 19.2 0.702 7.49 0.0473 3.06 17.6 49.5 10.2 0.562 3.96 0.212 1 2.7 2.73 2.71 0.17
ngl_2_5D: 0.159 18.8 0.693 7.66 0.0477 3.07 17.2 50.8 37.9 0.512 12.4 0.167 1 3.05 3.27 3.36 0.122
ngl_3D: 0.045 109 0.693 7.66 0.00963 0.736 102 235 37.9 0.512 4.86 0.0657 1 3.05 22.1 4.4 0.0533
"""


def digital_phantom() -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """Image and mask, (4, 4, 5) as (k, j, i); spacing is `SPACING_MM`."""
    return _digits(_IMAGE), _digits(_MASK).astype(np.bool_)


def published_values() -> tuple[Reference, ...]:
    """Every standardised feature of the phantom."""
    printed = [word for word in _VALUES.split() if not word.endswith(":")]
    found = []
    for feature, text in zip(FEATURES.values(), printed, strict=True):
        value, _, tolerance = text.partition("±")
        found.append(Reference(feature.tag, feature.title, feature.name, value, float(tolerance or 0)))
    return tuple(found)


def _digits(text: str) -> NDArray[np.int16]:
    slices = [[[int(digit) for digit in row] for row in line.split()] for line in text.strip().splitlines()]
    return np.array(slices, dtype=np.int16)
