"""How the phantoms of IBSI chapter 1 are prepared before features are computed.

Source: IBSI reference manual (arXiv 1612.07003), section 5, tables 5.1 and 5.2.
"""

from __future__ import annotations

from dataclasses import dataclass

from radgen_assets.contracts.errors import UsedWrongly


@dataclass(frozen=True)
class IbsiConfiguration:
    """One row of the manual's table of configurations.

    Attributes
    ----------
    name, title : str
    spacing_mm : (3,) float or None, optional
        Grid to resample to, in the order (k, j, i); a None inside keeps that axis; None: no resampling.
    range : (2,) float, optional
        Intensities outside it leave the intensity mask.
    outlier_sigmas : float, optional
        Intensities further than this many standard deviations from the region's mean leave the intensity mask.
    bin_width, bin_count : float, int, optional
        Fixed bin size (from the lower end of `range`, or the minimum) or fixed bin number; neither: intensities are
        levels already.
    ivh_bin_width, ivh_bin_count : float, int, optional
        The same for the intensity-volume histogram; neither: intensities as they are, in steps of 1.
    dimensions : tuple of str
        "2D" (with 2.5D), "3D", or both.
    """

    name: str
    title: str
    spacing_mm: tuple[float | None, float | None, float | None] | None = None
    range: tuple[float, float] | None = None
    outlier_sigmas: float | None = None
    bin_width: float | None = None
    bin_count: int | None = None
    ivh_bin_width: float | None = None
    ivh_bin_count: int | None = None
    dimensions: tuple[str, ...] = ("3D",)

    def __post_init__(self) -> None:
        for width, count in ((self.bin_width, self.bin_count), (self.ivh_bin_width, self.ivh_bin_count)):
            if width is not None and count is not None:
                raise UsedWrongly(f"configuration {self.name}: a bin width and a bin count are given; expected one")
        if not set(self.dimensions) <= {"2D", "3D"} or not self.dimensions:
            raise UsedWrongly(f"configuration {self.name}: dimensions {self.dimensions}; expected 2D, 3D or both")


DIGITAL_PHANTOM = IbsiConfiguration("digital_phantom", "Digital phantom", dimensions=("2D", "3D"))
CT_A = IbsiConfiguration(
    "config_A",
    "CT phantom, A: slice by slice, intensities -500 to 400 HU, bins of 25 HU",
    range=(-500.0, 400.0),
    bin_width=25.0,
    dimensions=("2D",),
)
CT_C = IbsiConfiguration(
    "config_C",
    "CT phantom, C: 2 mm trilinear, intensities -1,000 to 400 HU, bins of 25 HU",
    spacing_mm=(2.0, 2.0, 2.0),
    range=(-1000.0, 400.0),
    bin_width=25.0,
    ivh_bin_width=2.5,
)
CT_D = IbsiConfiguration(
    "config_D",
    "CT phantom, D: 2 mm trilinear, 3 sigma, 32 bins",
    spacing_mm=(2.0, 2.0, 2.0),
    outlier_sigmas=3.0,
    bin_count=32,
)
CONFIGURATIONS = {each.name: each for each in (DIGITAL_PHANTOM, CT_A, CT_C, CT_D)}
