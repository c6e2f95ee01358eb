"""Tumour against normal on the phantom: one source of all normals is refused, the same study's normals go through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.errors import Confounded
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression import (
    check_confounding,
    combat_as_published,
    fit_combat,
    refuse_confounded,
    remove_batch_effect,
    to_log2,
)
from radgen_assets.science.phantom import PhantomSettings, draw_population, expression_matrix, gene_panel

SETTINGS = PhantomSettings()
N_TUMOURS, N_NORMALS = 60, 30


@dataclass(frozen=True, eq=False)
class Tissue:
    """Log2 of tpm, normals last; `sheet` has cohort, tissue, idh (normals have none), grade."""

    matrix: ExpressionMatrix
    sheet: pd.DataFrame
    panel_set: np.ndarray

    def measured_at(self, second: np.ndarray, seed: int = 0) -> ExpressionMatrix:
        """The same with an effect of the second source on every gene."""
        shift = np.random.default_rng(seed).normal(0, 0.8, (len(self.matrix.genes), 1))
        values = self.matrix.values + shift * second
        return ExpressionMatrix(values, self.matrix.genes, self.matrix.samples, ExpressionUnit.log2)

    def difference(self, matrix: ExpressionMatrix) -> np.ndarray:
        normal = (self.sheet["tissue"] == "normal").to_numpy()
        return matrix.values[:, ~normal].mean(axis=1) - matrix.values[:, normal].mean(axis=1)


@pytest.fixture(scope="module")
def tissue() -> Tissue:
    parts, sheets = [], []
    for cohort, n in (("sequencing_expression", N_TUMOURS), ("normal_tissue", N_NORMALS)):
        population = draw_population(SETTINGS, cohort, n=n)
        names = tuple(f"{cohort[0]}{number}" for number in range(n))
        parts.append(to_log2(expression_matrix(SETTINGS, population, names)))
        sheet = pd.DataFrame({"cohort": cohort, "grade": population.clinical["grade"].to_numpy()}, index=list(names))
        normal = cohort == "normal_tissue"
        sheet["tissue"] = "normal" if normal else "tumour"
        sheet["idh"] = "none" if normal else population.clinical["idh_status"].to_numpy()
        sheets.append(sheet)
    values = np.hstack([part.values for part in parts])
    matrix = ExpressionMatrix(values, parts[0].genes, parts[0].samples + parts[1].samples, ExpressionUnit.log2)
    return Tissue(matrix, pd.concat(sheets), gene_panel(SETTINGS).set_of)


def half_of_each(tissue: Tissue, share_of_tumours: float = 0.5, share_of_normals: float = 0.5) -> np.ndarray:
    """Which samples the second source measured."""
    place = np.arange(N_TUMOURS + N_NORMALS)
    tumours = place < N_TUMOURS * share_of_tumours
    normals = (place >= N_TUMOURS) & (place - N_TUMOURS < N_NORMALS * share_of_normals)
    return np.where(tissue.sheet["tissue"] == "normal", normals, tumours)


# all normals from one source


def test_normals_of_one_source_are_refused_by_name(tissue):
    with pytest.raises(Confounded, match=r"'tissue' cannot be told apart from 'cohort'.*normal in normal_tissue alone"):
        refuse_confounded(tissue.sheet["cohort"], tissue.sheet["tissue"])


def test_combat_with_tissue_as_covariate_is_refused_by_name(tissue):
    with pytest.raises(Confounded, match="batch 'cohort' and covariate 'tissue' cannot be told apart"):
        fit_combat(tissue.matrix, tissue.sheet["cohort"], covariates=tissue.sheet[["tissue"]])
    with pytest.raises(Confounded, match="batch 'cohort' and covariate 'tissue'"):
        remove_batch_effect(tissue.matrix, tissue.sheet["cohort"], design=tissue.sheet[["tissue"]])


def test_correction_apart_in_each_tissue_needs_an_override_and_is_labelled(tissue):
    second = half_of_each(tissue, share_of_normals=1.0)  # tumours from two sources, normals from the second alone
    source = pd.Series(np.where(second, "second", "first"), tissue.sheet.index, name="source")
    measured = tissue.measured_at(second)
    with pytest.raises(Confounded, match="'tissue' normal lies in 'source' second alone"):
        combat_as_published(measured, source, within=tissue.sheet["tissue"])
    found = combat_as_published(measured, source, within=tissue.sheet["tissue"], allow_confounded=True)
    assert "Confounded: 'tissue' normal lies in 'source' second alone; it was left as it was." in found.notes
    assert found.notes[0].startswith("As published")
    np.testing.assert_array_equal(found.values[:, N_TUMOURS:], measured.values[:, N_TUMOURS:])


def test_correction_without_the_tissue_takes_the_tumour_away(tissue):
    """Nothing refuses it by itself, since ComBat was not told of the tissue: so a contrast asks first."""
    found = combat_as_published(tissue.matrix, tissue.sheet["cohort"])
    planted = tissue.panel_set == 0
    before, after = (np.abs(tissue.difference(each)[planted]).mean() for each in (tissue.matrix, found))
    assert before > 1
    assert after < before / 4


# the same study's normals


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.3, 0.8)], ids=["balanced", "unbalanced"])
def test_normals_of_both_sources_go_through_and_the_difference_stays(tissue, shares):
    second = half_of_each(tissue, *shares)
    source = pd.Series(np.where(second, "second", "first"), tissue.sheet.index, name="source")
    assert not refuse_confounded(source, tissue.sheet["tissue"]).confounded
    measured = tissue.measured_at(second)
    found = combat_as_published(measured, source, covariates=tissue.sheet[["tissue"]])
    truth = tissue.difference(tissue.matrix)
    assert np.abs(tissue.difference(found) - truth).mean() < 0.15
    linear = remove_batch_effect(measured, source, design=tissue.sheet[["tissue"]])
    assert np.abs(tissue.difference(linear) - truth).mean() < 0.15
    if shares[0] != shares[1]:
        assert np.abs(tissue.difference(measured) - truth).mean() > 0.25
        assert check_confounding(source, tissue.sheet["tissue"]).cramers_v > 0.4


# per subclass


def test_correction_within_subclasses_brings_the_source_back_as_subclass_and_covariates_do_not(tissue):
    """IDH mutants come mostly from one source, wildtypes from the other; as paper D does, and the sound way."""
    tumours = np.arange(N_TUMOURS)
    idh = tissue.sheet["idh"].iloc[tumours]
    rng = np.random.default_rng(3)
    second = rng.uniform(size=N_TUMOURS) < np.where(idh == "mutant", 0.85, 0.15)
    everyone = np.concatenate([second, np.zeros(N_NORMALS, dtype=bool)])
    clean, measured = (
        ExpressionMatrix(each.values[:, tumours], each.genes, each.samples[:N_TUMOURS], each.unit)
        for each in (tissue.matrix, tissue.measured_at(everyone))
    )
    sheet = tissue.sheet.iloc[tumours].assign(grade=lambda frame: frame["grade"].astype(str))
    source = pd.Series(np.where(second, "second", "first"), sheet.index, name="source")

    def difference(matrix):
        mutant = (idh == "mutant").to_numpy()
        return matrix.values[:, mutant].mean(axis=1) - matrix.values[:, ~mutant].mean(axis=1)

    within = combat_as_published(measured, source, within=sheet["idh"])
    sound = combat_as_published(measured, source, covariates=sheet[["grade", "idh"]])
    assert np.abs(difference(within) - difference(clean)).mean() > 0.4
    assert np.abs(difference(sound) - difference(clean)).mean() < 0.25
    assert any(note.startswith("idh mutant: ComBat") for note in within.notes)
    assert "with grade and idh as covariates" in sound.notes[0]
