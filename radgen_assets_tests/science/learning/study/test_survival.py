"""A survival fit without penalty: refitted in every fold, its factors tested, its numbers those of the single parts."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.learning import ExternalData, fit_study_survival, predict_from_model
from radgen_assets.science.learning.nested.unpenalised import UnpenalisedCox
from radgen_assets.science.survival import Outcome, fit_cox
from radgen_assets.science.survival.cox.nomogram import Nomogram, NomogramAxis, SurvivalAxis
from radgen_assets.science.survival.terms import code_terms
from radgen_assets_tests.science.learning.study.synthetic import declaration, performance

KINDS = {"base": "clinical", "more": "clinical"}
GRADES = ["2", "3", "4"]


def cohort(n=160, seed=0, prefix="a"):
    """Age and sex, grade as an ordered category, a marker; grade and age act."""
    generator = np.random.default_rng(seed)
    index = [f"{prefix}.p{i:03d}" for i in range(n)]
    grade = generator.choice(GRADES, n, p=[0.25, 0.25, 0.5])
    age = generator.normal(55, 12, n)
    base = pd.DataFrame({"age_years": age, "sex": generator.choice(["female", "male"], n)}, index=index)
    more = pd.DataFrame(
        {
            "grade": pd.Categorical(grade, categories=GRADES, ordered=True),
            "marker": generator.choice(["present", "absent"], n),
        },
        index=index,
    )
    risk = 0.04 * (age - 55) + 0.8 * (grade.astype(int) - 3)
    death, censoring = generator.exponential(25 * np.exp(-risk)), generator.uniform(10, 70, n)
    outcome = pd.DataFrame(
        {"time_months": np.minimum(death, censoring), "event": (death <= censoring).astype(int)}, index=index
    )
    return {"base": base, "more": more}, outcome, pd.Series(index, index=index)


def cox_declaration(**changes):
    given = {"model": "cox", "baseline": "base", "blocks": ("base", "more"), "times_months": (12.0, 24.0, 36.0)}
    return declaration("survival", **{**given, **changes})


@pytest.fixture(scope="module")
def data():
    return cohort()


@pytest.fixture(scope="module")
def fitted(data):
    blocks, outcome, persons = data
    other, other_outcome, other_persons = cohort(seed=1, n=120, prefix="b")
    external = {"external: b": ExternalData(other, other_outcome, other_persons)}
    fit = cox_declaration(repeats=2, kaplan_meier_by=("grade",))
    groups = blocks["more"][["grade"]]
    return fit_study_survival(blocks, KINDS, outcome, persons, fit, external=external, groups=groups)


def test_out_of_fold_scores_are_those_of_a_model_of_the_other_folds(data, fitted):
    """Nested cross-validation of a model without penalty is a loop over folds: here it is, by hand."""
    blocks, outcome, _ = data
    fold = pd.Series({patient: fold for patient, repeat, fold in fitted.splits if repeat == 0})
    terms = code_terms(pd.concat(blocks.values(), axis=1))
    matrix = pd.DataFrame(terms.matrix, index=outcome.index)
    first = fit_study_survival(*_arguments(data), cox_declaration(repeats=1))
    scores = pd.Series(dict(zip(*_scores(first), strict=True)))
    for each in range(4):
        train, test = fold.index[fold != each], fold.index[fold == each]
        model = fit_cox(Outcome(outcome.loc[train, "time_months"], outcome.loc[train, "event"]), matrix.loc[train])
        middle = np.median(model.linear_predictor(matrix.loc[train]))
        expected = model.linear_predictor(matrix.loc[test]) - middle
        assert scores[test].to_numpy() == pytest.approx(expected, abs=1e-6)


def _arguments(data):
    blocks, outcome, persons = data
    return blocks, KINDS, outcome, persons


def _scores(result):
    predictions = performance(result, "full").predictions
    return predictions.patients, predictions.score


def test_levels_of_grade_stand_against_the_lowest_and_never_per_standard_deviation(fitted):
    for rows in (fitted.unadjusted, fitted.adjusted):
        assert [row.level for row in rows if row.term == "grade"] == ["3 against 2", "4 against 2"]
    names = {row.feature for row in fitted.coefficients if row.model == "full"}
    assert {"grade=3", "grade=4"} <= names
    assert "grade=2" not in names


def test_the_final_model_is_the_adjusted_one(data, fitted):
    """Standardised columns and a centred score change nothing: coefficient per SD over SD is the log hazard ratio."""
    terms = {f"{t['column']}={t['level']}": t for t in fitted.models["full"]["terms"]}
    adjusted = {(row.term, row.level): row.ratio.value for row in fitted.adjusted}
    for level in ("3", "4"):
        stored = terms[f"grade={level}"]
        found = np.exp(stored["coefficient"] / stored["scale"])
        assert found == pytest.approx(adjusted["grade", f"{level} against 2"], rel=1e-6)


def test_the_nomogram_gives_the_survival_of_the_stored_model(data, fitted):
    blocks = data[0]
    frame = pd.concat(blocks.values(), axis=1)
    made = fitted.nomogram
    nomogram = Nomogram(
        tuple(NomogramAxis(r.term, r.labels, r.values, r.points, r.kind) for r in made.rulers),
        tuple(SurvivalAxis(s.time_months, s.survival, s.total_points) for s in made.survival),
        made.points_per_unit,
        made.largest_total,
    )
    points = nomogram.total_points(frame)
    for time in (12.0, 24.0, 36.0):
        stored = predict_from_model(fitted.models["full"], blocks, horizon_months=time)
        assert nomogram.survival(points, time) == pytest.approx(1 - stored["probability"].to_numpy(), abs=1e-6)


def test_proportional_hazards_are_tested_factor_by_factor_and_together(fitted):
    told = {row.term: row.degrees for row in fitted.proportional_hazards}
    assert told == {"age_years": 1, "sex": 1, "grade": 2, "marker": 1, "GLOBAL": 5}
    assert all(0 <= row.p <= 1 for row in fitted.proportional_hazards)


def test_measures_over_time_stand_beside_the_concordance_in_every_setting(fitted):
    for setting in ("cross_validated", "external: b"):
        estimates = performance(fitted, "full", setting).estimates
        assert {"concordance", "uno_c", "auc_12", "auc_24", "auc_36", "integrated_brier"} <= set(estimates)
        assert {"calibration_slope", "observed_over_expected", "integrated_brier_null"} <= set(estimates)
        assert estimates["integrated_brier"].value < estimates["integrated_brier_null"].value
        differences = fitted.differences[setting]
        assert {"uno_c", "auc_12", "integrated_brier", "net_reclassification", "net_reclassification_events"} <= set(
            differences
        )
        assert differences["net_reclassification"].low < differences["net_reclassification"].high


def test_the_integrated_brier_score_is_that_of_the_predicted_curves(data):
    from radgen_assets.science.learning.study.survival_measures import measures
    from radgen_assets.science.survival.calibration.brier import integrated_brier

    _, outcome, persons = data
    told = Outcome(outcome["time_months"], outcome["event"])
    grid = np.linspace(1, 36, 36)
    curve = np.exp(-0.03 * grid)[None, :].repeat(told.n, axis=0)
    scored = type("Scored", (), {})()
    scored.score, scored.curve = np.random.default_rng(0).normal(size=(1, told.n)), curve[None]
    scored.probability = 1 - curve[None, :, -1]
    found = measures(
        told, persons.to_numpy(str), scored, times_months=(12.0,), curve_months=tuple(grid), horizon_months=36.0
    )["integrated_brier"]
    expected = integrated_brier(told, curve, grid)
    # pec's step rule starts at 0, where everybody is predicted alive: the first step adds nothing
    assert found.value == pytest.approx(expected.value, abs=1e-12)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-3)


def test_optimism_is_told_and_is_positive_where_noise_was_fitted(data):
    blocks, outcome, persons = data
    noise = pd.DataFrame(
        np.random.default_rng(5).normal(size=(len(outcome), 12)),
        index=outcome.index,
        columns=[f"x{j}" for j in range(12)],
    )
    result = fit_study_survival(
        {**blocks, "more": noise}, KINDS, outcome, persons, cox_declaration(times_months=(12.0,))
    )
    optimism = performance(result, "full").estimates["optimism"]
    assert optimism.value > 0.02
    assert "where it learnt" in optimism.note


def test_backward_selection_is_made_in_every_fold_and_keeps_what_is_forced(data):
    result = fit_study_survival(
        *_arguments(data), cox_declaration(selection="backward_aic", forced=("marker",), repeats=1)
    )
    full = {row.feature: row for row in result.coefficients if row.model == "full"}
    assert full["marker=present"].selection_frequency == 1.0  # or absent, whichever is rarer
    assert full["age_years"].selection_frequency == 1.0
    assert full["grade=4"].selection_frequency == full["grade=3"].selection_frequency  # a factor goes as a whole


def test_a_filter_by_p_drops_what_does_not_act(data):
    result = fit_study_survival(*_arguments(data), cox_declaration(selection="p_filter", repeats=1))
    kept = {row.feature for row in result.coefficients if row.model == "full" and row.value != 0}
    assert {"age_years", "grade=4"} <= kept
    assert "sex=female" not in kept
    assert "sex=male" not in kept
    assert {axis.term for axis in result.nomogram.rulers} == {"age_years", "grade"}


def test_the_baseline_is_never_selected(data):
    result = fit_study_survival(*_arguments(data), cox_declaration(selection="p_filter", repeats=1))
    baseline = {row.feature for row in result.coefficients if row.model == "baseline" and row.value != 0}
    assert len(baseline) == 2


def test_a_level_without_a_death_stops_the_fit_and_says_what_to_do(data):
    blocks, outcome, persons = data
    spared = blocks["more"].assign(marker=np.where(outcome["event"] == 1, "present", "absent"))
    spared.iloc[:5, 1] = "present"
    with pytest.raises(UsedWrongly, match=r"Cox model without penalty on .* Use fewer factors, merge levels, or take"):
        fit_study_survival({**blocks, "more": spared}, KINDS, outcome, persons, cox_declaration(repeats=1))


def test_who_lacks_a_value_is_left_out_and_counted_when_asked(data):
    blocks, outcome, persons = data
    more = blocks["more"].copy()
    more.iloc[3:6, 1] = None
    result = fit_study_survival(
        {**blocks, "more": more}, KINDS, outcome, persons, cox_declaration(missing="leave_out", repeats=1)
    )
    assert result.n == len(outcome) - 3
    assert [reason for _, reason in result.excluded] == ["marker missing"] * 3
    assert ("marker", 3, "patient left out") in {(row.column, row.n_missing, row.handled) for row in result.missing}


def test_groups_keep_their_order_and_tell_who_has_no_value(fitted, data):
    (groups,) = fitted.groups
    assert (groups.column, groups.order) == ("grade", ("2", "3", "4"))
    assert groups.labels == tuple(data[0]["more"]["grade"].loc[list(performance(fitted, "full").predictions.patients)])


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (lambda n: np.linspace(0, 1, n), "'g', a number; expected a column of groups"),
        (lambda n: [f"g{i % 7}" for i in range(n)], "'g' with 7 groups, expected at most 6"),
    ],
)
def test_curves_by_a_number_or_by_too_many_groups_are_refused(data, column, text):
    groups = pd.DataFrame({"g": column(len(data[1]))}, index=data[1].index)
    with pytest.raises(UsedWrongly, match=text):
        fit_study_survival(*_arguments(data), cox_declaration(repeats=1, kaplan_meier_by=("g",)), groups=groups)


def test_a_penalised_fit_has_its_path_and_one_without_penalty_has_none(data, fitted):
    assert fitted.penalty_path is None
    path = fit_study_survival(*_arguments(data), cox_declaration(model="elastic_net", repeats=1)).penalty_path
    assert len(path.lambdas) == len(path.deviance) == len(path.deviance_error)
    assert all(len(row) == len(path.lambdas) for row in path.coefficients)
    assert path.deviance[path.chosen] == pytest.approx(min(path.deviance), rel=1e-6)


def test_a_result_is_plain_json_without_nan(fitted):
    assert json.dumps(dataclasses.asdict(fitted), allow_nan=False)


def test_a_fold_that_selects_nothing_predicts_the_baseline_hazard():
    generator = np.random.default_rng(2)
    outcome = Outcome(generator.exponential(10, 60) + 0.1, generator.random(60) < 0.7)
    x = generator.normal(size=(60, 2))
    linear = UnpenalisedCox(outcome, "p_filter").fit(x, np.arange(60), ["a", "b"], ["a", "b"])
    assert not linear.coefficients.any()
    assert 0 < linear.probability(np.zeros(1), 5.0)[0] < 1
