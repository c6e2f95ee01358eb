"""A restricted cubic spline is a straight line beyond its outer knots, and needs enough distinct values."""

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.spline import knots_at_quantiles, restricted_cubic_spline
from radgen_assets.science.survival.terms import code_terms


def test_a_spline_is_straight_beyond_its_outer_knots_and_bent_between():
    values = np.array([-4.0, -3, -2, 0.5, 1, 1.5, 8, 9, 10])
    curve = restricted_cubic_spline(values, (0, 1, 2, 5)) @ [1, 2, -3]
    assert np.diff(curve[:3]) == pytest.approx([1, 1])
    assert np.diff(curve[6:])[0] == pytest.approx(np.diff(curve[6:])[1])
    assert np.diff(curve[3:6])[0] != pytest.approx(np.diff(curve[3:6])[1])


def test_knots_are_harrells_quantiles():
    values = np.arange(101.0)
    assert knots_at_quantiles(values, 3) == pytest.approx((10, 50, 90))
    assert knots_at_quantiles(values, 4) == pytest.approx((5, 35, 65, 95))


def test_too_few_values_or_knots_are_refused():
    with pytest.raises(UsedWrongly, match="found 3 distinct values, expected at least 5 for 3 knots"):
        knots_at_quantiles([1, 2, 3, 3], 3)
    with pytest.raises(UsedWrongly, match="found 2 knots, expected at least 3"):
        knots_at_quantiles(np.arange(50), 2)
    with pytest.raises(UsedWrongly, match="fall together"):
        knots_at_quantiles(np.append(np.zeros(95), np.arange(1, 7)), 4)


def test_new_patients_are_coded_with_the_knots_of_the_fit():
    ages = pd.DataFrame({"age": np.linspace(20, 80, 61)})
    coded = code_terms(ages, splines={"age": 4})
    assert coded.names == ("age", "age'", "age''")
    assert coded.terms == ("age",)
    again = code_terms(ages.iloc[:2], splines=dict(coded.knots))
    assert np.array_equal(again.matrix, coded.matrix[:2])


def test_a_spline_of_what_is_no_number_is_refused():
    with pytest.raises(UsedWrongly, match="found a spline for 'grade', which is no number"):
        code_terms(pd.DataFrame({"grade": ["2", "3"]}), splines={"grade": 3})
