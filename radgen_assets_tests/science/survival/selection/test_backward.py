"""Backward selection keeps what is forced, ends where AIC no longer falls, and says what it had to choose from."""

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import Outcome, backward_select, code_terms, fit_cox


def cohort(seed=0, n=150):
    """Age and grade matter, four other factors are noise."""
    generator = np.random.default_rng(seed)
    frame = pd.DataFrame({"age": generator.normal(60, 10, n), "grade": generator.choice(["2", "3", "4"], n)})
    for name in ("kps", "volume", "side", "site"):
        frame[name] = generator.normal(size=n)
    risk = 0.06 * frame["age"] + 0.8 * (frame["grade"] == "4")
    time = generator.exponential(20 * np.exp(-(risk - risk.mean())))
    return Outcome(np.ceil(time), generator.random(n) < 0.8), frame


def test_the_final_model_is_the_cox_model_of_what_is_left():
    outcome, frame = cohort()
    result = backward_select(outcome, frame)
    assert {"age", "grade"} <= set(result.terms)
    again = fit_cox(outcome, code_terms(frame[list(result.terms)]))
    assert np.array_equal(result.fit.coefficients, again.coefficients)
    assert result.aic == again.aic == result.to_frame()["aic"].iloc[-1]
    assert result.coded.names == result.fit.names


def test_aic_falls_at_every_step_and_no_further_removal_lowers_it():
    outcome, frame = cohort(4)
    result = backward_select(outcome, frame)
    path = [step.aic for step in result.steps]
    assert path == sorted(path, reverse=True)
    assert min(result.steps[-1].alternatives.values()) > path[-1]
    for before, after in zip(result.steps, result.steps[1:], strict=False):
        assert after.aic == min(before.alternatives.values()) == before.alternatives[after.removed]


def test_a_forced_factor_stays_though_it_is_noise():
    outcome, frame = cohort()
    free = backward_select(outcome, frame)
    loser = free.removed[0]
    forced = backward_select(outcome, frame, forced=[loser])
    assert loser in forced.terms
    assert all(loser not in step.alternatives for step in forced.steps)


def test_a_category_leaves_as_a_whole():
    outcome, frame = cohort()
    frame["region"] = np.random.default_rng(9).choice(["a", "b", "c", "d"], len(frame))
    result = backward_select(outcome, frame)
    assert "region" in result.removed
    assert not any(name.startswith("region") for name in result.fit.names)


def test_when_nothing_helps_the_empty_model_is_left():
    outcome, frame = cohort()
    noise = pd.DataFrame({"noise": np.random.default_rng(5).normal(size=len(frame))})
    result = backward_select(outcome, noise)
    assert (result.terms, result.removed, result.fit, result.coded) == ((), ("noise",), None, None)
    assert result.aic == pytest.approx(-2 * fit_cox(outcome, noise).log_likelihood_null)


def test_order_of_patients_does_not_matter():
    outcome, frame = cohort(2)
    order = np.random.default_rng(2).permutation(outcome.n)
    mixed = backward_select(outcome.of(order), frame.iloc[order])
    assert mixed.removed == backward_select(outcome, frame).removed


def test_events_per_candidate_count_every_coefficient():
    outcome, frame = cohort()
    assert backward_select(outcome, frame).events_per_candidate == outcome.n_events / 7


def test_what_cannot_be_selected_from_is_refused():
    outcome, frame = cohort()
    with pytest.raises(UsedWrongly, match="found the forced factor 'mgmt', expected a column"):
        backward_select(outcome, frame, forced=["mgmt"])
    with pytest.raises(UsedWrongly, match="found no factor"):
        backward_select(outcome, frame[[]])
    with pytest.raises(UsedWrongly, match="'age' lacks 1 of 150 values"):
        backward_select(outcome, frame.assign(age=frame["age"].where(np.arange(150) > 0)))
    with pytest.raises(UsedWrongly, match="found no event among 150 patients"):
        backward_select(Outcome(outcome.time_months, np.zeros(150)), frame)
    with pytest.raises(UsedWrongly, match="the coefficient of 'spared' runs to infinity"):
        backward_select(outcome, frame.assign(spared=1.0 * ~outcome.event))
