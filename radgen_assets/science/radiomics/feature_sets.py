"""Named sets of features, with what is known about where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ImageType = Literal[
    "original",
    "wavelet",
    "log",
    "square",
    "squareroot",
    "logarithm",
    "exponential",
    "gradient",
    "lbp-2D",
    "lbp-3D",
]
FeatureClass = Literal["shape", "shape2D", "firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm"]

CLASS_SIZES: dict[FeatureClass, int] = {  # of pyradiomics 3.0.1, with nothing left out
    "shape": 14,
    "shape2D": 9,
    "firstorder": 18,
    "glcm": 24,
    "glrlm": 16,
    "glszm": 16,
    "gldm": 14,
    "ngtdm": 5,
}


@dataclass(frozen=True)
class FeatureSet:
    """Image types and classes that stand together under one name; `facts` says what is known and what is guessed."""

    name: str
    image_types: tuple[ImageType, ...]
    feature_classes: tuple[FeatureClass, ...]
    without_features: tuple[str, ...]
    n_images: int
    facts: tuple[str, ...]

    @property
    def n_values(self) -> int:
        """Values of one region in one sequence, shape counted once."""
        return sum(
            (CLASS_SIZES[name] - sum(left.startswith(f"{name}_") for left in self.without_features))
            * (1 if name.startswith("shape") else self.n_images)
            for name in self.feature_classes
        )

    def __str__(self) -> str:
        return "\n".join((f"{self.name}: {self.n_values} values of a region in a sequence", *self.facts))


FEATURE_SETS: dict[str, FeatureSet] = {
    found.name: found
    for found in (
        FeatureSet(
            name="default",
            image_types=("original", "wavelet", "log"),
            feature_classes=("shape", "firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm"),
            without_features=(),
            n_images=12,
            facts=("14 of shape, and 93 of each of 12 images: original, 8 wavelet bands, 3 Laplacians of Gaussian.",),
        ),
        FeatureSet(
            name="paper_c_788",
            image_types=("original", "wavelet"),
            feature_classes=("shape", "firstorder", "glcm", "glrlm", "glszm", "gldm"),
            without_features=("glcm_MCC", "glcm_SumAverage"),
            n_images=9,
            facts=(
                "788, reconstructed: the paper gives the number, and not which features they are.",
                "Of all choices of whole classes on the original image and 8 wavelet bands, two give 788:",
                "14 + 9 x 86: first order 18, GLCM 22, GLRLM 16, GLSZM 16, GLDM 14, on every image; no NGTDM.",
                "14 + 8 x 18 + 9 x 70: GLCM 24, no NGTDM, first order on the wavelet bands alone.",
                "Taken is the first, whose images have equal sets. Its 22 of 24 GLCM features leave out SumAverage "
                "(twice JointAverage in a symmetric matrix) and MCC: a guess.",
            ),
        ),
    )
}
