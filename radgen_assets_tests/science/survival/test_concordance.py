"""What counts as a pair, what C does not depend on, and when it is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import Outcome, compare_concordance, harrell_c


def cohort(seed, n=40):
    generator = np.random.default_rng(seed)
    risk = generator.normal(size=n).round(1)
    time = np.ceil(generator.exponential(10 * np.exp(-risk)))
    event = generator.random(n) < 0.7
    event[int(np.argmin(time))] = True
    return Outcome(time, event), risk


def test_a_person_censored_before_the_first_death_forms_no_pair():
    result = harrell_c(Outcome([3, 5, 9], [False, True, True]), [9, 2, 1])
    assert (result.n_concordant, result.n_discordant) == (1, 0)


def test_a_person_censored_at_the_time_of_a_death_outlives_it():
    result = harrell_c(Outcome([5, 5], [True, False]), [2, 1])
    assert result.n_concordant == 1


def test_two_deaths_at_one_time_are_no_pair():
    with pytest.raises(UsedWrongly, match="no pair of patients can be ordered"):
        harrell_c(Outcome([5, 5], [True, True]), [2, 1])


def test_tied_risks_count_one_half():
    assert harrell_c(Outcome([1, 2], [1, 1]), [3, 3]).value == 0.5


def test_all_censored_is_refused_with_the_counts():
    with pytest.raises(UsedWrongly, match=r"no pair of patients can be ordered \(3 patients, 0 events\)"):
        harrell_c(Outcome([1, 2, 3], [0, 0, 0]), [1, 2, 3])


def test_missing_risks_and_other_lengths_are_refused():
    with pytest.raises(UsedWrongly, match="found 1 risks that are NaN"):
        harrell_c(Outcome([1, 2], [1, 1]), [np.nan, 1])
    with pytest.raises(UsedWrongly, match=r"risk of shape \(3,\), expected \(2,\)"):
        harrell_c(Outcome([1, 2], [1, 1]), [1, 2, 3])


@given(seed=st.integers(0, 500))
def test_monotone_transforms_order_and_units_leave_it(seed):
    outcome, risk = cohort(seed)
    order = np.random.default_rng(seed).permutation(outcome.n)
    moved = harrell_c(Outcome(outcome.time_months[order] * 7, outcome.event[order]), np.exp(risk[order]) + 3)
    plain = harrell_c(outcome, risk)
    assert moved.value == pytest.approx(plain.value, abs=1e-12)
    assert moved.std_err == pytest.approx(plain.std_err, abs=1e-12)


@given(seed=st.integers(0, 500))
def test_the_opposite_score_has_the_opposite_concordance(seed):
    outcome, risk = cohort(seed)
    assert harrell_c(outcome, -risk).value == pytest.approx(1 - harrell_c(outcome, risk).value, abs=1e-12)


def test_a_score_compared_with_itself_does_not_differ():
    outcome, risk = cohort(1)
    difference = compare_concordance(outcome, risk, 2 * risk + 1)
    assert (difference.value, difference.std_err, difference.p) == (0, 0, 1)


def test_patients_doubled_within_persons_do_not_narrow_the_interval():
    """Counting a person's two scans as two people would divide the variance by two."""
    outcome, risk = cohort(2, 60)
    twice = Outcome(np.tile(outcome.time_months, 2), np.tile(outcome.event, 2))
    persons = np.tile(np.arange(60), 2)
    once = harrell_c(outcome, risk).std_err
    clustered = harrell_c(twice, np.tile(risk, 2), persons=persons).std_err
    assert clustered == pytest.approx(once, rel=0.05)
    assert harrell_c(twice, np.tile(risk, 2)).std_err < 0.8 * once
