"""A whole fit: what it promises about predictions, baselines, intervals, exclusions and storage."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.science.learning import (
    ExternalData,
    fit_study_classification,
    fit_study_survival,
    predict_from_model,
)
from radgen_assets_tests.science.learning.study.synthetic import KINDS, cohort, declaration, performance

EXTERNAL = "external: b"


@pytest.fixture(scope="module")
def classified():
    blocks, classes, _, persons, centre = cohort(seed=1)
    other, other_classes, _, other_persons, _ = cohort(seed=2, prefix="b")
    external = {EXTERNAL: ExternalData(other, other_classes, other_persons)}
    fit = declaration(repeats=2)
    return fit_study_classification(blocks, KINDS, classes, persons, fit, centre=centre, external=external), other


@pytest.fixture(scope="module")
def survived():
    blocks, _, survival, persons, centre = cohort(seed=1)
    other, _, other_survival, other_persons, _ = cohort(seed=2, prefix="b")
    external = {EXTERNAL: ExternalData(other, other_survival, other_persons)}
    fit = declaration("survival")
    return fit_study_survival(blocks, KINDS, survival, persons, fit, centre=centre, external=external), other


@pytest.mark.parametrize("made", ["classified", "survived"])
def test_every_model_predicts_every_patient_once_and_folds_are_told(made, request):
    result, _ = request.getfixturevalue(made)
    for model in ("full", "baseline", "centre_only"):
        predictions = performance(result, model).predictions
        assert len(set(predictions.patients)) == result.n == 60
        assert len(predictions.score) == len(predictions.fold) == 60
        assert set(predictions.fold) == {0, 1, 2, 3}
    repeats = result.settings["repeats"]
    assert len(result.splits) == 60 * repeats
    assert {(patient, repeat) for patient, repeat, _ in result.splits} == {
        (patient, repeat) for patient in performance(result, "full").predictions.patients for repeat in range(repeats)
    }


@pytest.mark.parametrize(("made", "measure"), [("classified", "auc"), ("survived", "concordance")])
def test_a_planted_signal_is_found_beyond_the_clinical_baseline(made, measure, request):
    result, _ = request.getfixturevalue(made)
    full = performance(result, "full").estimates[measure]
    assert full.low > 0.55
    assert result.comparison["cross_validated"].value > 0.1
    assert result.comparison["cross_validated"].p < 0.05
    assert performance(result, "full", EXTERNAL).estimates[measure].low > 0.55
    best = result.coefficients[0]
    assert (best.model, best.block, best.feature, best.selection_frequency) == ("full", "radiomics", "r0", 1.0)


@pytest.mark.parametrize("made", ["classified", "survived"])
def test_every_estimate_has_an_interval_or_says_why_not(made, request):
    result, _ = request.getfixturevalue(made)
    for each in result.performances:
        for name, estimate in each.estimates.items():
            assert estimate.n == 60
            assert estimate.n_events > 0
            assert estimate.method
            if name != "log_rank_p":
                assert estimate.note or estimate.low <= estimate.value <= estimate.high


@pytest.mark.parametrize("made", ["classified", "survived"])
def test_the_stored_model_alone_gives_the_same_predictions(made, request):
    """What goes to JSON is enough to predict: no pickle is needed."""
    result, other = request.getfixturevalue(made)
    stored = json.loads(json.dumps(result.models, allow_nan=False))
    for model in ("full", "baseline"):
        expected = performance(result, model, EXTERNAL).predictions
        again = predict_from_model(stored[model], other, horizon_months=expected.horizon_months).loc[
            list(expected.patients)
        ]
        assert again["score"].to_numpy() == pytest.approx(np.array(expected.score), abs=1e-12)
        assert again["probability"].to_numpy() == pytest.approx(np.array(expected.probability), abs=1e-12)


@pytest.mark.parametrize("made", ["classified", "survived"])
def test_a_result_is_plain_json_without_nan(made, request):
    result, _ = request.getfixturevalue(made)
    assert json.dumps(dataclasses.asdict(result), allow_nan=False)


def test_equal_seeds_give_equal_results_whatever_the_order_of_rows():
    blocks, classes, _, persons, _ = cohort(n=40, n_radiomics=10, seed=3)
    order = np.random.default_rng(0).permutation(classes.index)
    mixed = {name: frame.loc[np.random.default_rng(1).permutation(frame.index)] for name, frame in blocks.items()}
    first = fit_study_classification(blocks, KINDS, classes, persons, declaration())
    again = fit_study_classification(mixed, KINDS, classes.loc[order], persons, declaration())
    assert first == again


def test_another_seed_gives_other_folds():
    blocks, classes, _, persons, _ = cohort(n=40, n_radiomics=5, seed=3)
    first, other = (
        fit_study_classification(blocks, KINDS, classes, persons, declaration(seed=s)).splits for s in (1, 2)
    )
    assert first != other


def test_patients_of_one_person_share_a_fold():
    blocks, classes, _, persons, _ = cohort(n=60, n_radiomics=5, seed=4)
    persons.iloc[1::2] = persons.iloc[::2].to_numpy()
    result = fit_study_classification(blocks, KINDS, classes, persons, declaration())
    fold = {patient: fold for patient, _, fold in result.splits}
    assert all(fold[a] == fold[b] for a, b in zip(persons.index[::2], persons.index[1::2], strict=True))
    assert (result.n, result.n_persons) == (60, 30)


def test_a_feature_that_knows_the_outcome_of_the_test_fold_alone_does_not_help():
    """Leakage test: in each fold a column equals the outcome of that fold's patients and is noise elsewhere.

    A pipeline whose fits see the test fold reaches 0.88 here.
    """
    blocks, classes, _, persons, _ = cohort(n=80, n_radiomics=5, seed=6, signal=0)
    fit = declaration(outer_folds=4)
    plain = fit_study_classification(blocks, KINDS, classes, persons, fit)
    fold = pd.Series({patient: fold for patient, _, fold in plain.splits})
    truth = (classes == "mutant").astype(float)
    generator = np.random.default_rng(0)
    told = {f"told{k}": truth.where(fold == k, generator.integers(0, 2, 80)) for k in range(4)}
    leaking = {**blocks, "radiomics": blocks["radiomics"].assign(**told)}
    result = fit_study_classification(leaking, KINDS, classes, persons, fit)
    assert result.splits == plain.splits
    assert performance(result, "full").estimates["auc"].value < 0.65
    cheating = pd.Series({p: sum(told[f"told{k}"][p] for k in range(4) if fold[p] == k) for p in classes.index})
    assert (cheating == truth).all()


def test_values_of_the_test_fold_do_not_reach_the_training_folds():
    """Multiplying one patient's predictors by a million changes no other patient's prediction in its own fold."""
    blocks, classes, _, persons, _ = cohort(n=40, n_radiomics=8, seed=6)
    result = fit_study_classification(blocks, KINDS, classes, persons, declaration())
    wild = {"clinical": blocks["clinical"], "radiomics": blocks["radiomics"].copy()}
    wild["radiomics"].iloc[0] *= 1e6
    other = fit_study_classification(wild, KINDS, classes, persons, declaration())
    before, after = (performance(r, "full").predictions for r in (result, other))
    same_fold = [k for k in range(1, 40) if before.fold[k] == before.fold[0]]
    assert same_fold
    assert [before.score[k] for k in same_fold] == [after.score[k] for k in same_fold]


@pytest.mark.parametrize("seed", range(3))
def test_noise_gives_an_interval_that_covers_one_half(seed):
    """0.1 of slack above: scores pooled over folds lean below one half when there is nothing to learn."""
    blocks, classes, survival, persons, _ = cohort(n=50, n_radiomics=200, seed=20 + seed, signal=0)
    generator = np.random.default_rng(seed)
    shuffled = pd.Series(generator.permutation(classes), index=classes.index)
    result = fit_study_classification(blocks, KINDS, shuffled, persons, declaration())
    area = performance(result, "full").estimates["auc"]
    assert area.low is None or area.low < 0.5 < area.high + 0.1
    order = generator.permutation(len(survival))
    mixed = survival.iloc[order].set_axis(survival.index)
    result = fit_study_survival(blocks, KINDS, mixed, persons, declaration("survival"))
    c = performance(result, "full").estimates["concordance"]
    assert c.low is None or c.low < 0.5 < c.high + 0.1


@pytest.mark.slow
def test_under_noise_intervals_cover_one_half_in_about_95_of_100_cohorts():
    """Predictions of different folds are not quite independent, so a little under 95 is expected; 85 is the bound."""
    covered = 0
    for seed in range(100):
        blocks, classes, _, persons, _ = cohort(n=40, n_radiomics=20, seed=100 + seed, signal=0)
        shuffled = pd.Series(np.random.default_rng(seed).permutation(classes), index=classes.index)
        area = performance(
            fit_study_classification(blocks, KINDS, shuffled, persons, declaration(bootstraps=50)), "full"
        ).estimates["auc"]
        covered += area.low is None or area.low <= 0.5 <= area.high
    assert covered >= 85


def test_missing_data_are_reported_before_they_are_handled():
    blocks, classes, _, persons, _ = cohort(n=50, n_radiomics=5, seed=7)
    blocks["clinical"].iloc[2, 0] = np.nan
    blocks["clinical"].iloc[3:5, 1] = None
    blocks["radiomics"].iloc[6, 1] = np.nan
    blocks["radiomics"] = blocks["radiomics"].drop(index=classes.index[0])
    classes.iloc[1] = None
    result = fit_study_classification(blocks, KINDS, classes, persons, declaration())
    told = {row.column: (row.n_missing, row.n, row.handled) for row in result.missing}
    assert told == {
        "idh_status": (1, 50, "patient left out"),
        "age_years": (1, 50, "median of the training fold"),
        "sex": (2, 50, "most frequent level of the training fold"),
        "block radiomics": (1, 50, "patient left out"),
        "r1": (1, 50, "median of the training fold"),
    }
    assert result.excluded == (
        (classes.index[0], "no value of block radiomics (radiomics)"),
        (classes.index[1], "outcome idh_status missing"),
    )
    assert result.n == 48


def test_a_patient_without_a_person_is_left_out_with_the_reason():
    blocks, classes, _, persons, _ = cohort(n=40, n_radiomics=5, seed=8)
    result = fit_study_classification(blocks, KINDS, classes, persons.drop(index="a.p000"), declaration())
    assert result.excluded == (("a.p000", "no person is declared"),)


def test_many_incomplete_columns_of_a_block_are_told_in_one_row():
    blocks, classes, _, persons, _ = cohort(n=40, n_radiomics=30, seed=8)
    blocks["radiomics"].iloc[0, :25] = np.nan
    result = fit_study_classification(blocks, KINDS, classes, persons, declaration())
    assert ("block radiomics: 25 of 30 columns, at most", 1) in [(m.column, m.n_missing) for m in result.missing]


def test_too_few_positives_for_the_folds_is_refused_with_the_counts():
    blocks, classes, _, persons, _ = cohort(n=30, n_radiomics=5, seed=9)
    classes[:] = "wildtype"
    classes.iloc[:3] = "mutant"
    with pytest.raises(
        UsedWrongly, match="27 with 'negative', 3 with 'positive' among 30 persons, expected at least 8"
    ):
        fit_study_classification(blocks, KINDS, classes, persons, declaration())


def test_an_absent_positive_value_is_refused_with_what_was_found():
    blocks, classes, _, persons, _ = cohort(n=30, n_radiomics=5)
    with pytest.raises(UsedWrongly, match="no patient has idh_status = 'yes'; found mutant, wildtype"):
        fit_study_classification(blocks, KINDS, classes, persons, declaration(positive="yes"))


def test_the_outcome_among_the_predictors_is_refused():
    blocks, classes, survival, persons, _ = cohort(n=30, n_radiomics=5)
    leaking = {**blocks, "clinical": blocks["clinical"].assign(idh_status=classes)}
    with pytest.raises(UsedWrongly, match="the outcome 'idh_status' stands among the predictors of block 'clinical'"):
        fit_study_classification(leaking, KINDS, classes, persons, declaration())
    leaking = {**blocks, "clinical": blocks["clinical"].assign(event=survival["event"])}
    with pytest.raises(UsedWrongly, match="the outcome 'event' stands among the predictors"):
        fit_study_survival(leaking, KINDS, survival, persons, declaration("survival"))


def test_a_column_that_separates_the_outcome_alone_is_named():
    blocks, classes, _, persons, _ = cohort(n=40, n_radiomics=5)
    blocks["clinical"] = blocks["clinical"].assign(idh_mutation=(classes == "mutant").astype(float))
    result = fit_study_classification(blocks, KINDS, classes, persons, declaration())
    assert any("Column idh_mutation alone separates the outcome without error" in line for line in result.warnings)
    row = next(row for row in result.unadjusted if row.term == "idh_mutation")
    assert row.ratio.value is None
    assert "runs to infinity" in row.ratio.note


def test_a_person_in_training_and_external_is_refused():
    blocks, classes, _, persons, _ = cohort(n=40, n_radiomics=5)
    external = {EXTERNAL: ExternalData(blocks, classes, persons)}
    with pytest.raises(UsedWrongly, match="external: b: 40 of its persons are in the training cohorts too"):
        fit_study_classification(blocks, KINDS, classes, persons, declaration(), external=external)


def test_a_centre_tied_to_the_outcome_is_named_and_tried_alone():
    blocks, classes, survival, persons, _ = cohort(n=60, n_radiomics=5, seed=11)
    centre = pd.Series(np.where(classes == "mutant", "north", "south"), index=classes.index)
    centre.iloc[:6] = "north"
    result = fit_study_classification(blocks, KINDS, classes, persons, declaration(), centre=centre)
    assert any(line.startswith("Centre and outcome are tied (chi-squared P = ") for line in result.warnings)
    assert performance(result, "centre_only").estimates["auc"].value > 0.8
    late = pd.Series(np.where(survival["time_months"] > 12, "north", "south"), index=survival.index)
    result = fit_study_survival(blocks, KINDS, survival, persons, declaration("survival"), centre=late)
    assert any(line.startswith("Centre and survival are tied (log-rank P = ") for line in result.warnings)


def test_with_one_centre_there_is_no_centre_only_model():
    blocks, classes, _, persons, _ = cohort(n=40, n_radiomics=5)
    one = pd.Series("a", index=classes.index)
    result = fit_study_classification(blocks, KINDS, classes, persons, declaration(), centre=one)
    assert {p.model for p in result.performances} == {"full", "baseline"}


def test_an_external_cohort_of_one_class_is_told_not_raised():
    blocks, classes, _, persons, _ = cohort(n=40, n_radiomics=5)
    other, other_classes, _, other_persons, _ = cohort(n=20, n_radiomics=5, prefix="b", seed=2)
    other_classes[:] = "mutant"
    result = fit_study_classification(
        blocks, KINDS, classes, persons, declaration(),
        external={EXTERNAL: ExternalData(other, other_classes, other_persons)},
    )  # fmt: skip
    estimate = performance(result, "full", EXTERNAL).estimates["auc"]
    assert estimate.value is None
    assert "20 positives and 0 negatives" in estimate.note


def test_predictors_absent_from_an_external_cohort_are_named():
    blocks, classes, _, persons, _ = cohort(seed=1)
    other, other_classes, _, other_persons, _ = cohort(n=30, prefix="b", seed=2)
    other["radiomics"] = other["radiomics"].drop(columns="r0")
    result = fit_study_classification(
        blocks, KINDS, classes, persons, declaration(),
        external={EXTERNAL: ExternalData(other, other_classes, other_persons)},
    )  # fmt: skip
    assert any(line.startswith("external: b: 1 of ") and "training median: r0" in line for line in result.warnings)


def test_few_events_and_a_better_baseline_are_said():
    blocks, classes, _, persons, _ = cohort(n=60, n_radiomics=100, seed=13, signal=0)
    rng = np.random.default_rng(0)
    blocks["clinical"]["age_years"] = 55 + 10 * (classes == "mutant") + rng.normal(0, 8, 60)
    result = fit_study_classification(blocks, KINDS, classes, persons, declaration())
    assert any("for 103 candidate columns" in line for line in result.warnings)
    assert result.comparison["cross_validated"].value < 0
    assert any("did not do better than the clinical baseline" in line for line in result.warnings)


def test_ratios_of_clinical_factors_have_their_scale_and_reference():
    blocks, _, survival, persons, _ = cohort(n=80, n_radiomics=5, seed=14)
    result = fit_study_survival(blocks, KINDS, survival, persons, declaration("survival"))
    labels = [(row.term, row.level) for row in result.adjusted]
    common = blocks["clinical"]["sex"].mode()[0]
    other = "male" if common == "female" else "female"
    assert labels == [("age_years", "per 10 years"), ("sex", f"{other} against {common}")]
    assert [(row.term, row.level) for row in result.unadjusted] == labels


def test_clinical_factors_are_not_fitted_together_on_few_events():
    blocks, _, survival, persons, _ = cohort(n=40, n_radiomics=5, seed=15)
    survival["event"] = 0
    survival.iloc[:8, 1] = 1
    result = fit_study_survival(blocks, KINDS, survival, persons, declaration("survival", outer_folds=4, inner_folds=2))
    assert result.adjusted == ()
    assert any(
        "not fitted together without penalty: 8 events among 40 complete patients for 2 terms" in w
        for w in result.warnings
    )


def test_probabilities_of_death_have_a_horizon_within_follow_up():
    blocks, _, survival, persons, _ = cohort(n=60, n_radiomics=5, seed=16)
    result = fit_study_survival(
        blocks, KINDS, survival, persons, declaration("survival", times_months=(12.0, 24.0, 600.0))
    )
    predictions = performance(result, "full").predictions
    assert predictions.horizon_months in (12.0, 24.0)
    assert all(0 <= p <= 1 for p in predictions.probability)


def test_impossible_survival_times_are_refused():
    blocks, _, survival, persons, _ = cohort(n=40, n_radiomics=5)
    survival.iloc[3, 0] = -2
    with pytest.raises(BadInput, match=r"time_months, row 3: found -2\.0"):
        fit_study_survival(blocks, KINDS, survival, persons, declaration("survival"))


def test_wrong_shapes_of_outcome_and_absent_blocks_are_refused():
    blocks, classes, survival, persons, _ = cohort(n=40, n_radiomics=5)
    with pytest.raises(UsedWrongly, match="found a series as outcome"):
        fit_study_survival(blocks, KINDS, classes, persons, declaration("survival"))
    with pytest.raises(UsedWrongly, match="found a table as outcome of a classification"):
        fit_study_classification(blocks, KINDS, survival, persons, declaration())
    with pytest.raises(UsedWrongly, match="block 'radiomics' has no table; found clinical"):
        fit_study_classification({"clinical": blocks["clinical"]}, KINDS, classes, persons, declaration())
    twice = pd.concat([classes, classes.iloc[:1]])
    with pytest.raises(BadInput, match=r"patient a\.p000: found two outcomes"):
        fit_study_classification(blocks, KINDS, twice, persons, declaration())
    empty = {**blocks, "radiomics": blocks["radiomics"] * np.nan}
    with pytest.raises(UsedWrongly, match=r"none of 40 patients remains; most often: no value of block radiomics"):
        fit_study_classification(empty, KINDS, classes, persons, declaration())


def test_a_stored_model_refuses_what_it_does_not_know():
    blocks, classes, _, persons, _ = cohort(n=40, n_radiomics=5, signal=3)
    model = dict(fit_study_classification(blocks, KINDS, classes, persons, declaration()).models["full"])
    with pytest.raises(UsedWrongly, match="block 'radiomics' is absent"):
        predict_from_model(model, {"clinical": blocks["clinical"]})
    with pytest.raises(UsedWrongly, match="column 'r0' of block 'radiomics' is absent"):
        predict_from_model(model, {**blocks, "radiomics": blocks["radiomics"].drop(columns="r0")})
    with pytest.raises(UsedWrongly, match="found format 2, expected 1"):
        predict_from_model({**model, "format": 2}, blocks)
