"""Pathway activity by the method that the settings name, and what it learnt from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from radgen_assets.contracts.errors import UnitRefused
from radgen_assets.contracts.expression import ExpressionMatrix, GeneSet
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression import gsva, plage, ssgsea, z_score_activity
from radgen_assets.science.expression.gene_sets.by_method import n_learnt_from, pathway_activity_scores, why_refused
from radgen_assets.science.expression.settings import PathwayActivitySettings

rng = np.random.default_rng(1)
MATRIX = ExpressionMatrix(
    rng.normal(size=(40, 12)), tuple(f"G{i}" for i in range(40)), tuple(f"P{i}" for i in range(12)),
    ExpressionUnit.log2,
)  # fmt: skip
SETS = (GeneSet("A", "", tuple(f"G{i}" for i in range(12))), GeneSet("B", "", tuple(f"G{i}" for i in range(20, 31))))
LEARNING = ("gsva", "z_score", "plage")


def by(method: str, **changes) -> PathwayActivitySettings:
    return PathwayActivitySettings(method=method, **changes)


def test_ssgsea_stays_the_default():
    assert PathwayActivitySettings().method == "ssgsea"
    expected, _ = ssgsea(MATRIX, SETS)
    assert np.array_equal(pathway_activity_scores(MATRIX, SETS).scores, expected)


@pytest.mark.parametrize(("method", "own"), [("gsva", gsva), ("z_score", z_score_activity), ("plage", plage)])
def test_a_method_by_name_is_that_method(method, own):
    found = pathway_activity_scores(MATRIX, SETS, by(method))
    assert np.array_equal(found.scores, own(MATRIX, SETS).scores)


def test_the_sizes_of_sets_hold_for_every_method():
    for method in ("ssgsea", *LEARNING):
        found = pathway_activity_scores(MATRIX, SETS, by(method, smallest_set=12))
        assert list(found.scores.index) == ["A"]


@pytest.mark.parametrize("method", LEARNING)
def test_units_that_do_not_suit_are_refused_by_name(method):
    with pytest.raises(UnitRefused, match="unit: found tpm"):
        pathway_activity_scores(replace(MATRIX, unit=ExpressionUnit.tpm), SETS, by(method))


def test_z_scores_suit_all_but_ssgsea():
    scores = replace(MATRIX, unit=ExpressionUnit.zscore)
    with pytest.raises(UnitRefused, match="unit: found zscore"):
        pathway_activity_scores(scores, SETS)
    assert "method 'z_score', 'plage' or 'gsva' suits them" in why_refused(scores.unit, by("ssgsea"))
    for method in LEARNING:
        assert why_refused(scores.unit, by(method)) == ""
        assert pathway_activity_scores(scores, SETS, by(method)).scores.shape == (2, 12)


def test_it_says_from_how_many_patients_it_learnt():
    assert n_learnt_from(MATRIX, by("ssgsea")) == 0
    assert n_learnt_from(MATRIX, by("ssgsea", normalise_by_range=True)) == 12
    assert [n_learnt_from(MATRIX, by(method)) for method in LEARNING] == [12, 12, 12]


@pytest.mark.parametrize("method", ["ssgsea", *LEARNING])
def test_a_patient_alone_is_scored_alike_only_where_nothing_is_learnt(method):
    half = replace(MATRIX, values=MATRIX.values[:, :6], samples=MATRIX.samples[:6])
    whole = pathway_activity_scores(MATRIX, SETS, by(method)).scores.iloc[:, :6]
    alike = np.allclose(whole, pathway_activity_scores(half, SETS, by(method)).scores)
    assert alike == (n_learnt_from(MATRIX, by(method)) == 0)
