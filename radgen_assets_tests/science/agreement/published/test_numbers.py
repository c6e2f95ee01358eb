"""The audit of published numbers says of every row of the four papers what METHODS says of it."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import BadInput
from radgen_assets.science.agreement import audit_auc, audit_hazard_ratio
from radgen_assets_tests.science.agreement.published.published_rows import AREAS, CONTROL_HAZARD_RATIOS, HAZARD_RATIOS

PRINTED = re.compile(r"([\d.]+) \(([\d.]+)-([\d.]+)\) ?(.*)")


def parts(printed):
    found = PRINTED.fullmatch(printed)
    assert found
    return found.groups()


def as_numbers(printed):
    """The same row with floats, whose last zeros are lost; a bound of P stays text."""
    *numbers, p = parts(printed)
    return *map(float, numbers), p if "<" in p else float(p)


@pytest.mark.parametrize("read", [parts, as_numbers])
@pytest.mark.parametrize("row", HAZARD_RATIOS, ids=lambda row: row[0])
def test_every_published_hazard_ratio_is_judged_as_in_methods(row, read):
    _, n, printed, log_offset, p_implied, min_events, flags = row
    audit = audit_hazard_ratio(*read(printed), n=n)
    assert " ".join(audit.flags) == flags
    assert audit.passes == (flags == "")
    assert len(audit.findings) == len(audit.flags)
    assert audit.log_offset == pytest.approx(log_offset, abs=0.005)
    # one printed digit: METHODS gives 2e-33 for 1.5e-33
    assert audit.p_implied == pytest.approx(p_implied, rel=0.4)
    if min_events:
        assert round(audit.min_events) == min_events


@pytest.mark.parametrize("printed", CONTROL_HAZARD_RATIOS)
def test_the_adjusted_hazard_ratios_of_paper_b_all_pass(printed):
    assert audit_hazard_ratio(*parts(printed), n=127).passes
    assert audit_hazard_ratio(*as_numbers(printed), n=127).passes


def test_the_readings_of_methods_are_there():
    external = audit_hazard_ratio("8.340", "6.540", "18.430", "< 0.001", n=77)
    assert (round(external.centre, 2), round(external.fitting_low, 2)) == (10.98, 3.77)
    assert "centre is 10.98, not 8.34; a lower limit of 3.77" in external.findings[0]
    assert round(audit_hazard_ratio(10.18, 1.551, 39.79, "<0.001").centre, 2) == 7.86
    assert round(audit_hazard_ratio(8.154, 2.104, 21.6, "<0.001").centre, 2) == 6.74
    assert abs(audit_hazard_ratio("2.105", "1.998", "2.213", "0.025").linear_offset) < 0.005
    adjusted, unadjusted = audit_hazard_ratio(9.169, 6.888, 12.2), audit_hazard_ratio(11.85, 7.931, 17.7)
    assert (round(adjusted.std_err, 3), round(unadjusted.std_err, 3)) == (0.146, 0.205)


def test_the_searched_cut_of_paper_a_is_not_significant_once_the_search_is_counted():
    from scipy.special import ndtri

    from radgen_assets.science.survival.cutpoint.p_values import lausen_92_p

    implied = audit_hazard_ratio("2.741", "1.017", "7.388", "0.018").p_implied
    corrected = [lausen_92_p(float(-ndtri(p / 2)), 0.1) for p in (0.018, implied)]
    assert [round(p, 2) for p in corrected] == [0.25, 0.47]


def test_the_copied_row_of_paper_b_is_not_significant():
    """Infiltrative + chr1p35, univariate: called significant in its figure, its Wald P is 0.056."""
    assert round(audit_hazard_ratio("2.06", "0.98", "4.31").p_implied, 3) == 0.056
    assert round(audit_hazard_ratio("0.92", "0.58", "1.45").p_implied, 2) == 0.72


@given(
    log_hr=st.floats(-2, 2),
    std_err=st.floats(0.05, 1),
    n_factor=st.floats(1.2, 4),
)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_an_honest_wald_row_passes_however_it_is_rounded(log_hr, std_err, n_factor):
    hr, low, high = np.exp(log_hr + std_err * np.array([0, -1.959964, 1.959964]))
    audit = audit_hazard_ratio(hr, low, high)
    n = int(np.ceil(audit.min_events * n_factor))
    assert audit.log_offset == pytest.approx(0, abs=1e-5)
    for digits in (2, 3):
        printed = [f"{value:.{digits}f}" for value in (hr, low, high)]
        if float(printed[1]) > 0:
            assert audit_hazard_ratio(*printed, f"{audit.p_implied:.6f}", n=n).passes


@given(log_hr=st.floats(-1.5, 1.5), std_err=st.floats(0.1, 0.8))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_turning_the_reference_group_turns_the_audit(log_hr, std_err):
    hr, low, high = np.exp(log_hr + std_err * np.array([0.3, -1.96, 1.96]))
    one, other = audit_hazard_ratio(hr, low, high), audit_hazard_ratio(1 / hr, 1 / high, 1 / low)
    assert other.log_offset == pytest.approx(-one.log_offset, abs=1e-9)
    assert other.p_implied == pytest.approx(one.p_implied, rel=1e-9)
    assert other.min_events == pytest.approx(one.min_events, rel=1e-9)


def test_an_interval_that_holds_one_with_a_small_p_is_a_contradiction():
    audit = audit_hazard_ratio("1.50", "0.90", "2.50", "0.010")
    assert audit.flags == ("CI_VS_P", "P_DIFF")
    assert audit.findings[0] == "The interval holds 1, but P is 0.01."


def test_a_limit_that_rounds_to_one_is_no_contradiction():
    assert audit_hazard_ratio("1.50", "1.00", "2.25", "0.051").passes
    assert audit_hazard_ratio("1.50", "1.00", "2.25", "0.049").passes


@pytest.mark.parametrize("p", ["< 0.001", "<0.001", "<.001", "P < 0.001", "p<0.001", " ≤ 0.001"])
def test_a_bound_of_p_is_read_however_it_is_printed(p):
    audit = audit_hazard_ratio("2.0", "1.2", "3.3", p)
    assert (audit.p, audit.p_is_bound) == (0.001, True)
    assert audit.findings == ("The interval implies P = 0.0072; stated is < 0.001.",)


def test_a_p_is_read_with_its_letter():
    assert audit_hazard_ratio("2.0", "1.2", "3.3", "P = 0.007").p == 0.007


def test_numbers_of_any_precision_are_taken_in_their_shortest_form():
    row = (8.34, 6.54, 18.43)
    plain, single = audit_hazard_ratio(*row), audit_hazard_ratio(*map(np.float32, row))
    assert (single.low, single.p_implied_high) == (plain.low, plain.p_implied_high)
    assert audit_hazard_ratio(2, 1, 4).hazard_ratio == 2


def test_without_p_and_n_their_questions_are_not_asked():
    assert audit_hazard_ratio("1.036", "1.015", "1.058").flags == ()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("2", "3", "4"), r"found 2 \(3 to 4\), expected low <= hr <= high"),
        (("2", "2", "2"), "expected low <= hr <= high"),
        (("0", "0", "2"), "hr: found 0, expected a number above 0"),
        (("two", "1", "4"), "hr: found 'two', expected a number"),
        ((float("nan"), 1.0, 4.0), "hr: found 'nan', expected a finite number"),
        ((2.0, 1.0, float("inf")), "high: found 'inf', expected a finite number"),
        ((2.0, 1.5, 2.7, 1.5), "p: found 1.5, expected a number in 0 .. 1"),
        ((2.0, 1.5, 2.7, "ns"), "p: found 'ns', expected a number"),
        ((2.0, 1.5, 2.7, 0.04, 0), "n: found 0, expected a number of patients"),
    ],
)
def test_what_is_no_hazard_ratio_is_refused(arguments, text):
    with pytest.raises(BadInput, match=text):
        audit_hazard_ratio(*arguments)


@pytest.mark.parametrize("row", AREAS, ids=lambda row: row[0])
def test_every_published_area_is_judged_as_in_methods(row):
    _, n_positive, n_negative, printed, ratio, n_needed, interval = row
    auc, low, high, _ = parts(printed)
    audit = audit_auc(auc, low, high, n_positive, n_negative)
    assert audit.flags == ("NOT_SAMPLING",)
    assert round(audit.ratio, 1) == ratio
    assert audit.n_needed == pytest.approx(n_needed, rel=0.01)
    assert f"{audit.hanley_mcneil_low:.3f}-{audit.hanley_mcneil_high:.3f}" == interval
    assert "no sampling error" in audit.findings[0]


def test_the_papers_own_p_proves_its_intervals_wrong():
    """0.958 against 0.852, DeLong P = 0.013: the standard error of the difference that this needs, and those stated."""
    best, cnn = audit_auc(0.958, 0.955, 0.961, 58, 35), audit_auc(0.852, 0.846, 0.858, 58, 35)
    needed = (0.958 - 0.852) / 2.4838  # normal quantile of P = 0.013
    stated = np.hypot(best.std_err, cnn.std_err)
    assert round(needed, 4) == 0.0427
    assert round(np.hypot(best.hanley_mcneil_std_err, cnn.hanley_mcneil_std_err), 4) == 0.0434
    assert (round(stated, 4), round((0.958 - 0.852) / stated)) == (0.0034, 31)


def test_mean_area_of_paper_d_has_a_wide_interval():
    audit = audit_auc("0.781", "0.673", "0.889", 28, 94)
    assert (round(audit.hanley_mcneil_low, 3), round(audit.hanley_mcneil_high, 3)) == (0.673, 0.889)
    assert audit.passes
    fold = audit_auc("0.750", "0.59", "0.91", 10, 30)  # its third fold, 10 of the high-risk group among 40
    assert round(1.96 * fold.hanley_mcneil_std_err, 2) == 0.19


def test_an_interval_half_again_too_narrow_is_said_to_be():
    honest = audit_auc(0.8, 0.7, 0.9, 50, 50)
    half = 1.959964 * honest.hanley_mcneil_std_err / 2
    assert audit_auc(0.8, 0.8 - half, 0.8 + half, 50, 50).flags == ("TOO_NARROW",)


def test_an_interval_cut_at_one_is_judged_by_its_other_half():
    audit = audit_auc("0.98", "0.93", "1", 20, 20)
    assert audit.std_err == pytest.approx(0.05 / 1.959964, rel=1e-6)
    assert audit.hanley_mcneil_high == 1


@given(auc=st.floats(0.5, 0.97), n_positive=st.integers(5, 200), n_negative=st.integers(5, 200))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_an_interval_of_hanley_and_mcneil_passes_its_own_audit(auc, n_positive, n_negative):
    expected = audit_auc(auc, auc - 0.01, auc + 0.01, n_positive, n_negative)
    audit = audit_auc(auc, expected.hanley_mcneil_low, expected.hanley_mcneil_high, n_positive, n_negative)
    assert audit.ratio == pytest.approx(1)
    assert audit.passes


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((0.8, 0.9, 0.95, 5, 5), r"found 0.8 \(0.9 to 0.95\)"),
        ((1.2, 0.9, 1.3, 5, 5), "0 <= low <= auc <= high <= 1"),
        ((0.8, 0.8, 0.8, 5, 5), "0 <= low <= auc <= high <= 1"),
        ((0.8, 0.7, 0.9, 0, 5), "found 0 and 5, expected patients of both"),
        (("high", 0.7, 0.9, 5, 5), "auc: found 'high', expected a number"),
    ],
)
def test_what_is_no_area_is_refused(arguments, text):
    with pytest.raises(BadInput, match=text):
        audit_auc(*arguments)
