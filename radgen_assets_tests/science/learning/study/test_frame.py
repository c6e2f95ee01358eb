"""Who takes part in a fit, with what, and why the others do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.study import FitDeclaration, Study
from radgen_assets.science.learning.study.frame import StudyFrame, assemble, incomplete
from radgen_assets.science.learning.study.patients import Marts

NONE: frozenset[str] = frozenset()


def patient(cohort: str, name: str, **changes: Any) -> dict[str, Any]:
    """A row of the mart `patients`: a wildtype person of their own, unless changed."""
    given = {
        "patient_key": f"{cohort}.{name}",
        "cohort": cohort,
        "person": f"person of {cohort}.{name}",
        "centre": cohort,
        "excluded_reason": None,
        "age_years": 50.0,
        "sex": "female",
        "idh_status": "wildtype",
    }
    return given | changes


def endpoint(key: str, **changes: Any) -> dict[str, Any]:
    """A row of the mart `endpoints`: dead after ten months, unless changed."""
    given = {"patient_key": key, "endpoint": "overall_survival", "time_months": 10.0, "event": True}
    return given | {"usable": True, "reason": None} | changes


def feature(key: str, name: str = "t1ce__whole_tumour__original__firstorder__Mean", value: float = 1.0) -> dict:
    """A row of the mart `feature_matrix`."""
    return {"patient_key": key, "block": "radiomics", "feature": name, "value": value, "n_learnt_from": 0}


def score(key: str, n_learnt_from: int) -> dict[str, Any]:
    """A pathway's row of the mart `feature_matrix`."""
    given = feature(key, "HALLMARK_HYPOXIA", float(len(key)))
    return given | {"block": "pathway_activity", "n_learnt_from": n_learnt_from}


def step(key: str, reason: str, **changes: Any) -> dict[str, Any]:
    """A row of the mart `cohort_flow` at which a patient was left."""
    given = {"patient_key": key, "branch": "imaging", "step_order": 3, "included": False, "reason": reason}
    return given | changes


def extra(key: str, name: str, value: str, kind: str = "text") -> dict[str, Any]:
    """A row of the mart `clinical_extra`."""
    return {"patient_key": key, "column_name": name, "value": value, "kind": kind}


def marts(patients: list[dict], **rows: list[dict]) -> Marts:
    """Marts of these patients; by default each has an endpoint and one radiomic feature."""
    keys = [row["patient_key"] for row in patients]
    given = {
        "endpoints": [endpoint(key) for key in keys],
        "feature_matrix": [feature(key, value=float(index)) for index, key in enumerate(keys)],
        "clinical_extra": [],
        "cohort_flow": [],
        "feature_stability": [],
    } | rows
    empty = {"feature_stability": {"cohort": "x"}} | {
        "clinical_extra": extra("x.x", "x", "x"),
        "cohort_flow": step("x.x", "x"),
    }
    frames = {
        name: pd.DataFrame(each) if each else pd.DataFrame([empty[name]]).iloc[:0] for name, each in given.items()
    }
    return Marts(patients=pd.DataFrame(patients), **frames)


def study(roles: dict[str, tuple[str, ...]] | None = None, **changes: Any) -> Study:
    """A study with a clinical and a radiomic block; training in cohort a, external in b."""
    blocks = {
        "clinical": {"kind": "clinical", "columns": ("age_years", "sex")},
        "radiomics": {"kind": "radiomics"},
    }
    fits = (
        {"name": "f", "kind": "classification", "outcome": "idh_status", "positive": "wildtype"}
        | {"blocks": ("clinical", "radiomics")},
    )
    given = {"name": "s", "title": "s", "question": "?", "blocks": blocks, "fits": fits}
    return Study.model_validate(given | {"roles": roles or {"train": ("a",), "external": ("b",)}} | changes)


def frame_of(
    given: Marts, declared: Study | None = None, post_baseline: frozenset[str] = NONE, **fit: Any
) -> StudyFrame:
    declared = declared or study()
    chosen = declared.fits[0].model_copy(update=fit)
    return assemble(declared, FitDeclaration.model_validate(chosen.model_dump()), given, post_baseline=post_baseline)


def survival(given: Marts, declared: Study | None = None) -> StudyFrame:
    return frame_of(given, declared, kind="survival", outcome="overall_survival", positive=None)


BOTH = [patient("a", "1"), patient("a", "2", idh_status="mutant"), patient("b", "1")]


