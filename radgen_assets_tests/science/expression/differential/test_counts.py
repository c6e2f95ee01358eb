"""Expected counts are rounded only where asked, halves to even, and a note says how many."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.errors import BadInput, UnitRefused
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression.differential.counts import round_counts
from radgen_assets.science.expression.differential.deseq import differential_counts
from radgen_assets.science.expression.differential.settings import CountTestSettings
from radgen_assets_tests.science.expression.differential.counts_of_r import as_matrix, made_counts, tcga40

AGAINST = ("group", "b", "a")


def test_halves_go_to_the_even_neighbour_and_the_note_counts_them():
    matrix, _ = made_counts(30)
    matrix.values[3, :5] = [0.5, 1.5, 2.5, 2.51, 7.0]
    rounded = round_counts(matrix)
    assert list(rounded.values[3, :5]) == [0, 2, 2, 3, 7]
    assert rounded.notes == (
        "4 of 360 counts, in 1 of 30 genes, were no whole numbers and were rounded, halves to even.",
    )
    assert matrix.values[3, 0] == 0.5


def test_whole_counts_come_back_without_a_note():
    matrix, _ = made_counts(30)
    assert round_counts(matrix) is matrix


def test_only_counts_can_be_rounded():
    matrix, _ = made_counts(30)
    with pytest.raises(UnitRefused, match="found tpm, expected counts for round_counts"):
        round_counts(replace(matrix, unit=ExpressionUnit.tpm))
    for wrong in (-0.5, np.nan, np.inf):
        matrix.values[2, 1] = wrong
        with pytest.raises(BadInput, match="gene g0002, sample s01"):
            round_counts(matrix)


def test_a_test_of_counts_rounds_only_where_its_settings_say_so():
    matrix, design = made_counts(100)
    broken = replace(matrix, values=matrix.values + 0.25, notes=("From a table.",))
    with pytest.raises(UnitRefused, match=r'no whole number.*fractions = "round" in a test, or round_counts'):
        differential_counts(broken, design, AGAINST)
    found = differential_counts(broken, design, AGAINST, settings=CountTestSettings(fractions="round"))
    assert found.notes[0].startswith("1,200 of 1,200 counts, in 100 of 100 genes, were no whole numbers")
    assert "From a table." not in found.notes
    np.testing.assert_array_equal(found.p, differential_counts(matrix, design, AGAINST).p)


@pytest.mark.real
def test_rsem_counts_rounded_by_the_setting_are_those_that_r_was_given(shared_reference, shared_data):
    table = pd.read_csv(shared_data / "tcga_counts_40" / "counts.tsv.gz", sep="\t", quoting=3)
    whole = round_counts(as_matrix(table.drop_duplicates("id").set_index("id")))
    assert whole.notes[0].startswith("70,949 of 797,880 counts, in 2,731 of 19,947 genes,")
    given = tcga40(shared_reference, shared_data).matrix
    kept = whole.values.sum(axis=1) >= 10
    assert tuple(np.array(whole.genes)[kept]) == given.genes
    np.testing.assert_array_equal(whole.values[kept], given.values)
