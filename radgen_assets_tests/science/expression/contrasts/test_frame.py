"""Who is compared in a contrast, by which design, and who is left out and why."""

from __future__ import annotations

import pytest

from radgen_assets.contracts.errors import Confounded, UsedWrongly
from radgen_assets.science.expression.contrasts.frame import ContrastFrame, MeasuredCohort, assemble_contrast
from radgen_assets_tests.science.expression.contrasts.made_up import contrast, marts, measured, patient, patients, study


def frame_of(rows, expression=None, declared=None, **changes) -> ContrastFrame:
    asked = contrast(**changes)
    declared = declared or study(asked)
    return assemble_contrast(
        declared, asked, marts(rows) if isinstance(rows, list) else rows, expression or measured("a")
    )


def test_the_groups_are_those_of_the_column_and_grade_is_a_category():
    frame = frame_of(patients(), adjust_for=("grade",))
    assert frame.design["idh_status"].value_counts().to_dict() == {"mutant": 8, "wildtype": 8}
    assert list(frame.design["grade"].cat.categories) == ["2", "3"]
    assert frame.excluded == ()


def test_each_patient_left_out_has_its_reason():
    rows = patients()
    rows[0]["idh_status"], rows[1]["grade"], rows[2]["idh_status"] = None, None, "unclear"
    rows.append(patient("a", 40))
    rows[3]["excluded_reason"] = "withdrew"
    flow = [{"patient_key": "a.40", "branch": "expression", "step_order": 3, "included": False, "reason": "no sample"}]
    frame = frame_of(marts(rows, flow=flow), adjust_for=("grade",), where={"sex": ("male", "female")})
    assert frame.excluded == (
        ("a.00", "idh_status is unknown"),
        ("a.01", "grade is unknown"),
        ("a.02", "idh_status is unclear (compared are mutant and wildtype)"),
        ("a.03", "excluded by the cohort: withdrew"),
        ("a.40", "no expression: no sample"),
    )


def test_only_the_patients_asked_for_are_compared():
    frame = frame_of(patients(), where={"grade": ("2",)})
    assert set(frame.people.index) == {row["patient_key"] for row in patients() if row["grade"] == 2}
    assert ("a.02", "grade is 3 (the contrast takes 2)") in frame.excluded


def test_a_person_counts_once_and_with_the_preferred_cohort():
    rows = [*patients("a"), patient("b", 0, person="person of a.00")]
    declared = study(contrast(batch=("cohort",)), roles={"train": ("a", "b")}, prefer=("b",))
    frame = frame_of(rows, measured("a", "b"), declared, batch=("cohort",))
    assert "b.00" in frame.people.index
    assert frame.excluded == (("a.00", "the same person as b.00, counted once"),)


# what changes the inputs of a contrast, and what does not


def test_a_patient_that_is_left_out_changes_nothing_but_the_list():
    before, after = frame_of(patients()), frame_of([*patients(), patient("a", 40)])
    assert before.digest() == after.digest()
    assert before.excluded != after.excluded


def test_a_patient_of_a_cohort_in_another_role_changes_nothing():
    declared = study(roles={"train": ("a",), "external": ("b",)})
    frame = frame_of([*patients("a"), *patients("b")], measured("a", "b"), declared)
    assert set(frame.people["cohort"]) == {"a"}
    assert frame.digest() == frame_of(patients("a")).digest()


@pytest.mark.parametrize("what", ["expression", "grade", "group"])
def test_a_changed_value_of_a_patient_changes_the_inputs(what):
    rows, expression = patients(), measured("a")
    if what == "expression":
        expression["a"].samples["a.03"] = "another fingerprint"
    elif what == "grade":
        rows[3]["grade"] = 2
    else:
        rows[3]["idh_status"] = "mutant"
    assert (
        frame_of(rows, expression, adjust_for=("grade",)).digest()
        != frame_of(patients(), adjust_for=("grade",)).digest()
    )


# what is refused


def test_a_batch_that_is_the_contrast_is_refused_by_name():
    plates = {row["patient_key"]: "p1" if row["idh_status"] == "mutant" else "p2" for row in patients()}
    with pytest.raises(Confounded, match="'idh_status' cannot be told apart from 'plate'"):
        frame_of(marts(patients(), plate=plates), batch=("plate",))


def test_a_batch_beside_the_contrast_is_held_fixed_and_told():
    sites = {row["patient_key"]: "north" if number < 8 else "south" for number, row in enumerate(patients())}
    frame = frame_of(marts(patients(), site=sites), batch=("site",))
    assert list(frame.design) == ["idh_status", "site"]
    assert frame.sources == ("'idh_status' can be told apart from 'site' (Cramer's V 0.00).",)


