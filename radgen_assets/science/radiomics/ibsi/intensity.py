"""Intensity features: statistics, histogram, intensity-volume histogram, local peaks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from radgen_assets.science.radiomics.ibsi.configurations import IbsiConfiguration
from radgen_assets.science.radiomics.ibsi.preparation import IbsiRegion, by_count

Values = NDArray[np.float64]
_PEAK_RADIUS_MM = (3 / (4 * np.pi)) ** (1 / 3) * 10  # a sphere of 1 cm3


def statistics(values: Values) -> dict[str, float]:
    """18 features of intensities (n,), by tag."""
    energy = float((values**2).sum())
    return {f"stat_{name}": value for name, value in _moments_and_ranks(values).items()} | {
        "stat_energy": energy,
        "stat_rms": float(np.sqrt(energy / len(values))),
    }


def histogram(levels: Values, n_levels: int) -> dict[str, float]:
    """23 features of grey levels (n,) from 1 to `n_levels`, by tag."""
    counts = np.bincount(levels.astype(np.int64), minlength=n_levels + 1)[1:].astype(np.float64)
    p = counts[counts > 0] / len(levels)
    slope = np.gradient(counts) if n_levels > 1 else np.zeros(1)
    return {f"ih_{name}": value for name, value in _moments_and_ranks(levels).items()} | {
        "ih_mode": float(_mode(counts, levels.mean())),
        "ih_entropy": float(-(p * np.log2(p)).sum()),
        "ih_uniformity": float((p**2).sum()),
        "ih_max_grad": float(slope.max()),
        "ih_max_grad_g": float(slope.argmax() + 1),
        "ih_min_grad": float(slope.min()),
        "ih_min_grad_g": float(slope.argmin() + 1),
    }


def volume_histogram(values: Values, configuration: IbsiConfiguration) -> dict[str, float]:
    """6 features of intensities (n,), by tag.

    The axis of intensities goes from the lower to the upper end of the configuration's range, or between the
    extremes; in steps of 1, or of bins, which are named by their centres.
    """
    lowest, highest = configuration.range or (values.min(), values.max())
    if configuration.ivh_bin_width is not None:
        width = configuration.ivh_bin_width
        axis = np.arange(lowest + width / 2, highest, width)
        values = lowest + (np.floor((values - lowest) / width) + 0.5) * width
        values = np.minimum(values, axis[-1])
    elif configuration.ivh_bin_count is not None:
        axis = np.arange(1.0, configuration.ivh_bin_count + 1)
        values = by_count(values, configuration.ivh_bin_count)
    else:
        axis = np.arange(lowest, highest + 1)
    at_least = 1 - np.searchsorted(np.sort(values), axis, side="left") / len(values)
    fraction = (axis - axis[0]) / (axis[-1] - axis[0]) if len(axis) > 1 else np.zeros(1)

    def volume(share: float) -> float:
        return float(at_least[fraction >= share].max()) if (fraction >= share).any() else 0.0

    def intensity(share: float) -> float:
        return float(axis[at_least <= share].min()) if (at_least <= share).any() else float(axis[-1])

    v10, v90, i10, i90 = volume(0.1), volume(0.9), intensity(0.1), intensity(0.9)
    return {
        "ivh_v10": v10,
        "ivh_v90": v90,
        "ivh_i10": i10,
        "ivh_i90": i90,
        "ivh_diff_v10_v90": v10 - v90,
        "ivh_diff_i10_i90": i10 - i90,
    }


def local_peaks(region: IbsiRegion) -> dict[str, float]:
    """Mean intensity in a sphere of 1 cm3 around the brightest voxel, and the largest of any voxel's, by tag.

    The sphere reaches beyond the region, and ends where the image ends.
    """
    reach = [int(_PEAK_RADIUS_MM // edge) for edge in region.spacing_mm]
    box = _box_with_margin(region.intensity_mask, reach)
    image, inside = region.image[box], region.intensity_mask[box]
    places = np.meshgrid(
        *(np.arange(-n, n + 1) * edge for n, edge in zip(reach, region.spacing_mm, strict=True)), indexing="ij"
    )
    sphere = (sum(place**2 for place in places) <= _PEAK_RADIUS_MM**2).astype(np.float64)
    total, n_voxels = _sums_around((image, np.ones_like(image)), sphere)
    mean = (total / np.rint(n_voxels))[inside]
    values = image[inside]
    return {"loc_peak_loc": float(mean[values == values.max()].max()), "loc_peak_glob": float(mean.max())}


def _sums_around(images: tuple[Values, ...], sphere: Values) -> list[Values]:
    """For each voxel, the sum of the values in the sphere around it; scipy.signal's, without its 2 s of imports."""
    shape = images[0].shape
    period = [fft.next_fast_len(a + b - 1, real=True) for a, b in zip(shape, sphere.shape, strict=True)]
    spectrum = fft.rfftn(sphere, period)
    middle = tuple(slice(b // 2, b // 2 + a) for a, b in zip(shape, sphere.shape, strict=True))
    return [fft.irfftn(fft.rfftn(image, period) * spectrum, period)[middle] for image in images]


def _moments_and_ranks(values: Values) -> dict[str, float]:
    mean, variance = float(values.mean()), float(values.var())
    deviation = values - mean
    p10, p25, median, p75, p90 = (float(value) for value in np.percentile(values, [10, 25, 50, 75, 90]))
    central = values[(values >= p10) & (values <= p90)]
    spread = np.sqrt(variance)
    return {
        "mean": mean,
        "var": variance,
        "skew": float((deviation**3).mean() / spread**3) if spread else 0.0,
        "kurt": float((deviation**4).mean() / variance**2) - 3 if spread else 0.0,
        "median": median,
        "min": float(values.min()),
        "p10": p10,
        "p90": p90,
        "max": float(values.max()),
        "iqr": p75 - p25,
        "range": float(values.max() - values.min()),
        "mad": float(np.abs(deviation).mean()),
        "rmad": float(np.abs(central - central.mean()).mean()) if len(central) else float("nan"),  # of two values
        "medad": float(np.abs(values - median).mean()),
        "cov": float(spread / mean) if mean else float("nan"),
        "qcod": (p75 - p25) / (p75 + p25) if p75 + p25 else float("nan"),
    }


def _mode(counts: Values, mean: float) -> int:
    """The most frequent level; of several, the one nearest to the mean."""
    candidates = np.flatnonzero(counts == counts.max()) + 1
    return int(candidates[np.abs(candidates - mean).argmin()])


def _box_with_margin(mask: NDArray[np.bool_], margin: list[int]) -> tuple[slice, ...]:
    spans = []
    for axis in range(3):
        hit = np.flatnonzero(mask.any(axis=tuple(other for other in range(3) if other != axis)))
        spans.append(slice(max(int(hit[0]) - margin[axis], 0), int(hit[-1]) + margin[axis] + 1))
    return tuple(spans)
