"""The sex that genes show, beside the recorded one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression import SexCheckSettings, sex_check, to_log2
from radgen_assets_tests.science.expression.checks.made import recorded, sexed


def test_the_score_is_the_highest_y_linked_gene_less_xist():
    """A man who lost one Y-linked gene still shows the others."""
    found = sex_check(sexed({"XIST": [9, 4, 5], "RPS4Y1": [6, 4, 5.5], "DDX3Y": [4, 9, 6]}))
    assert list(found.score) == [-3, 5, 1]
    assert found.shown == ("female", "male", "undecided")
    assert found.undecided == ("P2",)
    assert found.limits == (0, 2)
    assert found.score_label == "highest of 2 Y-linked genes less XIST (log₂)"


def test_the_limits_themselves_decide():
    found = sex_check(sexed({"XIST": [5, 5, 5, 5], "RPS4Y1": [5, 7, 5.01, 6.99]}))
    assert found.shown == ("female", "male", "undecided", "undecided")


def test_what_shows_the_other_sex_is_named_and_what_is_not_recorded_is_not_judged():
    matrix = sexed({"XIST": [9, 4, 9, 4, 5], "RPS4Y1": [4, 9, 4, 9, 6]})
    found = sex_check(matrix, recorded("female", "female", "male", None, "male"))
    assert found.disagreeing == ("P1", "P2")
    assert (found.n_agreeing, found.n_recorded) == (1, 4)
    frame = found.to_frame()
    assert list(frame["shown"]) == ["female", "male", "female", "male", "undecided"]
    assert frame["recorded"].isna().tolist() == [False, False, False, True, False]


def test_counts_and_their_log2_values_show_the_same():
    counts = sexed({"XIST": [4000, 2, 900], "RPS4Y1": [1, 3000, 2], "ACTB": [1e6, 2e6, 5e5]}, ExpressionUnit.counts)
    assert sex_check(counts).shown == sex_check(to_log2(counts)).shown == ("female", "male", "female")


def two_kinds(n: int = 40) -> tuple[list[float], list[float]]:
    """XIST and a Y-linked gene, half of the samples women's."""
    rng = np.random.default_rng(3)
    women = np.arange(n) % 2 == 0
    xist, linked = np.where(women, 9, 4) + rng.normal(0, 0.4, n), np.where(women, 4, 9) + rng.normal(0, 0.4, n)
    return list(xist), list(linked)


def zscored(matrix: ExpressionMatrix) -> ExpressionMatrix:
    """The same, scaled gene by gene."""
    values = matrix.values - matrix.values.mean(axis=1, keepdims=True)
    return replace(matrix, values=values / values.std(axis=1, ddof=1, keepdims=True), unit=ExpressionUnit.zscore)


def test_z_scores_are_cut_between_two_groups():
    xist, linked = two_kinds()
    found = sex_check(zscored(sexed({"XIST": xist, "RPS4Y1": linked})))
    assert found.shown == ("female", "male") * 20
    assert "two groups that explain" in found.rule


def test_samples_of_one_kind_are_not_cut_in_two():
    """The best cut of one heap explains two thirds of its variance; nobody is called by it."""
    rng = np.random.default_rng(4)
    one_kind = sexed({"XIST": list(rng.normal(size=80)), "RPS4Y1": list(rng.normal(size=80))}, ExpressionUnit.zscore)
    found = sex_check(one_kind, recorded(*["male"] * 80))
    assert set(found.shown) == {"undecided"}
    assert found.limits is None
    assert found.disagreeing == ()
    assert "nobody is decided" in found.rule


@pytest.mark.parametrize("gene", ["XIST", "RPS4Y1"])
def test_one_of_the_two_alone_is_cut_between_two_groups_in_any_unit(gene):
    xist, linked = two_kinds()
    found = sex_check(sexed({gene: xist if gene == "XIST" else linked}))
    assert found.shown == ("female", "male") * 20
    assert np.isnan(found.y_linked if gene == "XIST" else found.xist).all()


def test_near_the_middle_of_two_groups_nothing_is_decided():
    _, linked = two_kinds()
    found = sex_check(sexed({"RPS4Y1": [*linked, 6.5]}))
    assert found.shown[-1] == "undecided"


def test_one_value_of_thousands_does_not_move_the_cut_of_z_scores():
    xist, linked = two_kinds()
    matrix = zscored(sexed({"XIST": xist, "RPS4Y1": linked}))
    wild = matrix.values.copy()
    wild[1, 1] = 3000.0
    assert sex_check(replace(matrix, values=wild)).shown == ("female", "male") * 20


@given(order=st.permutations(range(12)), shift=st.floats(-3, 3))
@settings(deadline=None, max_examples=25, derandomize=True)
def test_neither_order_nor_a_common_shift_matters(order, shift):
    xist, linked = two_kinds(12)
    matrix = sexed({"XIST": xist, "RPS4Y1": linked})
    turned = replace(
        matrix, values=matrix.values[:, list(order)] + shift, samples=tuple(matrix.samples[i] for i in order)
    )
    plain, other = sex_check(matrix), sex_check(turned)
    assert dict(zip(plain.samples, plain.shown, strict=True)) == dict(zip(other.samples, other.shown, strict=True))


def test_a_matrix_without_these_genes_is_refused_by_name():
    with pytest.raises(BadInput, match=r"genes: found neither, expected XIST or a Y-linked gene \(RPS4Y1"):
        sex_check(sexed({"ACTB": [1, 2]}))


def test_other_words_for_sex_are_refused():
    matrix = sexed({"XIST": [9, 4], "RPS4Y1": [4, 9]})
    with pytest.raises(BadInput, match="sex: found 'M', expected 'female', 'male' or nothing"):
        sex_check(matrix, recorded("female", "M"))
    with pytest.raises(BadInput, match="found patient P0 twice"):
        sex_check(matrix, pd.Series(["male", "male"], index=["P0", "P0"]))


def test_the_limits_can_be_set():
    matrix = sexed({"XIST": [5, 5], "RPS4Y1": [5.5, 5.9]})
    assert sex_check(matrix, settings=SexCheckSettings(male_at_least=0.8)).shown == ("undecided", "male")


def test_missing_values_are_refused():
    with pytest.raises(BadInput, match="gene XIST, sample P1: found nan"):
        sex_check(sexed({"XIST": [5, np.nan], "RPS4Y1": [1, 2]}))
