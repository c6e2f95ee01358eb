"""Curves under weights are those of the patients repeated; samples draw persons whole and repeat with their seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import Outcome, censoring_curve, kaplan_meier
from radgen_assets.science.survival.curves.resampled import SortedCohort, bootstrap_counts

PATIENTS = st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.integers(0, 3)), min_size=1, max_size=14)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(patients=PATIENTS, time=st.floats(0, 8))
def test_whole_weights_are_repeated_patients(patients, time):
    times, event, counts = (np.array(column) for column in zip(*patients, strict=True))
    outcome, cohort, weights = Outcome(times, event), SortedCohort.of(Outcome(times, event)), counts[None, :] * 1.0
    survival, before = cohort.survival_at(weights, time)[0], cohort.observed_before(weights)[0]
    if not counts.sum():
        assert survival == 1
        return
    repeated = outcome.of(np.repeat(np.arange(len(counts)), counts))
    assert survival == pytest.approx(float(kaplan_meier(repeated).survival_at([time])[0]), abs=1e-12)
    assert before[counts > 0] == pytest.approx(censoring_curve(repeated).before(times[counts > 0]), abs=1e-12)


def test_each_row_of_weights_is_its_own_sample():
    cohort = SortedCohort.of(Outcome([3, 1, 2], [True, True, False]))
    found = cohort.survival_at(np.array([[1.0, 1, 1], [1, 0, 1], [0, 0, 1], [2, 1, 0]]), 1)
    assert found == pytest.approx([2 / 3, 1, 1, 2 / 3])


def test_samples_repeat_with_their_seed_whatever_the_block(monkeypatch):
    whole = np.concatenate(list(bootstrap_counts(10, 30, seed=1)))
    assert whole.shape == (30, 10)
    assert (whole.sum(axis=1) == 10).all()
    assert np.array_equal(whole, np.concatenate(list(bootstrap_counts(10, 30, seed=1))))
    assert not np.array_equal(whole, np.concatenate(list(bootstrap_counts(10, 30, seed=2))))
    monkeypatch.setattr("radgen_assets.science.survival.curves.resampled.CELLS", 40)
    assert np.array_equal(whole, np.concatenate(list(bootstrap_counts(10, 30, seed=1))))


def test_the_patients_of_a_person_are_drawn_together():
    (counts,) = bootstrap_counts(5, 50, seed=0, persons=["a", "b", "a", "c", "b"])
    assert np.array_equal(counts[:, 0], counts[:, 2])
    assert np.array_equal(counts[:, 1], counts[:, 4])
    assert (counts[:, [0, 1, 3]].sum(axis=1) == 3).all()


def test_odd_requests_are_refused():
    with pytest.raises(UsedWrongly, match="found -1 samples"):
        list(bootstrap_counts(5, -1, seed=0))
    with pytest.raises(UsedWrongly, match=r"persons of shape \(2,\), expected \(5,\)"):
        list(bootstrap_counts(5, 1, seed=0, persons=[1, 2]))
