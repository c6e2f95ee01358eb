"""The figures of a fit as files, for MLflow: the same drawings as the report's."""

from __future__ import annotations

from radgen_assets.contracts.results import FitResult
from radgen_assets.reporting.fit_figures import (
    coefficient_drawing,
    estimates_drawing,
    forest_drawings,
    path_drawing,
    setting_figures,
)
from radgen_assets.reporting.survival_figures import group_drawings, nomogram_drawing


def fit_pictures(fit: FitResult) -> dict[str, bytes]:
    """File name -> SVG bytes of every figure that the fit has."""
    drawings = [estimates_drawing(fit), coefficient_drawing(fit), path_drawing(fit), *forest_drawings(fit)]
    drawings += [*group_drawings(fit), nomogram_drawing(fit)]
    drawings += [drawing for setting in setting_figures(fit) for drawing in setting.drawings]
    return {f"{drawing.name}.svg": str(drawing.svg).encode() for drawing in drawings if drawing is not None}
