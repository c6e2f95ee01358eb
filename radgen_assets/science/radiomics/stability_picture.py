"""The picture of a cohort's feature stability: a panel for each comparison of masks."""

from __future__ import annotations

from typing import get_args

from radgen_assets.science.figures.inputs import StabilityPanel
from radgen_assets.science.figures.stability import MOST_PANELS, groups_by_class, stability_figure
from radgen_assets.science.figures.style import to_png
from radgen_assets.science.radiomics.feature_sets import FeatureClass, ImageType
from radgen_assets.science.radiomics.stability import MAKERS, FeatureStability, image_family
from radgen_assets.science.radiomics.stability_settings import StabilitySettings

CLASSES: tuple[str, ...] = get_args(FeatureClass)
FAMILIES = tuple(dict.fromkeys(image_family(name) for name in get_args(ImageType)))


def stability_picture(found: FeatureStability, settings: StabilitySettings) -> bytes:
    """PNG of the first comparisons that have correlations; one at the least must have."""
    panels = stability_panels(found)[:MOST_PANELS]
    return to_png(stability_figure(panels, threshold=settings.threshold))


def stability_panels(found: FeatureStability) -> tuple[StabilityPanel, ...]:
    """One panel a comparison, classes and image families in the order of the settings; empty without a correlation."""
    frame = found.frame.dropna(subset=["icc"])
    families = frame["image_type"].map(image_family)
    frame = frame.assign(
        family=families,
        class_place=frame["feature_class"].map(CLASSES.index),
        family_place=families.map(FAMILIES.index),
    ).sort_values(["class_place", "family_place"], kind="stable")
    return tuple(
        StabilityPanel(
            _title(comparison, maker, other), int(part["n"].max()),
            groups_by_class(part["feature_class"].tolist(), part["family"].tolist(), part["icc"].tolist()),
        )
        for (comparison, maker, other), part in frame.groupby(["comparison", "maker", "other_maker"], sort=False)
    )  # fmt: skip


def _title(comparison: str, maker: str, other: str) -> str:
    return f"{maker} and {other}" if comparison == MAKERS else f"{maker}, given and perturbed"