def test_a_batch_that_nobody_named_is_told_where_the_groups_cannot_be_told_apart_from_it():
    """Diagnosis and plate are one in a public set of 40 tumours; an id, or a batch that crosses the groups, is none."""
    rows = patients()
    plate = {row["patient_key"]: "p1" if row["idh_status"] == "mutant" else "p2" for row in rows}
    crossed = {row["patient_key"]: f"s{place // 8}" for place, row in enumerate(rows)}
    ids = {row["patient_key"]: row["patient_key"] for row in rows}
    own = marts(rows, plate=plate, site=crossed, slide=ids)
    frame = assemble_contrast(study(), contrast(), own, measured("a"))
    assert frame.warnings == (
        "'idh_status' cannot be told apart from 'plate' in these 16 samples: 'plate' has mutant in p1 alone, wildtype "
        "in p2 alone. It cannot be held fixed: what differs may be its doing.",
    )
    other = assemble_contrast(study(), contrast(), marts(rows, site=crossed, slide=ids), measured("a"))
    assert other.digest() != frame.digest()


def test_a_column_with_one_value_is_left_out_of_the_design_with_a_note():
    rows = [row | {"grade": 3} for row in patients()]
    frame = frame_of(rows, adjust_for=("grade",))
    assert list(frame.design) == ["idh_status"]
    assert frame.notes == ("grade is 3 in every patient, so there is nothing to hold fixed.",)


def test_groups_that_are_cohorts_are_refused_with_all_that_differs():
    rows = [
        *(row | {"idh_status": "mutant", "grade": 2} for row in patients("a")),
        *(row | {"idh_status": "wildtype", "grade": 4} for row in patients("b")),
    ]
    expression = measured("a", platform="STAR") | measured("b", platform="HTSeq")
    declared = study(contrast(), roles={"train": ("a", "b")})
    with pytest.raises(Confounded) as caught:
        frame_of(rows, expression, declared)
    told = str(caught.value)
    assert "'idh_status' cannot be told apart from 'cohort'" in told
    assert "'mutant' is a, 'wildtype' is b" in told
    assert "grade (2 against 4)" in told
    assert "platform (STAR against HTSeq)" in told


def test_cohorts_can_be_compared_where_the_study_says_that_it_knows():
    """Tumour against normal tissue of another source: what that means is printed with the result."""
    rows = [*patients("a"), *(row | {"idh_status": None} for row in patients("normal"))]
    asked = {"column": "cohort", "level": "a", "reference": "normal"}
    declared = study(contrast(**asked), roles={"train": ("a",), "normal": ("normal",)})
    with pytest.raises(Confounded, match="allow_confounded_with_cohort = true and say so"):
        frame_of(rows, measured("a", "normal"), declared, **asked)
    frame = frame_of(rows, measured("a", "normal"), declared, **asked, allow_confounded_with_cohort=True)
    assert len(frame.people) == 32
    assert "part of every fold change" in frame.warnings[0]


def test_cohorts_of_unlike_platforms_are_not_put_together():
    declared = study(contrast(batch=("cohort",)), roles={"train": ("a", "b")})
    expression = measured("a") | measured("b", platform="array")
    with pytest.raises(UsedWrongly, match=r"cohorts of unlike platform: a \(RNA-seq\) and b \(array\)"):
        frame_of([*patients("a"), *patients("b")], expression, declared, batch=("cohort",))


def test_several_cohorts_must_be_held_fixed():
    declared = study(contrast(), roles={"train": ("a", "b")})
    with pytest.raises(UsedWrongly, match=r'patients of a and b, .* Add batch = \["cohort"\]'):
        frame_of([*patients("a"), *patients("b")], measured("a", "b"), declared)


def test_a_method_for_counts_is_refused_for_other_units():
    with pytest.raises(UsedWrongly, match=r'method deseq2: found fpkm in cohort a, .* Set methods = \["limma_trend"\]'):
        frame_of(patients(), measured("a", unit="fpkm"))


def test_z_scores_are_refused():
    with pytest.raises(UsedWrongly, match="z-scores have lost the scale"):
        frame_of(patients(), measured("a", unit="zscore"), methods=("limma_trend",))


def test_numbers_are_no_groups():
    with pytest.raises(UsedWrongly, match="found numbers in 'age_years', expected groups"):
        frame_of(patients(), column="age_years", level="50", reference="40")


def test_a_level_that_nobody_has_is_refused_with_an_example():
    with pytest.raises(UsedWrongly, match="found 0 patients with idh_status = 'mutated', expected at least 2"):
        frame_of(patients(), level="mutated")


def test_a_cohort_without_expression_leaves_nobody_to_compare():
    with pytest.raises(UsedWrongly, match="found 0 patients with idh_status = 'mutant'"):
        frame_of(patients(), {"b": MeasuredCohort("counts", "RNA-seq", {})})
