"""The phantom: persons, images, tumours and expression made by code from a seed, with outcomes whose cause is known.

Public names are loaded when first asked for, so that importing the room (or its settings) costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "CohortSizes": "settings",
    "PhantomSettings": "settings",
    "PHANTOM_COHORTS": "cohorts",
    "CohortTraits": "cohorts",
    "Population": "population",
    "draw_population": "population",
    "OracleScores": "oracle_scores",
    "oracle": "oracle_scores",
    "Fault": "faults",
    "planned_faults": "faults",
    "PatientImages": "patient",
    "patient_images": "patient",
    "DiffusionPhantom": "diffusion",
    "GenePanel": "transcriptome",
    "gene_panel": "transcriptome",
    "expression_matrix": "transcriptome",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
