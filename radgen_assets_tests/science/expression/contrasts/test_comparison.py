"""A contrast finds the genes and sets that were planted, and none where there are none."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.contracts.expression import GeneSet
from radgen_assets.science.expression import to_log2
from radgen_assets.science.expression.contrasts.comparison import compare_groups
from radgen_assets.science.expression.contrasts.frame import assemble_contrast
from radgen_assets.science.expression.contrasts.matrices import put_together
from radgen_assets.science.expression.settings import LogSettings
from radgen_assets_tests.science.expression.contrasts.made_up import (
    GENES,
    SETS,
    contrast,
    counts,
    marts,
    measured,
    patients,
    study,
)

METHODS = ("deseq2", "limma_voom", "limma_trend")


def result_of(effect: float, *, sets=SETS, n: int = 16, seed: int = 1, **changes):
    asked = contrast(methods=METHODS, adjust_for=("grade",), **changes)
    frame = assemble_contrast(study(asked), asked, marts(patients(n=n)), measured("a", n=n))
    mutant = (frame.design["idh_status"] == "mutant").to_numpy()
    matrix = counts(list(frame.people.index), mutant, effect=effect, seed=seed)
    matrices = {"counts": matrix, "log2": to_log2(matrix, LogSettings())}
    return compare_groups(asked, frame, matrices, {"made": sets} if sets else {})


@pytest.fixture(scope="module")
def planted():
    return result_of(2.0)


def found_by(result, method, side):
    rows = result.genes[result.genes["method"] == method]
    return set(rows.loc[rows["found"] == side, "gene"])


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_the_planted_genes_and_their_direction(planted, method):
    up, down = found_by(planted, method, "up"), found_by(planted, method, "down")
    assert len(up & set(GENES[:20])) >= 19
    assert len(down & set(GENES[20:40])) >= 19
    assert len((up | down) - set(GENES[:40])) <= 3


def test_planted_sets_are_over_represented_each_in_its_direction(planted):
    table = planted.over_representation
    found = table[table["p_adjusted"] < 0.05]
    by_direction = {name: set(rows["set"]) for name, rows in found.groupby("direction")}
    assert by_direction == {"either": {"SET_0", "SET_1"}, "up": {"SET_0"}, "down": {"SET_1"}}


def test_planted_sets_lean_to_their_sides(planted):
    table = planted.enrichment.set_index("set")
    assert (table.loc["SET_0", "normalised_enrichment"] > 0) & (table.loc["SET_1", "normalised_enrichment"] < 0)
    assert set(table.index[table["p_adjusted"] < 0.05]) == {"SET_0", "SET_1"}


def test_a_null_has_nearly_none():
    """At a rate of 5 % a null calls nothing in most cohorts; fold changes below a doubling are not counted at all."""
    result = result_of(0.0, seed=5)
    assert (result.genes["found"] != "").sum() == 0
    assert (result.over_representation["p_adjusted"] < 0.05).sum() == 0
    assert (result.enrichment["p_adjusted"] < 0.05).sum() == 0


def test_the_fold_change_lies_in_its_interval_and_columns_are_those_of_the_contract(planted):
    rows = planted.genes.dropna(subset=["log2_fold_change", "std_err"])
    assert ((rows["low"] <= rows["log2_fold_change"]) & (rows["log2_fold_change"] <= rows["high"])).all()
    planted_up = rows[rows["gene"].isin(GENES[:20])]
    assert planted_up["log2_fold_change"].between(1.0, 3.0).mean() > 0.95


def test_groups_and_patients_are_told(planted):
    assert planted.groups == (("mutant", "a", 8), ("wildtype", "a", 8))
    assert list(planted.patients) == ["patient", "person", "cohort", "group", "grade"]
    assert planted.warnings == (
        "Only 8 patients are idh_status = mutant: with fewer than 10 in a group, which genes are found depends on each "
        "single one.",
    )


def test_sets_of_other_gene_ids_are_warned_of():
    strange = (GeneSet("S", "", tuple(f"ENSG{n:011d}" for n in range(30))),)
    result = result_of(2.0, sets=strange, gsea=False)
    assert any("0 of 30 genes of made were measured (ENSG00000000000 beside G000)" in each for each in result.warnings)


def test_no_sets_are_asked_where_the_home_has_none():
    result = result_of(2.0, sets=None)
    assert len(result.over_representation) == len(result.enrichment) == 0


# cohorts put together


def test_matrices_are_put_together_by_patient_over_shared_genes():
    keys = ["a.1", "a.2", "b.1"]
    one, other = (
        counts(["1", "2"], np.array([True, False]), effect=0),
        counts(["1"], np.array([True]), effect=0, seed=2),
    )
    shorter = type(other)(other.values[::-1][:400], other.genes[::-1][:400], other.samples, other.unit)
    whole, note = put_together({"a": one, "b": shorter}, keys)
    assert whole.samples == tuple(keys)
    assert whole.genes == GENES[100:]
    assert np.array_equal(whole.values[:, 2], other.values[100:, 0])
    assert np.array_equal(whole.values[:, 1], one.values[100:, 1])
    assert note == "400 genes are in every cohort; up to 100 others were left out."
