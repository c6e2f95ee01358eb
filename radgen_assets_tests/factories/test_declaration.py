"""What an author writes and what a declaration makes of it."""

from __future__ import annotations

import pickle

import pytest

from radgen_assets.contracts.frames import Table
from radgen_assets.contracts.sources import PatientArtifacts, PatientSources
from radgen_assets.contracts.volumes import GivenMasks
from radgen_assets.factories.cohort_asset import cohort_asset, home_asset
from radgen_assets.factories.declaration import Shape
from radgen_assets_tests.factories import toy_assets as toy


def test_parameter_names_are_upstream_assets_and_annotations_their_kinds():
    (parameter,) = toy.scaled.parameters  # `settings` is none
    assert (parameter.name, parameter.upstream, parameter.value_type) == ("number", "number", Table)
    assert toy.n_masks.parameters[0].value_type is GivenMasks


def test_a_parameter_of_a_source_type_comes_from_outside():
    (parameter,) = toy.number.parameters
    assert parameter.is_external
    assert (parameter.upstream, parameter.value_type) == (None, PatientSources)


def test_gathered_artifacts_come_from_outside_and_still_depend_on_the_asset_of_their_name():
    """The graph must show that a gathered table follows the patients' artifacts."""

    @cohort_asset(group="tables", settings=None, code_version="1")
    def gathered(radiomics: PatientArtifacts) -> Table:
        raise NotImplementedError

    (parameter,) = gathered.parameters
    assert parameter.is_external
    assert parameter.upstream == "radiomics"


@pytest.mark.parametrize(
    ("asset", "optional", "tolerated"),
    [(toy.needs_root, False, False), (toy.may_lack_root, True, False), (toy.tolerates, True, True)],
)
def test_none_in_the_annotation_allows_skipped_and_a_default_allows_failed(asset, optional, tolerated):
    last = asset.parameters[-1]
    assert (last.optional, last.tolerated) == (optional, tolerated)


def test_a_batched_asset_is_declared_by_the_kind_of_one_patient():
    assert toy.batched.batched
    assert toy.batched.produces is Table
    assert toy.batched.parameters[0].value_type is Table


def test_key_group_and_description_are_what_the_interface_shows():
    assert (toy.scaled.key, toy.scaled.group, toy.scaled.shape) == ("toy/scaled", "toy", Shape.patient)
    assert toy.scaled.description.startswith("The number times the factor")


def test_a_declared_function_can_still_be_called():
    """Science is tested without a ledger."""
    assert toy.number_in(toy.scaled(toy.table(3), toy.Factor(factor=2))) == 6


def test_a_declaration_crosses_to_a_worker_by_its_name():
    assert pickle.loads(pickle.dumps(toy.scaled)) is toy.scaled  # noqa: S301 - our own bytes


def test_an_asset_of_the_home_has_its_own_shape():
    @home_asset(group="raw", settings=None, code_version="1")
    def genes() -> Table:
        raise NotImplementedError

    assert genes.shape is Shape.home
