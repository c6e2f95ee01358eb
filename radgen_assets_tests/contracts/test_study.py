"""A study's TOML: what cannot be asked for is refused, with what was expected in its place."""

from __future__ import annotations

import re

import pytest

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.study import Study
from radgen_assets.contracts.toml_models import parse_table

FIT = {"name": "os", "kind": "survival", "outcome": "overall_survival", "blocks": ["clinical"]}
PUBLISHED = {
    "source": "a paper", "what": "grade", "quantity": "hazard_ratio", "value": 1.85, "low": 1.49, "high": 2.21,
}  # fmt: skip


def study(fit=None, **changes) -> Study:
    table = {
        "name": "s",
        "title": "t",
        "question": "q",
        "roles": {"train": ["a"]},
        "blocks": {"clinical": {"kind": "clinical", "columns": ["age_years", "grade"]}, "x": {"kind": "radiomics"}},
        "fits": [{**FIT, **(fit or {})}],
    }
    return parse_table(Study, {**table, **changes}, "s.toml")


def published(**changes) -> Study:
    return study(published=[{**PUBLISHED, **changes}])


def test_a_cox_model_with_selection_is_read():
    fit = study({"model": "cox", "selection": "backward_aic", "forced": ["age_years"], "where": {"grade": ["4"]}}).fits[
        0
    ]
    assert (fit.model, fit.selection, fit.forced, fit.where) == (
        "cox",
        "backward_aic",
        ("age_years",),
        {"grade": ("4",)},
    )


def test_by_default_folds_are_dealt_ten_times_and_the_model_is_penalised():
    fit = study().fits[0]
    assert (fit.repeats, fit.model, fit.missing) == (10, "elastic_net", "impute")


@pytest.mark.parametrize(
    ("fit", "expected"),
    [
        (
            {"kind": "classification", "outcome": "grade", "positive": "4", "model": "cox"},
            "expected kind 'survival' beside model = 'cox'",
        ),
        (
            {"kind": "classification", "outcome": "grade", "positive": "4", "kaplan_meier_by": ["sex"]},
            "expected kind 'survival' beside kaplan_meier_by = sex",
        ),
        ({"selection": "p_filter"}, "expected model 'cox' beside selection; the elastic net chooses by its penalty"),
        ({"model": "cox", "forced": ["grade"]}, "beside forced; without selection nothing drops"),
        (
            {"model": "cox", "blocks": ["clinical", "x"]},
            "expected clinical blocks only in fit 'os' with model 'cox', which has no penalty; 'x' is radiomics",
        ),
        (
            {"model": "cox", "selection": "backward_aic", "forced": ["kps"]},
            "expected forced of fit 'os' to be columns of its blocks, not 'kps'",
        ),
    ],
)
def test_declarations_that_do_not_fit_together_are_refused(fit, expected):
    with pytest.raises(BadInput, match=re.escape(expected)):
        study(fit)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"value": 2.5}, "expected 0 < low <= value <= high, not 2.5 (1.49 to 2.21)"),
        ({"low": "1.49."}, "expected low to be a number, not '1.49.'"),
        ({"quantity": "auc", "value": 0.9, "low": 0.8, "high": 1.1}, "expected an auc of at most 1, not 1.1"),
        ({"quantity": "auc", "value": 0.9, "low": 0.8, "high": 0.95}, "expected n_positive and n_negative"),
        ({"fit": "os"}, "expected fit and term together: they say which of our hazard ratios stands beside it"),
        ({"fit": "dead", "term": "grade"}, "expected published 'grade' to name a fit (os), not 'dead'"),
    ],
)
def test_published_numbers_that_cannot_be_asked_about_are_refused(changes, expected):
    with pytest.raises(BadInput, match=re.escape(expected)):
        published(**changes)


def test_a_published_number_keeps_the_zeros_that_the_paper_printed():
    (row,) = published(value="1.850", p="< 0.001").published
    assert (row.value, row.p) == ("1.850", "< 0.001")


def test_a_cohort_for_stability_without_a_threshold_is_refused():
    blocks = {"clinical": {"kind": "clinical", "columns": ["age_years"]}}
    with pytest.raises(BadInput, match="least_stability beside stability_of"):
        study(blocks=blocks | {"x": {"kind": "radiomics", "stability_of": ["a"]}})
    block = study(blocks=blocks | {"x": {"kind": "radiomics", "least_stability": 0.75}}).blocks["x"]
    assert (block.least_stability, block.stability_of) == (0.75, ())


CONTRAST = {"name": "idh", "column": "idh_status", "level": "mutant", "reference": "wildtype"}


def contrasts(*changes: dict, **study_changes) -> Study:
    """A study of contrasts alone."""
    return study(fits=[], blocks={}, contrasts=[{**CONTRAST, **each} for each in changes], **study_changes)


def test_a_study_may_have_contrasts_and_no_fits():
    (contrast,) = contrasts({"adjust_for": ["grade"], "where": {"grade": ["2", "3"]}}).contrasts
    assert (contrast.methods, contrast.false_discovery_rate, contrast.least_log2_fold_change) == (
        ("deseq2", "limma_voom"),
        0.05,
        1.0,
    )
    assert (contrast.adjust_for, contrast.where) == (("grade",), {"grade": ("2", "3")})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"reference": "mutant"}, "expected two levels of idh_status, not 'mutant' twice"),
        ({"methods": []}, "expected at least one method, and each once"),
        ({"methods": ["deseq2", "deseq2"]}, "expected at least one method, and each once"),
        ({"adjust_for": ["idh_status"]}, "expected 'idh_status' in one of column, adjust_for and batch"),
        ({"adjust_for": ["grade"], "batch": ["grade"]}, "expected 'grade' in one of column, adjust_for and batch"),
    ],
)
def test_contrasts_that_cannot_be_asked_are_refused(change, expected):
    with pytest.raises(BadInput, match=re.escape(expected)):
        contrasts(change)


def test_a_study_without_fits_and_contrasts_is_refused():
    with pytest.raises(BadInput, match="expected at least one fit or contrast, and each name once"):
        contrasts()


def test_a_contrast_does_not_share_its_name_with_a_fit():
    """Both are assets models/<study>/<name>."""
    with pytest.raises(BadInput, match="at least one fit or contrast, and each name once"):
        study(contrasts=[{**CONTRAST, "name": "os"}])
