"""What the checks of samples say of a cohort."""

from __future__ import annotations

import pandas as pd

from radgen_assets.contracts.frames import Table
from radgen_assets.contracts.identity import Persons
from radgen_assets.contracts.sources import CohortMembers
from radgen_assets.defs.expression.sample_tables import (
    duplicate_table,
    judge_duplicates,
    judge_outliers,
    judge_sexes,
    persons_of,
    recorded_sex,
    sex_table,
)
from radgen_assets.science.expression import duplicate_samples, sex_check
from radgen_assets_tests.science.expression.checks.made import recorded, sexed, tumours


def test_the_recorded_sex_is_found_by_patient():
    clinical = Table(pd.DataFrame({"patient_key": ["site.P1", "site.P.2"], "sex": ["female", None]}))
    found = recorded_sex(clinical)
    assert found.to_dict() == {"P1": "female", "P.2": None}
    assert recorded_sex(None) is None


def test_persons_come_from_what_is_declared_and_else_are_their_own():
    members = CohortMembers("site", (), "site", Persons({"site.P1": "somebody"}, {}, {}), b"secret")
    assert persons_of(members, ("P1", "P2")).to_dict() == {"P1": "somebody", "P2": "site.P2"}


def sexes(*of: str | None):
    """A woman, a man and an unclear sample, with what is recorded of them."""
    return sex_table(sex_check(sexed({"XIST": [9, 4, 5], "RPS4Y1": [4, 9, 6]}), recorded(*of)), "site", b"png")


def test_what_agrees_passes_and_undecided_samples_are_counted():
    passed, sentence, numbers = judge_sexes(sexes("female", "male", "male").frame)
    assert passed
    assert sentence == "2 of 3 samples show the recorded sex, 1 neither clearly."
    assert numbers == {"agreeing": 2, "undecided": 1, "other sex": 0}


def test_another_sex_fails_and_is_named():
    table = sexes("male", "male", None)
    passed, sentence, _ = judge_sexes(table.frame)
    assert not passed
    assert sentence == "1 of 2 samples show the recorded sex; the other one: P0."
    assert table.warnings == (
        "P0 shows another sex than the recorded one.",
        "P2 shows neither sex clearly.",
    )


def test_where_nothing_is_recorded_nothing_fails():
    assert judge_sexes(sexes(None, None, None).frame)[:2] == (True, "0 of 0 samples show the recorded sex.")


def twice(persons: pd.Series | None):
    """Twelve tumours, of which the last is the first again."""
    matrix = tumours(12)
    matrix.values[:, 11] = matrix.values[:, 0]
    return duplicate_table(duplicate_samples(matrix, persons), "site", b"png")


def test_a_duplicate_of_another_person_fails_and_one_of_the_same_person_does_not():
    table = twice(None)
    passed, sentence, numbers = judge_duplicates(table.frame)
    assert not passed
    assert (
        "2 of 12 samples are most likely one with another person's: P0, P11. Declare them in identity.csv" in sentence
    )
    assert numbers == {"duplicates": 2}
    assert "P0 and P11 correlate at 1.000, as one sample does: declare them" in table.warnings[0]
    own = twice(pd.Series({"P0": "somebody", "P11": "somebody"}))
    passed, sentence, _ = judge_duplicates(own.frame)
    assert passed
    assert sentence == "0 of 12 samples are most likely one with another person's; 2 with another of their own."


def test_outliers_are_named():
    frame = pd.DataFrame({"patient_key": ["site.P1", "site.P2"], "is_outlier": [False, True]})
    assert judge_outliers(frame) == (False, "1 of 2 samples lie far from the others: P2.", {"outliers": 1})
    calm = frame.assign(is_outlier=False)
    assert judge_outliers(calm) == (True, "0 of 2 samples lie far from the others.", {"outliers": 0})


def test_names_of_persons_stand_in_no_table():
    table = twice(pd.Series({"P0": "Jane Doe", "P11": "Jane Doe"}))
    assert "Jane" not in table.frame.to_csv()
    assert not any("Jane" in each for each in table.warnings)
