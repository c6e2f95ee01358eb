"""Makes lbp_2d.npz; needs scikit-image 0.26, which the environment of the project has not: run it in one of its own."""

from pathlib import Path

import numpy as np
from skimage.feature import local_binary_pattern

CASES = ((1.0, 8), (2.0, 12), (1.5, 9))  # radius, samples


def patterns() -> dict[str, np.ndarray]:
    """Patterns of every axis and case, as pyradiomics' getLBP2DImage takes them slice by slice; many ties."""
    image = np.round(np.random.default_rng(7).normal(size=(5, 9, 11)) * 20).astype(np.float32)
    found = {"image": image}
    for axis in range(3):
        for radius, n_samples in CASES:
            slices = image.copy().swapaxes(0, axis)
            for each in slices:
                each[...] = local_binary_pattern(each, P=n_samples, R=radius, method="uniform")
            found[f"{axis} {radius} {n_samples}"] = slices.swapaxes(0, axis).astype(np.uint8)
    return found


if __name__ == "__main__":
    np.savez_compressed(Path(__file__).with_name("lbp_2d.npz"), **patterns())
