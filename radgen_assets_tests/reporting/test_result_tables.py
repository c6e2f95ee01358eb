"""Tables of results."""

from __future__ import annotations

from radgen_assets.reporting.result_tables import result_tables
from radgen_assets_tests.reporting.synthetic import idh_fit, survival_fit


def test_there_is_a_table_a_setting_and_a_column_a_model():
    home, outside = result_tables(idh_fit())
    assert home.models == ("Full model", "Clinical baseline", "Centre only")
    assert outside.models == ("Full model", "Clinical baseline")
    assert outside.setting == "External cohort public_images"


def test_a_table_says_how_many_stand_behind_it():
    home, outside = result_tables(idh_fit())
    assert home.counts == "107 patients, 83 mutant"
    assert outside.counts == "64 patients, 35 mutant"


def test_only_the_tested_estimate_has_a_difference():
    (table,) = result_tables(survival_fit())
    assert [row.difference for row in table.rows] == ["−0.072 (−0.151 to +0.009), P = 0.080", "", ""]


def test_every_row_names_its_methods_once():
    home, _ = result_tables(idh_fit())
    assert home.rows[0].method == "DeLong; DeLong, paired"
    assert home.rows[1].method == "bootstrap over persons, 500"
