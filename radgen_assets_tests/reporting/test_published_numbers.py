"""Numbers of papers beside ours."""

from __future__ import annotations

from dataclasses import replace

from radgen_assets.contracts.study import PublishedNumber
from radgen_assets.reporting.page import report_page
from radgen_assets.reporting.published_numbers import PASSES, published_rows
from radgen_assets_tests.reporting.synthetic import idh_fit, report, study, survival_fit


def rows(*given):
    asked = study().model_copy(update={"published": tuple(PublishedNumber(source="A paper", **each) for each in given)})
    return published_rows(asked, (idh_fit(), survival_fit()))


def ratio(**changes):
    common = {"what": "grade", "quantity": "hazard_ratio", "value": "1.85", "low": "1.49", "high": "2.21", "p": 0.026}
    return {**common, **changes}


def test_a_number_that_cannot_be_carries_what_speaks_against_it():
    (row,) = rows(ratio(n=112))
    assert not row.passes
    assert row.told == "1.85 (1.49 to 2.21), P = 0.026"
    assert "symmetric about the hazard ratio itself" in row.findings[0]
    assert "396 events" in row.findings[-1]


def test_a_number_that_can_be_says_so_and_no_more():
    (row,) = rows(ratio(value="0.80", low="0.53", high="1.20", p=0.28))
    assert row.findings == (PASSES,)


def test_ours_stands_beside_it_adjusted_where_there_is_one():
    (row,) = rows(ratio(fit="overall_survival", term="Grade", level="3 against 2"))
    assert (row.ours, row.ours_of) == ("2.10 (0.92 to 4.80), P = 0.078", "Grade 3 against 2, adjusted")


def test_ours_is_turned_round_where_the_paper_has_the_other_reference():
    (row,) = rows(ratio(fit="overall_survival", term="Grade", level="2 against 3"))
    assert row.ours == "0.48 (0.21 to 1.09), P = 0.078"
    assert row.ours_of == "Grade 2 against 3, adjusted"


def test_a_level_that_no_patient_has_is_told_as_absent():
    (row,) = rows(ratio(fit="overall_survival", term="Grade", level="4 against 2"))
    assert (row.ours, row.ours_of) == ("–", "no Grade 4 against 2")


def test_an_area_stands_beside_the_full_model_out_of_fold():
    given = {"what": "grade", "quantity": "auc", "value": 0.958, "low": 0.955, "high": 0.961}
    (row,) = rows({**given, "n_positive": 58, "n_negative": 35, "fit": "idh_status"})
    assert row.ours == "0.82 (0.74 to 0.91)"
    assert not row.passes
    assert row.counts == "58 + 35"


def test_the_page_has_the_section_only_when_a_study_declares_a_number():
    bare = report(fits=())
    assert 'id="published"' not in report_page(bare)
    asked = study().model_copy(update={"published": (PublishedNumber(source="<b>A</b>", **ratio()),)})
    page = report_page(replace(bare, study=asked))
    assert 'id="published"' in page
    assert "<b>A</b>" not in page
