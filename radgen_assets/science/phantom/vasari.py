"""A reader's VASARI sheet from a tumour: the features that follow from its labels.

Codes as in the VASARI MR feature key; proportions: 2 none, 3 up to 5 %, 4 to 33 %, 5 to 67 %, 6 to 95 %, 7 more, 8 all.
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.phantom.tumour import ENHANCING, NECROSIS, NON_ENHANCING, OEDEMA

VASARI_FEATURES = MappingProxyType(
    {
        "f1": "tumour_location",  # 1 frontal, 4 parietal, 5 occipital
        "f2": "side_of_tumour_epicentre",  # 1 right, 3 left
        "f4": "enhancement_quality",  # 1 none, 2 mild, 3 marked
        "f5": "proportion_enhancing",
        "f6": "proportion_non_enhancing",
        "f7": "proportion_necrosis",
        "f14": "proportion_oedema",
    }
)
_FRONT_OF, _BACK_OF = 0.10, -0.22  # head coordinates: the phantom's frontal lobe ends, its occipital lobe begins
_MARKED = 1.1  # relative to white matter


def read_vasari(labels: NDArray[np.uint8], enhancement: float) -> dict[str, int]:
    """Codes by feature of `VASARI_FEATURES`.

    Parameters
    ----------
    labels : (i, j, k) brats_2013 labels, axes along R, A, S
    enhancement : signal of the rim on t1ce relative to white matter

    Raises
    ------
    UsedWrongly
        When there is no tumour to describe.
    """
    tumour = np.argwhere(labels)
    if not len(tumour):
        raise UsedWrongly("VASARI: found no labelled voxel, expected a tumour.")
    centre = (tumour.mean(axis=0) + 0.5) * 2 / np.array(labels.shape) - 1
    counts = np.bincount(labels[labels > 0], minlength=5) / len(tumour)
    location = 1 if centre[1] > _FRONT_OF else 4 if centre[1] > _BACK_OF else 5
    quality = 1 if counts[ENHANCING] == 0 else 3 if enhancement > _MARKED else 2
    return {
        "f1": location,
        "f2": 1 if centre[0] > 0 else 3,
        "f4": quality,
        "f5": proportion_code(counts[ENHANCING]),
        "f6": proportion_code(counts[NON_ENHANCING]),
        "f7": proportion_code(counts[NECROSIS]),
        "f14": proportion_code(counts[OEDEMA]),
    }


def proportion_code(share: float) -> int:
    """VASARI's code of a proportion of the tumour (0 to 1)."""
    if share == 0:
        return 2
    if share == 1:
        return 8
    return int(3 + np.searchsorted([0.05, 0.33, 0.67, 0.95], share))
