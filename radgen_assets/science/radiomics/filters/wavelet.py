"""Sub-bands of one level of the stationary wavelet transform, in a box."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pywt
from numpy.typing import NDArray

from radgen_assets.science.radiomics.boxes import Box


def wavelet_images(
    image: NDArray, box: Box, wavelet: str, plane_axis: int | None = None
) -> Iterator[tuple[str, NDArray]]:
    """Name and values of the eight sub-bands (four within slices, where `plane_axis` is their normal).

    The transform is periodic and sums the terms beyond an edge in another order, which changes the last bit: an axis
    on which the rim would cross an edge is therefore read in full, padded as pyradiomics pads it.
    """
    rim = pywt.Wavelet(wavelet).dec_len
    axes = [axis for axis in (2, 1, 0) if axis != plane_axis]
    rows, inner = zip(
        *(
            _rows(size, span, rim) if axis in axes else (np.arange(span.start, span.stop), slice(None))
            for axis, (size, span) in enumerate(zip(image.shape, box, strict=True))
        ),
        strict=True,
    )
    part = image[np.ix_(*rows)]
    bands = pywt.swtn(part, pywt.Wavelet(wavelet), level=1, start_level=0, axes=tuple(axes))[0]
    low = "a" * len(axes)
    for name, values in bands.items():
        if name != low:
            yield f"wavelet-{name.replace('a', 'L').replace('d', 'H')}", values[inner]
    yield f"wavelet-{'L' * len(axes)}", bands[low][inner]


def _rows(size: int, span: slice, rim: int) -> tuple[NDArray[np.intp], slice]:
    """Indices to read along one axis, an even number of them, and where the box lies among them."""
    count = span.stop - span.start + 2 * rim
    first, last = span.start - rim, span.start - rim + count + count % 2
    if first >= 0 and last <= size:
        return np.arange(first, last), slice(rim, rim + span.stop - span.start)
    whole = np.arange(size + size % 2)
    return np.where(whole == size, 0, whole), span
