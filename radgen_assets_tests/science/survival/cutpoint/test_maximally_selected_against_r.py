"""Searched cut-points and their P equal R's survminer and maxstat."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science.survival import (
    Outcome,
    hothorn_lausen_p,
    logrank,
    maximally_selected_cutpoint,
)
from radgen_assets.science.survival.cutpoint.maximally_selected import log_rank_scores
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_json, read_table

SEARCH = "survival.maximally_selected_cutpoint"


def golden_cut(shared_reference, place):
    golden = read_json(shared_reference, "r5_cutpoint_roc/expected/cutpoint")[place]
    name = "r5_cutpoint_roc/data/cutpoint" if golden["n"] == 160 else "r1_survival/data/lung"
    table = read_table(shared_reference, name).dropna(subset=[golden["variable"], *_complete(golden)])
    return golden, Outcome(table[golden["time"]], table["event"]), table[golden["variable"]].to_numpy(float)


def _complete(golden):
    return ["meal.cal"] if golden["n"] == 181 else []


@pytest.mark.parametrize("place", range(7))
def test_cut_statistic_and_profile_equal_surv_cutpoint(shared_reference, place):
    golden, outcome, values = golden_cut(shared_reference, place)
    found = maximally_selected_cutpoint(outcome, values, smallest_share=golden["minprop"])
    agree(
        SEARCH,
        "cut and group size",
        [found.cut, found.n_low, found.n],
        [golden["cutpoint"], golden["n_low"], golden["n"]],
    )
    agree(SEARCH, "statistic", found.statistic, golden["statistic"])
    agree(SEARCH, "profile of statistics", found.profile_statistics, golden["profile"]["statistic"])
    agree(SEARCH, "profile of cuts", found.profile_cuts, golden["profile"]["cut"])
    agree(SEARCH, "log-rank scores", log_rank_scores(outcome), golden["logrank_scores"])
    at_cut = logrank(outcome, found.is_high(values)).statistic
    agree("survival.logrank", "statistic at the chosen cut", at_cut, golden["logrank_chisq_at_cutpoint"])


@pytest.mark.parametrize("place", range(7))
def test_p_of_the_search_equals_maxstat(shared_reference, place):
    golden, outcome, values = golden_cut(shared_reference, place)
    found = maximally_selected_cutpoint(outcome, values, smallest_share=golden["minprop"], n_permutations=20_000)
    agree(SEARCH, "P, Lausen 92", found.p_lausen_92, golden["p"]["Lau92"])
    agree(SEARCH, "P, Lausen 94", found.p_lausen_94, min(golden["p"]["Lau94"], 1.0))
    agree(SEARCH, "P, joint normal", found.p_exact_gauss, golden["p"]["exactGauss"])
    unit = golden["p_condMC_sd_between_seeds"]
    quantity = "P, permutation, in standard deviations between R's seeds"
    agree(SEARCH, quantity, found.p_permutation / unit, golden["p_condMC_mean"] / unit)


@pytest.mark.parametrize("place", range(5))
def test_the_exact_bound_equals_maxstat(shared_reference, place):
    golden, outcome, values = golden_cut(shared_reference, place)
    found = hothorn_lausen_p(outcome, values, smallest_share=golden["minprop"])
    agree("survival.hothorn_lausen_p", "P, Hothorn-Lausen", found, golden["p"]["HL"])


def test_the_exact_bound_is_defined_where_factorials_overflow_in_r(shared_reference):
    golden, outcome, values = golden_cut(shared_reference, 5)
    assert golden["p"]["HL"] is None
    assert golden["p_condMC_mean"] < hothorn_lausen_p(outcome, values) <= 1
    assert np.isfinite(values).all()
