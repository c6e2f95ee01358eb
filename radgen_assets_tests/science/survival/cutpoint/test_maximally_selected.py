"""Searched cut-points that can be checked by hand, their P, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import Outcome, hothorn_lausen_p, maximally_selected_cutpoint
from radgen_assets.science.survival.cutpoint.maximally_selected import allowed_cuts, log_rank_scores
from radgen_assets.science.survival.cutpoint.p_values import exact_gauss_p, lausen_92_p, lausen_94_p
from radgen_assets_tests.science.survival.small_cohorts import tied_cohort

ALL_DEAD = Outcome(np.arange(1.0, 21.0), np.ones(20))


def test_the_cut_lies_where_survival_changes():
    """The ten who die first have the high values."""
    values = np.r_[np.linspace(5, 6, 10), np.linspace(1, 2, 10)]
    result = maximally_selected_cutpoint(ALL_DEAD, values, n_permutations=999)
    assert result.cut == 2
    assert (result.n_low, result.n_high) == (10, 10)
    assert result.high_is_worse
    assert result.p_permutation < 0.05
    assert result.p_exact_gauss < 0.05
    assert list(result.is_high([2.0, 2.1])) == [False, True]


def test_scores_are_event_less_hazard_up_to_the_patient():
    scores = log_rank_scores(Outcome([1, 2, 2, 3], [1, 1, 0, 1]))
    assert scores == pytest.approx([1 - 1 / 4, 1 - 1 / 4 - 1 / 2, -1 / 4 - 1 / 2, 1 - 1 / 4 - 1 / 2 - 1])


def test_equal_values_are_never_parted():
    values = np.repeat([1.0, 2, 3, 4], 5)
    result = maximally_selected_cutpoint(ALL_DEAD, values)
    assert list(result.profile_cuts) == [1, 2, 3]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000))
def test_order_unit_of_time_and_a_monotone_scale_do_not_matter(seed):
    outcome, values = tied_cohort(seed)
    plain = maximally_selected_cutpoint(outcome, values)
    order = np.random.default_rng(seed).permutation(outcome.n)
    moved = maximally_selected_cutpoint(
        Outcome(outcome.time_months[order] * 30.4375, outcome.event[order]), np.exp(values[order])
    )
    assert moved.statistic == pytest.approx(plain.statistic)
    assert moved.cut == pytest.approx(np.exp(plain.cut))
    assert moved.p_exact_gauss == pytest.approx(plain.p_exact_gauss, abs=1e-9)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000))
def test_turning_the_marker_turns_the_groups(seed):
    outcome, _ = tied_cohort(seed)
    values = np.random.default_rng(seed).normal(size=outcome.n)
    plain = maximally_selected_cutpoint(outcome, values)
    turned = maximally_selected_cutpoint(outcome, -values)
    assert turned.statistic == pytest.approx(plain.statistic)
    assert turned.high_is_worse != plain.high_is_worse


def test_the_same_seed_gives_the_same_p():
    outcome, values = tied_cohort(1)
    first = maximally_selected_cutpoint(outcome, values, n_permutations=500, seed=4)
    assert first.p_permutation == maximally_selected_cutpoint(outcome, values, n_permutations=500, seed=4).p_permutation
    assert maximally_selected_cutpoint(outcome, values).p_permutation is None


def test_the_joint_normal_p_of_one_cut_is_the_normal_one():
    sizes = np.array([30])
    assert exact_gauss_p(1.959963984540054, sizes, 100) == pytest.approx(0.05, abs=1e-10)
    assert lausen_94_p(1.959963984540054, sizes, 100) == pytest.approx(0.05, abs=1e-10)


def test_the_joint_normal_p_of_two_cuts_is_the_bivariate_one():
    """An independent integral: over the first, of the chance of the second given the first."""
    from scipy.integrate import quad
    from scipy.stats import norm

    b, sizes, n = 2.0, np.array([20, 50]), 100
    r = np.sqrt(20 * 50 / (80 * 50))
    sd = np.sqrt(1 - r**2)
    square, _ = quad(lambda z: norm.pdf(z) * (norm.cdf((b - r * z) / sd) - norm.cdf((-b - r * z) / sd)), -b, b)
    assert exact_gauss_p(b, sizes, n) == pytest.approx(1 - square, abs=1e-9)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(b=st.floats(0, 8), n=st.integers(20, 300), share=st.sampled_from([0.05, 0.1, 0.25, 0.4]))
def test_every_p_lies_between_one_cut_and_one(b, n, share):
    sizes = np.arange(max(1, int(n * share)), int(n * (1 - share)) + 1)
    one = exact_gauss_p(b, sizes[:1], n)
    assert one - 1e-9 <= exact_gauss_p(b, sizes, n) <= 1
    assert 0 <= lausen_92_p(b, share) <= 1
    assert one - 1e-9 <= lausen_94_p(b, sizes, n) <= 1


def test_the_permutation_p_is_uniform_under_no_effect():
    """200 cohorts without an effect: about one in ten has P of at most 0.1; a plain log-rank P would say half."""
    generator, low = np.random.default_rng(5), 0
    for _ in range(200):
        outcome = Outcome(generator.exponential(10, 40), generator.random(40) < 0.7)
        low += maximally_selected_cutpoint(outcome, generator.normal(size=40), n_permutations=199).p_permutation <= 0.1
    assert 8 <= low <= 34


def test_one_event_is_enough_to_search():
    outcome = Outcome(np.arange(1.0, 21.0), np.arange(20) == 9)
    result = maximally_selected_cutpoint(outcome, np.arange(20.0), n_permutations=99)
    assert np.isfinite([result.statistic, result.p_lausen_94, result.p_exact_gauss, result.p_permutation]).all()
    assert result.n_events == 1


def test_two_patients_have_one_cut():
    result = maximally_selected_cutpoint(Outcome([1, 2], [1, 1]), [5.0, 3.0], n_permutations=9)
    assert (result.cut, result.n_low, result.n_high) == (3, 1, 1)
    assert result.p_permutation == 1
    assert result.high_is_worse


def test_cohorts_without_an_event_and_constant_markers_are_refused():
    with pytest.raises(UsedWrongly, match="found no event among 2 patients"):
        maximally_selected_cutpoint(Outcome([1, 2], [0, 0]), [1.0, 2])
    with pytest.raises(UsedWrongly, match=r"found 20 equal values \(3\)"):
        maximally_selected_cutpoint(ALL_DEAD, np.full(20, 3.0))
    with pytest.raises(UsedWrongly, match="same log-rank score in all patients"):
        maximally_selected_cutpoint(Outcome([4, 4, 4], [1, 1, 1]), [1.0, 2, 3])


def test_ties_that_leave_no_allowed_cut_are_refused_with_the_sizes():
    values = np.r_[0.0, np.ones(19)]
    with pytest.raises(UsedWrongly, match="no cut that leaves 4 to 16 of 20 patients"):
        maximally_selected_cutpoint(ALL_DEAD, values, smallest_share=0.2)


@pytest.mark.parametrize("share", [0.0, 0.5, -0.1, np.nan])
def test_a_share_must_leave_two_groups(share):
    with pytest.raises(UsedWrongly, match=r"expected between 0 and 0.5"):
        maximally_selected_cutpoint(ALL_DEAD, np.arange(20.0), smallest_share=share)


def test_values_with_gaps_or_of_others_are_refused():
    with pytest.raises(UsedWrongly, match=r"found nan in row 3 \(1 in all\)"):
        maximally_selected_cutpoint(ALL_DEAD, np.r_[0, 1, 2, np.nan, np.arange(16)])
    with pytest.raises(UsedWrongly, match=r"found values of shape \(3,\) for 20 patients"):
        maximally_selected_cutpoint(ALL_DEAD, [1.0, 2, 3])
    with pytest.raises(UsedWrongly, match="found -1 permutations"):
        maximally_selected_cutpoint(ALL_DEAD, np.arange(20.0), n_permutations=-1)


def test_the_exact_bound_is_for_small_cohorts_only():
    generator = np.random.default_rng(0)
    outcome = Outcome(generator.exponential(10, 301), np.ones(301))
    with pytest.raises(UsedWrongly, match="found 301 patients, expected at most 300"):
        hothorn_lausen_p(outcome, generator.normal(size=301))


def test_the_exact_bound_holds_the_exhaustive_permutation_p():
    """Seven patients: all 5,040 orders can be tried."""
    from itertools import permutations

    outcome, values = Outcome([1, 2, 3, 4, 5, 6, 7], [1, 1, 0, 1, 1, 1, 1]), np.array([9.0, 7, 8, 3, 4, 1, 2])
    scores = log_rank_scores(outcome)
    whole = np.round((scores - scores.min()) * 7 / np.ptp(scores))
    sizes, _ = allowed_cuts(np.sort(values), 0.2)
    sd = np.sqrt(sizes * (7 - sizes) / (49 * 6) * (7 * (whole**2).sum() - whole.sum() ** 2))

    def largest(ordered):
        return np.abs((np.cumsum(ordered)[sizes - 1] - sizes / 7 * whole.sum()) / sd).max()

    observed = largest(whole[np.argsort(values)])
    share = np.mean([largest(np.array(order)) > observed for order in permutations(whole)])
    assert share <= hothorn_lausen_p(outcome, values, smallest_share=0.2) <= 1
