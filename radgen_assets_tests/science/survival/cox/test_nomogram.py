"""A nomogram's points equal those of R's rms, and what is read from it equals the Cox model's own prediction."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import NomogramAxis, Outcome, fit_cox, nomogram
from radgen_assets.science.survival.cox.nomogram_axis import tidy_ticks
from radgen_assets.science.survival.terms import code_terms
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_json, read_table

MODELS = {
    "linear": (("age", "log_bili", "albumin", "edema", "stage"), {}),
    "spline": (("age", "log_bili", "albumin", "sex"), {"age": 4}),
}


def rms_model(shared_reference, name):
    """rms's values, the frame, its terms and our fit; the unit of time is the year in both."""
    golden = read_json(shared_reference, "r7_nomogram/expected/nomogram")[name]
    table = read_table(shared_reference, "r7_nomogram/data/pbc_nomogram", dtype={"edema": str})
    factors, splines = MODELS[name]
    frame = table[list(factors)]
    terms = code_terms(frame, splines=splines)
    outcome = Outcome(table["time"], table["event"])
    return golden, frame, terms, outcome, fit_cox(outcome, terms.matrix, names=terms.names)


def at_coefficients(fit, matrix, outcome, coefficients):
    """The fit with other coefficients and the Efron baseline that belongs to them."""
    hazard = np.exp((matrix - fit.means) @ coefficients)
    steps = []
    for time in fit.event_times:
        at_risk, dead = outcome.time_months >= time, (outcome.time_months == time) & outcome.event
        share = np.arange(dead.sum()) / dead.sum()
        steps.append((1 / (hazard[at_risk].sum() - share * hazard[dead].sum())).sum())
    baseline = dataclasses.replace(fit.baselines[0], cumulative_hazard=np.cumsum(steps))
    return dataclasses.replace(fit, coefficients=np.array(coefficients), baselines=(baseline,))


@pytest.mark.parametrize("name", MODELS)
def test_points_equal_those_of_rms(shared_reference, name):
    golden, frame, terms, outcome, fit = rms_model(shared_reference, name)
    of_rms = nomogram(at_coefficients(fit, terms.matrix, outcome, golden["coef"]), terms, frame, [1, 3, 5])
    assert [axis.term for axis in of_rms.axes] == list(golden["axes"])
    for axis, own in zip(of_rms.axes, nomogram(fit, terms, frame, [1, 3, 5]).axes, strict=True):
        expected = golden["axes"][axis.term]
        if axis.kind == "category":
            assert list(axis.labels) == expected["value"]
        else:
            assert np.allclose(axis.values, expected["value"], rtol=1e-12, atol=1e-12)
        agree("survival.nomogram", "points of each value, at rms's coefficients", axis.points, expected["points"])
        agree("survival.nomogram", "points of each value, at our coefficients", own.points, expected["points"])
    agree(
        "survival.nomogram",
        "points per unit of the linear predictor, at rms's coefficients",
        of_rms.points_per_unit,
        golden["conversion"]["points_per_unit_lp"],
    )


@pytest.mark.parametrize("name", MODELS)
def test_total_points_mean_the_survival_that_rms_reads(shared_reference, name):
    golden, frame, terms, outcome, fit = rms_model(shared_reference, name)
    of_rms = nomogram(at_coefficients(fit, terms.matrix, outcome, golden["coef"]), terms, frame, [1, 3, 5])
    for years in (1, 3, 5):
        expected = golden[f"S{years}"]
        assert np.allclose(of_rms.survival(expected["total_points"], years), expected["survival"], rtol=0, atol=1e-5)
        ends = golden["lp_scale"]["total_points"]
        ruler = np.linspace(ends[0], ends[-1], 1000)
        inverted = np.interp(-np.array(expected["survival"]), -of_rms.survival(ruler, years), ruler)
        agree(
            "survival.nomogram",
            "total points of each survival tick, at rms's coefficients",
            inverted,
            expected["total_points"],
        )


def cohort(n=120, seed=3):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age_years": rng.uniform(20, 80, n).round(1),
            "grade": rng.choice(["2", "3", "4"], n),
            "resected": rng.random(n) < 0.5,
        }
    )
    risk = 0.03 * frame["age_years"] + 0.6 * (frame["grade"] == "4") - 0.4 * frame["resected"]
    time = rng.exponential(60 * np.exp(-risk))
    return frame, Outcome(np.minimum(time, 30.0).round(2), time < 30)


@pytest.mark.parametrize("splines", [{}, {"age_years": 4}])
def test_a_patients_points_give_the_survival_that_the_model_predicts(splines):
    frame, outcome = cohort()
    terms = code_terms(frame, splines=splines)
    fit = fit_cox(outcome, terms.matrix, names=terms.names)
    drawn = nomogram(fit, terms, frame, [6, 12])
    total = drawn.total_points(frame)
    for time in (6, 12):
        assert np.allclose(drawn.survival(total, time), fit.survival(terms.matrix, [time])[:, 0], rtol=1e-9)
    assert np.corrcoef(total, fit.linear_predictor(terms.matrix))[0, 1] == pytest.approx(1)
    assert total.min() >= 0
    assert total.max() <= drawn.largest_total


