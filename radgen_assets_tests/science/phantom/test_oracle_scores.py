"""The oracle's interval tells what "recovered" means."""

from __future__ import annotations

import pytest

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.phantom import PhantomSettings, oracle


@pytest.fixture(scope="module")
def demo_scores():
    return oracle(PhantomSettings.demo())


def test_the_oracle_scores_populations_of_the_training_site_by_default(demo_scores):
    assert (demo_scores.n, len(demo_scores.c_index), len(demo_scores.auc)) == (40, 20, 20)


def test_the_interval_holds_about_nineteen_of_twenty_samples(demo_scores):
    inside = [demo_scores.recovers_c_index(value) for value in demo_scores.c_index]
    assert sum(inside) >= 18
    assert sum(demo_scores.recovers_auc(value) for value in demo_scores.auc) >= 18


def test_a_coin_does_not_count_as_recovered(demo_scores):
    """Otherwise the word would mean nothing."""
    assert not demo_scores.recovers_c_index(0.5)
    assert not demo_scores.recovers_auc(0.5)


def test_the_interval_narrows_with_more_persons(demo_scores):
    many = oracle(PhantomSettings.demo(), n=640)
    width = many.c_index_interval[1] - many.c_index_interval[0]
    assert width < 0.5 * (demo_scores.c_index_interval[1] - demo_scores.c_index_interval[0])


@pytest.mark.parametrize("variant", ["null", "confounded"])
def test_without_an_effect_the_true_predictors_say_nothing(variant):
    scores = oracle(PhantomSettings.demo(variant), n=3000, n_seeds=4)
    assert scores.c_index.mean() == pytest.approx(0.5, abs=0.02)
    assert scores.auc.mean() == pytest.approx(0.5, abs=0.025)


def test_one_seed_is_refused():
    with pytest.raises(UsedWrongly, match="found 1 seeds, expected two or more"):
        oracle(PhantomSettings.demo(), n_seeds=1)


def test_a_sample_with_one_idh_status_is_refused():
    """Seed 20260102 draws two persons who are both mutant."""
    with pytest.raises(UsedWrongly, match=r"found \d wildtype and \d mutant persons, expected both"):
        oracle(PhantomSettings.demo(), n=2, n_seeds=2)
