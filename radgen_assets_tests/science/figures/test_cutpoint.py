"""Cut-point profiles."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science import figures
from radgen_assets.science.figures.inputs import CutpointProfile
from radgen_assets_tests.science.figures.figure_checks import assert_readable, words


def profile(n=80, cut=None, scale=1.0, tests=(("Lausen-Schumacher 1994", 0.0123), ("1000 permutations", 0.02))):
    values = np.round(np.random.default_rng(4).gamma(3, 1, n), 2) * scale
    cuts = np.unique(np.quantile(values, np.linspace(0.1, 0.9, 41), method="lower"))
    statistics = 3 - np.abs(cuts - np.median(cuts)) / scale
    best = float(cuts[np.argmax(statistics)]) if cut is None else cut
    return CutpointProfile(cuts, statistics, best, values, tests)


def test_cut_tests_and_both_counts_are_told():
    given = profile()
    told = words(figures.cutpoint_figure(given, x_label="Volume (ml)", groups=("small", "large")))
    n_low = int((np.asarray(given.values) <= given.cut).sum())
    assert f"Cut {given.cut:.4g}" in told
    assert "Lausen-Schumacher 1994: P = 0.012" in told
    assert f"small (≤ {given.cut:.4g}), n = {n_low}" in told
    assert f"large (> {given.cut:.4g}), n = {80 - n_low}" in told


def test_every_patient_stands_in_one_bar_on_its_side_of_the_cut():
    given = profile(200)
    bars = [patch for patch in figures.cutpoint_figure(given, x_label="v").axes[0].patches if patch.get_height()]
    values = np.asarray(given.values)
    low = sum(bar.get_height() for bar in bars if bar.get_x() + bar.get_width() <= given.cut + 1e-9)
    high = sum(bar.get_height() for bar in bars if bar.get_x() >= given.cut - 1e-9)
    assert (low, high) == ((values <= given.cut).sum(), (values > given.cut).sum())


def test_the_groups_differ_in_hatch():
    hatches = {patch.get_hatch() for patch in figures.cutpoint_figure(profile(), x_label="v").axes[0].patches}
    assert len(hatches) == 2


@pytest.mark.parametrize(
    "case", [profile(5), profile(3000), profile(scale=1e6), profile(scale=1e-5), profile(tests=())]
)
def test_texts_lie_inside_and_apart(case):
    assert_readable(figures.cutpoint_figure(case, x_label="Tumour volume (ml)"))


def test_a_cut_at_the_right_end_has_its_words_to_the_left():
    given = profile()
    assert_readable(figures.cutpoint_figure(profile(cut=float(np.max(given.values)) * 0.98), x_label="v"))


def test_no_value_is_refused():
    with pytest.raises(ValueError, match="found no cut or no value"):
        figures.cutpoint_figure(CutpointProfile([], [], 0.0, []), x_label="v")