# who takes part


def test_patients_take_the_role_of_their_cohort():
    assert frame_of(marts(BOTH)).people["role"].to_dict() == {"a.1": "train", "a.2": "train", "b.1": "external"}


def test_cohorts_that_the_study_does_not_name_are_not_seen():
    frame = frame_of(marts([*BOTH, patient("c", "1")]))
    assert "c.1" not in frame.people.index
    assert frame.excluded == ()


def test_a_role_without_fits_takes_no_part():
    """Radiogenomics asks other questions."""
    roles = {"train": ("a",), "radiogenomics": ("b",)}
    assert list(frame_of(marts(BOTH), study(roles)).people.index) == ["a.1", "a.2"]


def test_a_person_of_two_cohorts_of_one_role_is_counted_once_and_it_is_said():
    rows = [patient("a", "1", person="P"), patient("b", "1", person="P"), patient("a", "2")]
    frame = frame_of(marts(rows), study({"train": ("a", "b")}))
    assert list(frame.people.index) == ["a.1", "a.2"]
    assert frame.excluded == (("b.1", "the same person as a.1, counted once"),)


def test_the_preferred_cohort_gives_the_patient_of_a_person():
    rows = [patient("a", "1", person="P"), patient("b", "1", person="P"), patient("a", "2")]
    frame = frame_of(marts(rows), study({"train": ("a", "b")}, prefer=("b",)))
    assert list(frame.people.index) == ["a.2", "b.1"]
    assert frame.excluded == (("a.1", "the same person as b.1, counted once"),)


def test_a_person_whose_preferred_patient_cannot_be_used_is_there_with_the_other():
    """TCGA-DU-A6S8 stands in the LGG sheets without images, and with images in BraTS: one person, not none."""
    rows = [patient("a", "1", person="P", idh_status=None), patient("b", "1", person="P"), *BOTH[1:2]]
    frame = frame_of(marts(rows), study({"train": ("a", "b")}, prefer=("a",)))
    assert list(frame.people.index) == ["a.2", "b.1"]
    assert frame.excluded == (("a.1", "idh_status is unknown"),)


@pytest.mark.parametrize("other", ["external", "radiogenomics", "normal"])
def test_a_person_in_two_roles_is_refused(other: str):
    """Also where the second role has no fits: what it shows would not be independent."""
    rows = [patient("a", "1", person="P"), patient("b", "1", person="P")]
    with pytest.raises(UsedWrongly, match=rf"1 persons stand in two roles, for example a.1 \(train\), b.1 \({other}\)"):
        frame_of(marts(rows), study({"train": ("a",), other: ("b",)}))


def test_an_excluded_patient_is_out_with_the_declared_reason_and_stands_in_no_role():
    rows = [
        patient("a", "1", person="P"),
        patient("a", "2"),
        patient("b", "1", person="P", excluded_reason="wrong diagnosis"),
    ]
    frame = frame_of(marts(rows))
    assert list(frame.people.index) == ["a.1", "a.2"]
    assert frame.excluded == (("b.1", "excluded by the cohort: wrong diagnosis"),)


def test_a_cohort_of_which_nobody_is_known_is_named():
    with pytest.raises(UsedWrongly, match="Study s names cohort b, of which no patient is known"):
        frame_of(marts([patient("a", "1")]))


# outcome


def test_a_patient_without_the_outcome_is_out_with_the_reason():
    frame = frame_of(marts([*BOTH, patient("a", "3", idh_status=None)]))
    assert frame.excluded == (("a.3", "idh_status is unknown"),)
    assert frame.outcome["outcome"].to_dict() == {"a.1": "wildtype", "a.2": "mutant", "b.1": "wildtype"}


def test_a_positive_value_that_nobody_has_is_refused_with_those_there_are():
    with pytest.raises(UsedWrongly, match=r"no patient has idh_status = 'wild-type'; found mutant, wildtype\. Correct"):
        frame_of(marts(BOTH), positive="wild-type")


def test_an_endpoint_that_is_not_usable_puts_the_patient_out_with_its_reason():
    ends = [endpoint("a.1"), endpoint("a.2", usable=False, reason="times are known for the dead only"), endpoint("b.1")]
    frame = survival(marts(BOTH, endpoints=ends))
    assert frame.excluded == (("a.2", "times are known for the dead only"),)


