"""The filter by P does what the papers do, and says what became of each factor."""

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import Outcome, code_terms, filter_by_p, fit_cox


def cohort(seed=0, n=200):
    """Age matters; `copy` is age with noise (passes alone, not beside it); `noise` never passes."""
    generator = np.random.default_rng(seed)
    age = generator.normal(size=n)
    frame = pd.DataFrame({"age": age, "copy": age + generator.normal(size=n), "noise": generator.normal(size=n)})
    frame["grade"] = generator.choice(["2", "3", "4"], n)
    time = generator.exponential(20 * np.exp(-0.9 * age - 0.9 * (frame["grade"] == "4")))
    return Outcome(np.ceil(time), generator.random(n) < 0.8), frame


def row(result, term):
    return next(one for one in result.rows if one.term == term)


def test_a_factor_must_pass_alone_and_beside_the_others():
    outcome, frame = cohort()
    result = filter_by_p(outcome, frame)
    assert result.terms == ("age", "grade")
    copy, noise = row(result, "copy"), row(result, "noise")
    assert (copy.entered, copy.kept) == (True, False)
    assert copy.univariate_p < 0.05 < copy.multivariable_p
    assert (noise.entered, noise.multivariable_p, noise.kept) == (False, None, False)


def test_its_p_values_are_those_of_the_models():
    outcome, frame = cohort()
    result = filter_by_p(outcome, frame)
    assert row(result, "age").univariate_p == pytest.approx(fit_cox(outcome, frame[["age"]]).p[0], rel=1e-9)
    joint = fit_cox(outcome, code_terms(frame[["age", "copy", "grade"]]))
    assert row(result, "copy").multivariable_p == pytest.approx(joint.p[1], rel=1e-9)
    final = fit_cox(outcome, code_terms(frame[["age", "grade"]]))
    assert row(result, "age").final_p == pytest.approx(final.p[0], rel=1e-9)
    assert np.array_equal(result.fit.coefficients, final.coefficients)
    assert row(result, "grade").univariate_p == pytest.approx(fit_cox(outcome, code_terms(frame[["grade"]])).wald[1])
    assert row(result, "grade").degrees_of_freedom == 2


def test_forced_factors_enter_and_stay():
    outcome, frame = cohort()
    result = filter_by_p(outcome, frame, forced=["noise", "copy"])
    assert result.terms == ("age", "copy", "noise", "grade")
    assert row(result, "noise").univariate_p > 0.05


def test_when_nothing_passes_there_is_no_model():
    outcome, frame = cohort()
    result = filter_by_p(outcome, frame[["noise"]])
    assert (result.terms, result.fit, result.multivariable, result.coded) == ((), None, None, None)
    assert list(result.to_frame()["kept"]) == [False]


def test_a_separated_factor_does_not_enter_and_its_row_says_why():
    outcome, frame = cohort()
    result = filter_by_p(outcome, frame.assign(spared=1.0 * ~outcome.event))
    spared = row(result, "spared")
    assert (spared.univariate_p, spared.entered, spared.kept) == (None, False, False)
    assert "no maximum" in spared.note
    with pytest.raises(UsedWrongly, match="no maximum"):
        filter_by_p(outcome, frame.assign(spared=1.0 * ~outcome.event), forced=["spared"])


def test_order_of_patients_does_not_matter():
    outcome, frame = cohort(2)
    order = np.random.default_rng(2).permutation(outcome.n)
    assert filter_by_p(outcome.of(order), frame.iloc[order]).terms == filter_by_p(outcome, frame).terms


def test_what_cannot_be_filtered_is_refused():
    outcome, frame = cohort()
    with pytest.raises(UsedWrongly, match="found the level 5, expected"):
        filter_by_p(outcome, frame, level=5)
    with pytest.raises(UsedWrongly, match="found the forced factor 'mgmt'"):
        filter_by_p(outcome, frame, forced=["mgmt"])
    with pytest.raises(UsedWrongly, match="found no event among 200 patients"):
        filter_by_p(Outcome(outcome.time_months, np.zeros(200)), frame)
