"""Small pictures of volumes: axial slices in grey, labels in colour; patient right on the left, front on top."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

GREY_PERCENTILES = (1.0, 99.5)  # of the voxels that are not 0, so that a bright vessel does not darken the brain
COLOURS = np.array(
    [[0, 0, 0], [86, 180, 233], [230, 159, 0], [213, 94, 0]], dtype=np.uint8
)  # safe for colour blindness


def slices_side_by_side(volumes: Sequence[NDArray[np.float32]]) -> bytes:
    """PNG of the middle axial slice of each volume (i, j, k) in RAS+ voxel order."""
    slices = [_grey(_axial(volume, volume.shape[2] // 2)) for volume in volumes]
    height = max(each.shape[0] for each in slices)
    padded = [np.pad(each, ((0, height - each.shape[0]), (0, 0))) for each in slices]
    return png(np.concatenate(padded, axis=1))


def labels_in_colour(labels: NDArray[np.uint8]) -> bytes:
    """PNG of the axial slice with most labelled voxels; labels 1, 2, 3 in blue, orange, red."""
    largest = int(np.argmax((labels > 0).sum(axis=(0, 1))))
    return png(COLOURS[np.minimum(_axial(labels, largest), len(COLOURS) - 1)])


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Pixels, (rows, columns) or (rows, columns, 3), as the bytes of a PNG file."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format="PNG")
    return stream.getvalue()


def _axial(volume: NDArray, k: int) -> NDArray:
    """Slice k as it is read on a light box: rows from front to back, columns from patient right to left."""
    return volume[:, ::-1, k].T


def _grey(image: NDArray) -> NDArray[np.uint8]:
    inside = image[image != 0]
    if inside.size == 0:
        return np.zeros(image.shape, dtype=np.uint8)
    low, high = np.percentile(inside, GREY_PERCENTILES)
    scaled = (image - low) / max(high - low, 1e-6) * 255
    return np.where(image == 0, 0, np.clip(scaled, 0, 255)).astype(np.uint8)