def test_a_patient_without_a_row_among_the_endpoints_is_out():
    frame = survival(marts(BOTH, endpoints=[endpoint("a.1"), endpoint("b.1")]))
    assert frame.excluded == (("a.2", "no overall_survival"),)


def test_an_endpoint_usable_for_nobody_is_refused_with_the_reason():
    ends = [endpoint(row["patient_key"], usable=False, reason="times are known for the dead only") for row in BOTH]
    with pytest.raises(
        UsedWrongly, match="overall_survival is usable for none of 3 patients: times are known for the dead only"
    ):
        survival(marts(BOTH, endpoints=ends))


# predictors


def test_a_patient_without_a_block_is_out_with_the_step_of_the_flow_that_lost_them():
    flow = [step("a.2", "mask.nii.gz: labels: found background only"), step("a.2", "later", step_order=5)]
    given = marts(BOTH, feature_matrix=[feature("a.1"), feature("b.1")], cohort_flow=flow)
    assert frame_of(given).excluded == (("a.2", "no radiomics: mask.nii.gz: labels: found background only"),)


def test_a_step_of_the_other_branch_explains_nothing_about_images():
    flow = [step("a.2", "no expression matrix", branch="expression")]
    given = marts(BOTH, feature_matrix=[feature("a.1"), feature("b.1")], cohort_flow=flow)
    assert frame_of(given).excluded == (("a.2", "no radiomics: not made"),)


def test_every_patient_of_the_study_is_in_or_out_with_a_reason():
    """Who goes in comes out: counted."""
    rows = [*BOTH, patient("a", "3", idh_status=None), patient("a", "4", excluded_reason="withdrew consent")]
    frame = frame_of(marts(rows, feature_matrix=[feature(row["patient_key"]) for row in rows[1:]]))
    told = set(frame.people.index) | {key for key, _ in frame.excluded}
    assert told == {row["patient_key"] for row in rows}
    assert all(reason for _, reason in frame.excluded)
    for block in frame.predictors.values():
        assert list(block.index) == list(frame.people.index) == list(frame.outcome.index)


def test_radiomics_of_other_regions_and_filtered_images_are_left_out_unless_named():
    names = [
        "t1ce__whole_tumour__original__firstorder__Mean",
        "t1ce__tumour_core__original__firstorder__Mean",
        "t1ce__whole_tumour__wavelet-LLL__firstorder__Mean",
        "mask__whole_tumour__original__shape__Sphericity",
    ]
    given = marts(BOTH, feature_matrix=[feature(row["patient_key"], name) for row in BOTH for name in names])
    assert list(frame_of(given).predictors["radiomics"].columns) == [names[3], names[0]]


def test_columns_beyond_the_shared_ones_are_found_by_name_and_typed():
    rows = [extra("a.1", "ki67", "12", "number"), extra("a.2", "side", "left")]
    clinical = {"kind": "clinical", "columns": ("ki67", "side")}
    blocks = {"clinical": clinical, "radiomics": {"kind": "radiomics"}}
    block = frame_of(marts(BOTH, clinical_extra=rows), study(blocks=blocks)).predictors["clinical"]
    assert block["ki67"].tolist()[0] == 12.0
    assert np.isnan(block["ki67"].tolist()[1])
    assert block["side"].tolist() == [None, "left", None]


def test_a_column_that_nobody_declares_is_refused_with_those_there_are():
    blocks = {"clinical": {"kind": "clinical", "columns": ("karnofsky",)}, "radiomics": {"kind": "radiomics"}}
    with pytest.raises(UsedWrongly, match=r"No cohort of the study declares the column 'karnofsky'\. Declared: age"):
        frame_of(marts(BOTH), study(blocks=blocks))


# stability


def stability(name: str, icc: float | None, cohort: str = "a") -> dict[str, Any]:
    """A row of the mart `feature_stability`."""
    return {"cohort": cohort, "comparison": "makers", "feature": name, "icc": icc}


FEATURES = [f"t1ce__whole_tumour__original__firstorder__{name}" for name in ("Energy", "Mean", "Range", "Skewness")]


def stable(rows: list[dict], **block: Any) -> StudyFrame:
    given = marts(
        BOTH,
        feature_matrix=[feature(row["patient_key"], name) for row in BOTH for name in FEATURES],
        feature_stability=rows,
    )
    clinical = {"kind": "clinical", "columns": ("age_years",)}
    return frame_of(given, study(blocks={"clinical": clinical, "radiomics": {"kind": "radiomics", **block}}))


