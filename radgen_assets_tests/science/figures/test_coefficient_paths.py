"""Coefficient paths of penalised models."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science import figures
from radgen_assets.science.figures.inputs import CoefficientPaths
from radgen_assets_tests.science.figures.figure_checks import assert_readable, words


def paths(n_terms=4, n_lambdas=30, index_min=20, index_1se=10, prefix="feature"):
    lambdas = np.exp(np.linspace(-1, -4, n_lambdas))
    entry = np.linspace(0.1, 0.8, n_terms) * n_lambdas
    sign = np.where(np.arange(n_terms) % 3 == 2, -1, 1)
    coefficients = sign * np.maximum(0, np.arange(n_lambdas)[:, None] - entry) / 100
    deviance = 11 + (np.arange(n_lambdas) - index_min) ** 2 / 500
    names = [f"{prefix} {i}" for i in range(n_terms)]
    return CoefficientPaths(names, lambdas, coefficients, deviance, np.full(n_lambdas, 0.1), index_min, index_1se)


def test_both_choices_of_the_penalty_are_marked_with_their_count_of_terms():
    told = words(figures.coefficient_paths_figure(paths()))
    assert "λ min: 3 terms" in told
    assert "λ 1se: 1 term" in told


def test_only_terms_of_the_model_of_smallest_deviance_are_named():
    told = words(figures.coefficient_paths_figure(paths()))
    assert [f"feature {i}" in told for i in range(4)] == [True, True, True, False]


def test_the_deviance_has_a_bar_of_one_standard_error_at_every_penalty():
    lower = figures.coefficient_paths_figure(paths()).axes[0]
    (bars,) = lower.collections
    heights = [segment[1, 1] - segment[0, 1] for segment in bars.get_segments()]
    assert heights == pytest.approx([0.2] * 30)


def test_the_penalty_weakens_to_the_right():
    left, right = figures.coefficient_paths_figure(paths()).axes[1].get_xlim()
    assert left > right


@pytest.mark.parametrize(
    "case",
    [
        paths(1, 3, 1, 1),
        paths(60, 100, 70, 69),
        paths(40, 40, 39, 0, "wavelet-LLH_glszm_SmallAreaLowGrayLevelEmphasis|flair|whole_tumour"),
        paths(3, 30, 0, 0),
        paths(2, 1, 0, 0),
    ],
)
def test_texts_lie_inside_and_apart(case):
    assert_readable(figures.coefficient_paths_figure(case))


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"found coefficients of shape \(1, 2\), expected \(1, 1\)"):
        figures.coefficient_paths_figure(CoefficientPaths(["a"], [0.1], [[0.0, 1.0]], [1.0], [0.1], 0, 0))
