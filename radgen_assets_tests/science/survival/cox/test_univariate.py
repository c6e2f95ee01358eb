"""A gene at a time: the same as a Cox model each, and a stated result where there is no fit."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import Outcome, fit_cox, univariate_cox

QUICK = settings(deadline=None, derandomize=True, max_examples=60)


def cohort(seed=0, n=80, genes=6):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(n, genes))
    time = np.ceil(generator.exponential(15 * np.exp(-0.5 * x[:, 0])))
    return Outcome(time, generator.random(n) < 0.7), x


small = st.integers(2, 9).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(1, 4), min_size=n, max_size=n),
        st.lists(st.booleans(), min_size=n, max_size=n),
        st.lists(st.integers(-2, 2), min_size=n, max_size=n),
        st.lists(st.integers(0, 1), min_size=n, max_size=n),
    )
)


@QUICK
@given(data=small, ties=st.sampled_from(["efron", "breslow"]))
def test_in_tiny_cohorts_with_ties_it_says_what_the_full_model_says(data, ties):
    """Two to nine patients: constant genes, separated ones and fitted ones all occur."""
    time, event, x, stratum = data
    assume(any(event))
    outcome = Outcome(time, event)
    for strata in (None, stratum):
        one = univariate_cox(outcome, x, ties=ties, strata=strata)
        try:
            fit = fit_cox(outcome, x, ties=ties, strata=strata)
        except UsedWrongly as error:
            expected = "no_maximum" if "no maximum" in str(error) else "constant"
            assert one.status[0] == expected
            assert np.isnan(one.p[0])
            assert 0 <= one.likelihood_ratio_p[0] <= 1
            assert 0 <= one.score_p[0] <= 1
            continue
        assert one.status[0] == "fitted"
        assert one.coefficient == pytest.approx(fit.coefficients, rel=1e-8, abs=1e-10)
        assert one.std_err == pytest.approx(fit.std_err, rel=1e-8)
        assert one.p == pytest.approx(fit.p, rel=1e-8)
        assert (one.low[0], one.high[0]) == pytest.approx((fit.low[0], fit.high[0]), rel=1e-7)
        assert one.likelihood_ratio[0] == pytest.approx(fit.likelihood_ratio[0], abs=1e-11)
        assert one.score[0] == pytest.approx(fit.score[0], rel=1e-9, abs=1e-12)


@QUICK
@given(seed=st.integers(0, 500), ties=st.sampled_from(["efron", "breslow"]))
def test_beside_adjustments_it_is_the_model_of_all(seed, ties):
    outcome, x = cohort(seed, genes=4)
    result = univariate_cox(outcome, x[:, :2], adjust_for=x[:, 2:], ties=ties, strata=np.arange(80) % 2)
    without = fit_cox(outcome, x[:, 2:], ties=ties, strata=np.arange(80) % 2)
    for gene in range(2):
        fit = fit_cox(outcome, x[:, [gene, 2, 3]], ties=ties, strata=np.arange(80) % 2)
        assert result.coefficient[gene] == pytest.approx(fit.coefficients[0], rel=1e-8, abs=1e-10)
        assert result.std_err[gene] == pytest.approx(fit.std_err[0], rel=1e-8)
        ratio = 2 * (fit.log_likelihood - without.log_likelihood)
        assert result.likelihood_ratio[gene] == pytest.approx(ratio, abs=1e-9)
        assert result.score[gene] == pytest.approx(ratio, rel=0.2, abs=0.3)  # the same to first order


@QUICK
@given(seed=st.integers(0, 500), unit=st.floats(0.01, 400), scale=st.floats(1e-6, 1e6), shift=st.floats(-1e3, 1e3))
def test_order_of_patients_unit_of_time_and_scale_of_a_gene_do_not_matter(seed, unit, scale, shift):
    outcome, x = cohort(seed)
    order = np.random.default_rng(seed).permutation(outcome.n)
    plain = univariate_cox(outcome, x)
    moved = univariate_cox(Outcome(outcome.time_months[order] * unit, outcome.event[order]), x[order] * scale + shift)
    precision = 1e-7 * max(1.0, abs(shift) / scale)  # a shift takes digits from the gene itself
    assert moved.z == pytest.approx(plain.z, rel=precision, abs=precision)
    assert moved.likelihood_ratio == pytest.approx(plain.likelihood_ratio, rel=precision, abs=precision)
    assert moved.coefficient * scale == pytest.approx(plain.coefficient, rel=precision, abs=precision)


def test_the_size_of_the_blocks_leaves_no_trace():
    outcome, x = cohort(3, n=40, genes=600)
    whole, part = univariate_cox(outcome, x), univariate_cox(outcome, x[:, 250:260])
    assert np.array_equal(whole.coefficient[250:260], part.coefficient)
    assert np.array_equal(whole.p[250:260], part.p)


def test_a_constant_gene_has_no_coefficient_and_tests_with_p_one():
    outcome, x = cohort()
    x[:, 2] = 7.1
    result = univariate_cox(outcome, x)
    assert list(result.status) == ["fitted", "fitted", "constant", "fitted", "fitted", "fitted"]
    assert np.isnan([result.coefficient[2], result.std_err[2], result.hazard_ratio[2], result.p[2]]).all()
    assert (result.likelihood_ratio_p[2], result.score_p[2]) == (1.0, 1.0)


def test_a_gene_that_is_a_sum_of_the_adjustments_counts_as_constant():
    outcome, x = cohort()
    result = univariate_cox(outcome, x[:, 0] + 2 * x[:, 1], adjust_for=x[:, :2])
    assert result.status[0] == "constant"


def test_a_gene_that_varies_only_before_the_first_death_counts_as_constant():
    """Those two patients stand in no risk set of a death: they say nothing about the hazard."""
    outcome = Outcome([1, 1, 3, 4, 5], [0, 0, 1, 1, 0])
    assert univariate_cox(outcome, [0.0, 1, 2, 2, 2]).status[0] == "constant"


@pytest.mark.parametrize(("values", "sign"), [([5.0, 4, 3, 2, 1], 1), ([1.0, 2, 3, 4, 5], -1)])
def test_a_gene_that_orders_all_deaths_runs_to_infinity(values, sign):
    """At the limit every death is certain: the log likelihood is 0 and the ratio twice log 5!."""
    result = univariate_cox(Outcome([1, 2, 3, 4, 5], [1] * 5), values)
    assert (result.status[0], result.coefficient[0]) == ("no_maximum", sign * np.inf)
    assert result.hazard_ratio[0] == (np.inf if sign > 0 else 0.0)
    assert result.likelihood_ratio[0] == pytest.approx(2 * np.log(120))
    assert np.isnan(result.p[0])


def test_a_separated_gene_beside_an_adjustment_is_said_to_have_no_maximum():
    outcome, x = cohort(5)
    carrier = np.zeros(80)
    carrier[np.flatnonzero(~outcome.event & (outcome.time_months > 5))[0]] = 1.0
    result = univariate_cox(outcome, carrier, adjust_for=x[:, 0])
    assert (result.status[0], result.coefficient[0]) == ("no_maximum", -np.inf)
    assert 0 < result.likelihood_ratio_p[0] < 1


def unpleasant_genes(generator, time):
    """Skewed, rare, counted, one far outlier, far from zero, nearly ordering the deaths, without moments."""
    n = len(time)
    outlier = np.where(np.arange(n) == generator.integers(n), 1e8, 0.0)
    return np.column_stack(
        [
            np.exp(3 * generator.normal(size=n)),
            generator.random(n) < 0.02,
            np.where(generator.random(n) < 0.9, 0, generator.poisson(50, n)),
            outlier,
            1e6 + generator.normal(size=n),
            time + 0.3 * generator.normal(size=n),
            generator.standard_cauchy(n),
        ]
    )


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_unpleasant_genes_have_the_result_of_the_full_model(ties):
    """One nearly orders the deaths: its maximum lies beyond a million to one per SD, and is one none the less."""
    generator = np.random.default_rng(8)
    statuses = []
    for _ in range(8):
        time, event = np.ceil(generator.exponential(20, 150)), generator.random(150) < 0.5
        outcome, genes = Outcome(time, event), unpleasant_genes(generator, time)
        result = univariate_cox(outcome, genes, ties=ties)
        statuses += list(result.status)
        for gene in np.flatnonzero(result.status == "fitted"):
            fit = fit_cox(outcome, genes[:, gene], ties=ties)
            assert result.z[gene] == pytest.approx(fit.z[0], rel=1e-7, abs=1e-9)
            assert result.likelihood_ratio[gene] == pytest.approx(fit.likelihood_ratio[0], rel=1e-9, abs=1e-10)
        for gene in np.flatnonzero(result.status != "fitted"):
            with pytest.raises(UsedWrongly, match=r"no maximum|constant|does not vary"):
                fit_cox(outcome, genes[:, gene], ties=ties)
        assert result.status[5] == "fitted"
        assert abs(result.coefficient[5] * genes[:, 5].std()) > np.log(1e6)
    assert set(statuses) >= {"fitted", "no_maximum"}


def test_one_event_is_enough_when_its_gene_is_not_extreme():
    """One death among three at risk, value 1 of 0, 1, 3: the maximum solves exp(-b) = 2 exp(2 b)."""
    result = univariate_cox(Outcome([1, 2, 2], [1, 0, 0]), [1.0, 0, 3])
    assert result.coefficient[0] == pytest.approx(-np.log(2) / 3, rel=1e-9)


def test_persons_give_the_sandwich_errors_of_fit_cox():
    outcome, x = cohort(2)
    persons = np.arange(80) // 2
    result = univariate_cox(outcome, x, persons=persons, adjust_for=x[:, [0]] ** 2)
    for gene in range(x.shape[1]):
        fit = fit_cox(outcome, np.column_stack([x[:, gene], x[:, 0] ** 2]), persons=persons)
        assert result.std_err[gene] == pytest.approx(fit.std_err[0], rel=1e-7)
        assert result.p[gene] == pytest.approx(fit.p[0], rel=1e-6)


def test_the_frame_has_a_row_a_gene_with_its_name():
    outcome, x = cohort()
    frame = univariate_cox(outcome, pd.DataFrame(x, columns=list("abcdef"))).to_frame()
    assert list(frame["name"]) == list("abcdef")
    assert {"coefficient", "hazard_ratio", "low", "high", "p", "likelihood_ratio_p", "status"} <= set(frame)


def test_missing_values_and_cohorts_without_an_event_are_refused():
    outcome, x = cohort()
    x[4, 3] = np.inf
    with pytest.raises(UsedWrongly, match="found NaN or infinity in 'x4'"):
        univariate_cox(outcome, x)
    with pytest.raises(UsedWrongly, match="found no event among 3 patients"):
        univariate_cox(Outcome([1, 2, 3], [0, 0, 0]), [1.0, 2, 3])
