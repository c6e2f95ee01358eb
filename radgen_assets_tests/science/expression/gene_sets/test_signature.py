"""A signature is scored in its own unit and on its own platform only, and says how."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.contracts.errors import BadInput, UnitRefused, UsedWrongly
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression import fit_gene_signature, gene_signature_score
from radgen_assets_tests.science.expression.gene_sets.golden_sets import matrix, normal

RNA, ARRAY = "RNA-seq, STAR", "Affymetrix HG-U133A"


def fitted(scaling="training", genes=("g0", "g1", "g2"), n=8):
    return fit_gene_signature(normal(6, n), genes, name="mean of three", platform=RNA, scaling=scaling)


def test_genes_alone_give_their_mean():
    data = normal(6, 5)
    scores = gene_signature_score(fitted("as measured"), data, platform=RNA).scores
    np.testing.assert_allclose(scores, data.values[:3].mean(axis=0))


def test_coefficients_give_a_weighted_sum_of_standardised_values():
    train, new = normal(6, 8), normal(6, 5, seed=1)
    signature = fit_gene_signature(train, {"g4": 2.0, "g1": -0.5}, name="risk", platform=RNA)
    found = gene_signature_score(signature, new, platform=RNA)
    z = (new.values - train.values.mean(axis=1)[:, None]) / train.values.std(axis=1, ddof=1)[:, None]
    np.testing.assert_allclose(found.scores, 2 * z[4] - 0.5 * z[1])
    assert found.label == "standardised by the training samples"


def test_within_a_cohort_each_gene_has_mean_0_and_the_label_says_so():
    new = matrix(normal(6, 9, seed=2).values * 40 + 300, ExpressionUnit.fpkm)
    found = gene_signature_score(fitted("cohort"), new, platform=ARRAY)
    assert found.scores.mean() == pytest.approx(0)
    assert found.label == "standardised within this cohort"


def test_a_cut_groups_the_samples_and_the_cut_itself_is_high():
    signature = fitted("as measured")
    data = normal(6, 8)
    plain = gene_signature_score(signature, data, platform=RNA)
    assert plain.high is None
    found = gene_signature_score(signature.with_cut(float(plain.scores.iloc[3])), data, platform=RNA).to_frame()
    assert found["is_high"].sum() == (plain.scores >= plain.scores.iloc[3]).sum()
    assert found["is_high"][3]


@pytest.mark.parametrize("scaling", ["as measured", "training"])
def test_another_unit_or_platform_is_refused_naming_both(scaling):
    signature = fitted(scaling)
    with pytest.raises(UnitRefused, match=r"found log2 on Affymetrix HG-U133A, expected log2 on RNA-seq, STAR"):
        gene_signature_score(signature, normal(6, 4), platform=ARRAY)
    with pytest.raises(UnitRefused, match=r"found fpkm on RNA-seq, STAR, expected log2 on RNA-seq, STAR"):
        gene_signature_score(signature, normal(6, 4, unit=ExpressionUnit.fpkm), platform=RNA)


def test_a_cut_does_not_travel_even_where_the_score_may():
    """METHODS A17: 29.31 on one platform means nothing on another."""
    with pytest.raises(UnitRefused, match="which its cut-point was made in"):
        gene_signature_score(fitted("cohort").with_cut(0.3), normal(6, 4), platform=ARRAY)


def test_a_missing_gene_is_refused_or_stands_at_its_training_mean():
    signature, small = fitted(), normal(2, 4, seed=3)
    with pytest.raises(BadInput, match=r"found 1 not measured \(g2\), expected at least 100% of the 3 genes"):
        gene_signature_score(signature, small, platform=RNA)
    found = gene_signature_score(signature, small, platform=RNA, smallest_share=0.5)
    z = (small.values - signature.means[:2, None]) / signature.sds[:2, None]
    np.testing.assert_allclose(found.scores, z.sum(axis=0) / 3)
    assert found.not_measured == ("g2",)
    assert found.label.endswith("1 of 3 genes at their training mean")
    as_measured = gene_signature_score(fitted("as measured"), small, platform=RNA, smallest_share=0.5)
    np.testing.assert_allclose(as_measured.scores, (small.values.sum(axis=0) + signature.means[2]) / 3)


def test_what_makes_no_signature_is_refused():
    with pytest.raises(UsedWrongly, match="found no gene"):
        fit_gene_signature(normal(3, 4), [], name="x", platform=RNA)
    with pytest.raises(UsedWrongly, match="found scaling 'ranks'"):
        fit_gene_signature(normal(3, 4), ["g0"], name="x", platform=RNA, scaling="ranks")
    with pytest.raises(BadInput, match=r"found 1 not measured \(g9\), expected all 2 genes of x"):
        fit_gene_signature(normal(3, 4), ["g0", "g9"], name="x", platform=RNA)
    with pytest.raises(BadInput, match="gene g1: found one value in all samples"):
        fit_gene_signature(matrix([[1, 2, 3], [4, 4, 4]]), ["g0", "g1"], name="x", platform=RNA)
    with pytest.raises(BadInput, match="found 1 samples"):
        gene_signature_score(fitted("cohort"), normal(6, 1), platform=RNA)