def test_unstable_features_are_left_out_and_counted():
    """Below the threshold in one comparison is enough, and what was never measured twice is not known to be stable."""
    rows = [stability(name, icc) for name, icc in zip(FEATURES, (0.9, 0.75, 0.74, None), strict=True)]
    frame = stable([*rows, stability(FEATURES[0], 0.6)], least_stability=0.75)
    assert list(frame.predictors["radiomics"].columns) == [FEATURES[1]]
    told = (
        "radiomics: 3 of 4 radiomic features are left out: stability between masks of a below 0.75 (2) or not known (1)"
    )
    assert frame.notes == (told,)


def test_without_a_threshold_stability_is_no_matter():
    frame = stable([stability(FEATURES[0], 0.1)])
    assert list(frame.predictors["radiomics"].columns) == FEATURES
    assert frame.notes == ()


def test_stability_is_that_of_the_cohorts_learnt_from_unless_others_are_named():
    """The external cohort must not choose the features that it then judges."""
    rows = [stability(FEATURES[0], 0.9), *(stability(name, 0.9, "b") for name in FEATURES)]
    assert list(stable(rows, least_stability=0.5).predictors["radiomics"].columns) == FEATURES[:1]
    named = stable(rows, least_stability=0.5, stability_of=("b",))
    assert list(named.predictors["radiomics"].columns) == FEATURES


def test_a_threshold_without_masks_to_compare_is_refused_with_what_to_do():
    with pytest.raises(UsedWrongly, match=r"found no stability of a\. Name cohorts whose tumours were drawn twice"):
        stable([stability(FEATURES[0], 0.9, "b")], least_stability=0.5)
    with pytest.raises(UsedWrongly, match="found no stability of a"):
        stable([], least_stability=0.5)


def test_a_threshold_that_leaves_nothing_is_refused():
    with pytest.raises(UsedWrongly, match=r"4 of 4 radiomic features .* None is left: lower least_stability"):
        stable([stability(name, 0.4) for name in FEATURES], least_stability=0.5)


# post-baseline


def test_a_post_baseline_column_is_refused():
    """Who got radiotherapy lived long enough to get it."""
    with pytest.raises(
        UsedWrongly, match=r"block clinical uses sex, known only after time zero .* Leave it out, or set"
    ):
        frame_of(marts(BOTH), post_baseline=frozenset({"sex", "radiotherapy"}))


def test_a_post_baseline_column_is_taken_when_the_study_says_so():
    allowed = {"kind": "clinical", "columns": ("sex",), "allow_post_baseline": True}
    blocks = {"clinical": allowed, "radiomics": {"kind": "radiomics"}}
    frame = frame_of(marts(BOTH), study(blocks=blocks), post_baseline=frozenset({"sex"}))
    assert list(frame.predictors["clinical"].columns) == ["sex"]


def test_a_post_baseline_column_that_the_fit_does_not_use_is_no_matter():
    assert len(frame_of(marts(BOTH), post_baseline=frozenset({"radiotherapy"})).people) == 3


# what refits


def shuffled(given: Marts) -> Marts:
    return Marts(**{name: frame.iloc[::-1].reset_index(drop=True) for name, frame in vars(given).items()})


def test_the_order_of_rows_in_the_marts_refits_nothing():
    flow = [step("a.3", "no images"), step("a.3", "earlier", step_order=1)]
    rows = [*BOTH, patient("a", "3")]
    given = marts(rows, cohort_flow=flow, feature_matrix=[feature(row["patient_key"]) for row in BOTH])
    assert frame_of(shuffled(given)).digest() == frame_of(given).digest()


def test_a_patient_of_a_cohort_outside_the_study_refits_nothing():
    other = patient("c", "1", sex="male", idh_status="other")
    more = marts([*BOTH, other], clinical_extra=[extra("c.1", "side", "left")])
    assert frame_of(more).digest() == frame_of(marts(BOTH)).digest()


