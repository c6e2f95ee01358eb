"""Who is the same person: declared rows first, then a cohort's table or rule, else the patient alone."""

from __future__ import annotations

from radgen_assets.contracts.identity import PatientKey, Persons

BARCODES = {"brats.B1": "TCGA-DU-A5TR-01A"}


def person(key: str, **persons) -> str:
    given = {"declared": {}, "rules": {}, "person_ids": {}} | persons
    return Persons(**given).person_of(PatientKey.parse(key))


def test_without_a_rule_a_patient_is_a_person():
    assert person("here.P1") == "here.P1"


def test_a_prefix_of_the_patients_id_names_the_person():
    assert person("tcga.TCGA-DU-A5TR-01A", rules={"tcga": 12}) == "TCGA-DU-A5TR"


def test_a_declared_row_comes_before_any_rule():
    assert person("tcga.TCGA-DU-A5TR", rules={"tcga": 12}, declared={"tcga.TCGA-DU-A5TR": "anna"}) == "anna"


def test_a_table_names_persons_with_and_without_a_prefix():
    table = {"person_ids": BARCODES, "tabled": frozenset({"brats"})}
    assert person("brats.B1", **table) == "TCGA-DU-A5TR-01A"
    assert person("brats.B1", **table, rules={"brats": 12}) == "TCGA-DU-A5TR"


def test_who_has_no_id_in_the_table_is_a_person_of_their_own():
    """Else the prefix of their own ids (Brats18_2013_3_1, Brats18_2013_2_1) would make two people one."""
    table = {"person_ids": BARCODES, "tabled": frozenset({"brats"}), "rules": {"brats": 12}}
    assert person("brats.Brats18_2013_3_1", **table) == "brats.Brats18_2013_3_1"


def test_a_table_of_one_cohort_says_nothing_about_another():
    assert person("tcga.TCGA-DU-A5TR", rules={"tcga": 12}, tabled=frozenset({"brats"})) == "TCGA-DU-A5TR"
