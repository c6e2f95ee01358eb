"""The chapters of the gallery, in the order of its page."""

from __future__ import annotations

from scripts.gallery import genes, measures, models, patients, samples, survival
from scripts.gallery.example import Example

SECTIONS: tuple[tuple[str, str, tuple[Example, ...]], ...] = (
    (
        "Who was studied",
        "Before any result: who is in it, who is not and why, and what was not known of them.",
        patients.EXAMPLES,
    ),
    (
        "Survival",
        "How long patients lived, and where a value parts those who lived longer.",
        survival.EXAMPLES,
    ),
    (
        "Models",
        "What a model is made of: its ratios, the terms it kept, and a form that can be read with a ruler.",
        models.EXAMPLES,
    ),
    (
        "How good a model is",
        "Whether it tells patients apart, whether its probabilities hold, and whether acting on it helps.",
        measures.EXAMPLES,
    ),
    (
        "Samples",
        "Whether each sample is what its name says, before anything is compared.",
        samples.EXAMPLES,
    ),
    (
        "Genes and features",
        "Many variables at once: which differ, which go together, and which several methods agree on.",
        genes.EXAMPLES,
    ),
)