@settings(max_examples=15, deadline=None, derandomize=True)
@given(order=st.permutations(range(40)), months_in_unit=st.floats(0.1, 24))
def test_the_order_of_patients_and_the_unit_of_time_leave_the_points(order, months_in_unit):
    frame, outcome = cohort(40)
    terms = code_terms(frame)
    expected = nomogram(fit_cox(outcome, terms.matrix, names=terms.names), terms, frame, [6])
    moved, levels = frame.iloc[list(order)], code_terms(frame).levels
    again = code_terms(moved, levels=levels)
    times = outcome.time_months[list(order)] * months_in_unit
    fit = fit_cox(Outcome(times, outcome.event[list(order)]), again.matrix, names=again.names)
    found = nomogram(fit, again, moved, [6 * months_in_unit])
    for mine, theirs in zip(found.axes, expected.axes, strict=True):
        assert np.allclose(mine.points, theirs.points, rtol=1e-6, atol=1e-6)
    assert np.allclose(found.survival_axes[0].total_points, expected.survival_axes[0].total_points, rtol=1e-6)


def test_the_widest_factor_has_100_points_and_every_axis_starts_at_0():
    frame, outcome = cohort()
    terms = code_terms(frame)
    drawn = nomogram(fit_cox(outcome, terms.matrix, names=terms.names), terms, frame, [6])
    assert max(max(axis.points) for axis in drawn.axes) == pytest.approx(100)
    assert [min(axis.points) for axis in drawn.axes] == [0, 0, 0]
    assert {axis.term: axis.labels for axis in drawn.axes}["resected"] == ("no", "yes")
    assert drawn.largest_total == pytest.approx(sum(max(axis.points) for axis in drawn.axes))


def test_the_ticks_of_survival_lie_on_the_ruler_and_fall():
    frame, outcome = cohort()
    terms = code_terms(frame)
    drawn = nomogram(fit_cox(outcome, terms.matrix, names=terms.names), terms, frame, [6, 24])
    for axis in drawn.survival_axes:
        assert (np.diff(axis.survival) < 0).all()
        assert (np.diff(axis.total_points) > 0).all()
        assert axis.total_points[0] >= 0
        assert axis.total_points[-1] <= drawn.largest_total
        assert np.allclose(drawn.survival(axis.total_points, axis.time_months), axis.survival)


def test_a_ruler_on_which_no_round_survival_lies_shows_its_ends():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"age_years": rng.uniform(20, 80, 400).round()})
    outcome = Outcome(np.append(np.arange(1.0, 21), np.full(380, 30.0)), np.arange(400) < 20)
    terms = code_terms(frame)
    (axis,) = nomogram(fit_cox(outcome, terms), terms, frame, [10]).survival_axes
    assert len(axis.survival) == 2
    assert 0.95 < axis.survival[1] < axis.survival[0] < 0.99
    assert axis.total_points == (0, pytest.approx(100))


def test_a_number_beyond_its_axis_continues_the_line():
    axis = NomogramAxis("age", ("20", "30"), (20.0, 30.0), (0.0, 10.0), "number")
    assert list(axis.read(pd.Series([15.0, 20.0, 45.0]))) == [-5, 0, 25]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(26.2779, 78.4394, (25, 80, 12)), (-1.203973, 3.332205, (-1.5, 3.5, 11)), (0, 257.4, (0, 260, 14))],
)
def test_ticks_are_those_of_rs_pretty(low, high, expected):
    ticks = tidy_ticks(low, high)
    assert (ticks[0], ticks[-1], len(ticks)) == expected


def test_what_a_nomogram_cannot_say_is_refused():
    frame, outcome = cohort()
    terms = code_terms(frame)
    fit = fit_cox(outcome, terms.matrix, names=terms.names)
    with pytest.raises(UsedWrongly, match="found a time of 300 months, expected one between the first and the last"):
        nomogram(fit, terms, frame, [300])
    with pytest.raises(UsedWrongly, match="found a fit of age_years, grade: 3"):
        nomogram(fit, code_terms(frame[["age_years"]]), frame, [6])
    layered = fit_cox(outcome, terms.matrix, names=terms.names, strata=np.arange(outcome.n) % 2)
    with pytest.raises(UsedWrongly, match="found a fit with strata"):
        nomogram(layered, terms, frame, [6])
    with pytest.raises(UsedWrongly, match="every coefficient is 0"):
        nomogram(dataclasses.replace(fit, coefficients=fit.coefficients * 0), terms, frame, [6])
    drawn = nomogram(fit, terms, frame, [6])
    with pytest.raises(UsedWrongly, match="expected one of its axes: 6"):
        drawn.survival([50], 12)
    with pytest.raises(UsedWrongly, match="the frame lacks grade"):
        drawn.total_points(frame.drop(columns="grade"))
    with pytest.raises(UsedWrongly, match="found the level '5', expected one of 2, 3, 4"):
        drawn.total_points(frame.assign(grade="5"))
    with pytest.raises(UsedWrongly, match="'age_years' lacks 120 of 120 values"):
        drawn.total_points(frame.assign(age_years=np.nan))