@pytest.mark.parametrize(
    "changed",
    [
        marts([*BOTH[:2], patient("b", "1", age_years=51.0)]),
        marts([*BOTH[:2], patient("b", "1", idh_status="mutant")]),
        marts([*BOTH[:2], patient("b", "1", centre="elsewhere")]),
        marts([*BOTH, patient("a", "3")]),
        marts([*BOTH, patient("a", "3", excluded_reason="a new reason")]),
        marts(BOTH, feature_matrix=[feature(row["patient_key"], value=9.0) for row in BOTH]),
    ],
    ids=["a predictor", "an outcome", "a centre", "a patient", "an exclusion", "a feature"],
)
def test_whatever_a_fit_can_see_refits_it(changed: Marts):
    assert frame_of(changed).digest() != frame_of(marts(BOTH)).digest()


# levels, subgroups, groups


GRADED = [patient("a", "1", grade=4), patient("a", "2", grade=2, idh_status="mutant"), patient("a", "3", grade=None)]


def test_grade_is_a_category_with_an_order_and_never_a_number():
    frame = frame_of(marts(GRADED), study({"train": ("a",)}, blocks=WITH_GRADE))
    grade = frame.predictors["clinical"]["grade"]
    assert list(grade.cat.categories) == ["2", "4"]
    assert grade.cat.ordered
    assert list(grade.isna()) == [False, False, True]


WITH_GRADE = {"clinical": {"kind": "clinical", "columns": ("age_years", "grade")}, "radiomics": {"kind": "radiomics"}}


def test_a_fit_of_a_subgroup_names_whom_it_does_not_take_and_why():
    frame = frame_of(marts(GRADED), study({"train": ("a",)}), where={"grade": ("4",)})
    assert list(frame.people.index) == ["a.1"]
    assert frame.excluded == (
        ("a.2", "grade is 2 (the fit takes 4)"),
        ("a.3", "grade is unknown (the fit takes 4)"),
    )


def test_a_subgroup_of_nobody_is_refused():
    with pytest.raises(
        UsedWrongly, match=r"`where` leaves none of 3 patients; the first: grade is 4 \(the fit takes 5"
    ):
        frame_of(marts(GRADED), study({"train": ("a",)}), where={"grade": ("5",)})


def test_groups_are_read_beside_the_predictors_and_count_for_the_digest():
    declared = study({"train": ("a",)})
    asked = {"kind": "survival", "outcome": "overall_survival", "positive": None}
    by_grade = frame_of(marts(GRADED), declared, **asked, kaplan_meier_by=("grade",))
    assert list(by_grade.groups["grade"].dropna()) == ["4", "2"]
    plain = frame_of(marts(GRADED), declared, **asked)
    assert by_grade.digest() != plain.digest()


@pytest.mark.parametrize("key", ["kaplan_meier_by", "where"])
def test_groups_that_only_time_makes_are_refused(key):
    """Who was resected, or irradiated, lived long enough for it."""
    asked = {"kaplan_meier_by": ("sex",)} if key == "kaplan_meier_by" else {"where": {"sex": ("female",)}}
    declared = study({"train": ("a",)}, blocks=WITH_GRADE)
    with pytest.raises(UsedWrongly, match=rf"{key} names sex, known only after time zero"):
        frame_of(marts(GRADED), declared, frozenset({"sex"}), kind="survival", positive=None, **asked)


def test_what_a_fit_will_leave_out_for_a_missing_value_is_told_beforehand():
    declared = study({"train": ("a",)}, blocks=WITH_GRADE)
    frame = frame_of(marts(GRADED), declared, missing="leave_out")
    chosen = declared.fits[0].model_copy(update={"missing": "leave_out"})
    assert incomplete(declared, chosen, frame) == {"a.3": "grade missing"}
    assert incomplete(declared, declared.fits[0], frame) == {}


# scores that were learnt from several patients together


def with_scores(n_learnt_from: int, **block: Any) -> StudyFrame:
    scores = {"kind": "pathway_activity", **block}
    given = marts(BOTH, feature_matrix=[score(row["patient_key"], n_learnt_from) for row in BOTH])
    clinical = {"kind": "clinical", "columns": ("age_years",)}
    declared = study(blocks={"clinical": clinical, "radiomics": scores})
    return frame_of(given, declared)


def test_scores_that_hold_the_held_out_patients_are_refused_unless_the_study_says_so():
    with pytest.raises(UsedWrongly, match="learnt from 3 patients of the matrix together, the held-out ones among"):
        with_scores(3)
    (told,) = with_scores(3, allow_learnt_together=True).notes
    assert "performance out of fold may be too good" in told


def test_scores_of_each_patient_alone_go_in_unasked():
    assert with_scores(0).notes == ()
