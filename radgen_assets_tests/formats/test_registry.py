"""Artifact kinds: each is written with equal bytes, read back equal, and found by its type."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from radgen_assets.contracts.errors import BadInput, BadVolume, UsedWrongly
from radgen_assets.contracts.frames import ExtraColumns, GeneSets, SheetTables, Table
from radgen_assets.contracts.volumes import (
    GivenMasks,
    RegisteredVolumes,
    ScanManifest,
    Scans,
    Sequence,
    TumourMasks,
    Volume,
    Volumes,
)
from radgen_assets.formats.registry import KINDS, ReadContext, kind_named, kind_of, parts_of
from radgen_assets_tests.archives.artifacts_1.values import AFFINE, ROOT, differences, every_kind

CONTEXT = ReadContext(Path(ROOT))
VALUES = every_kind()


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def written(tmp_path: Path, name: str) -> Path:
    folder = tmp_path / name
    folder.mkdir()
    kind_named(name).write(VALUES[name], folder)
    return folder


def test_there_is_a_value_of_every_kind_to_test_with():
    assert set(VALUES) == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_read_back_equal(tmp_path, name):
    folder = written(tmp_path, name)
    assert differences(VALUES[name], kind_named(name).read(folder, CONTEXT)) == []


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_written_twice_with_equal_bytes(tmp_path, name):
    (tmp_path / "again").mkdir()
    assert digests(written(tmp_path, name)) == digests(written(tmp_path / "again", name))


@pytest.mark.parametrize("name", KINDS)
def test_what_was_read_is_written_with_the_same_bytes(tmp_path, name):
    """Else a value that passed through the lake would look changed."""
    folder = written(tmp_path, name)
    (tmp_path / "again").mkdir()
    kind_named(name).write(kind_named(name).read(folder, CONTEXT), tmp_path / "again")
    assert digests(folder) == digests(tmp_path / "again")


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_writes_the_parts_it_states(tmp_path, name):
    assert set(kind_named(name).parts) <= set(digests(written(tmp_path, name)))


@pytest.mark.parametrize("name", [name for name in KINDS if KINDS[name].parts[0].endswith(".json")])
def test_every_json_states_kind_and_format_version(tmp_path, name):
    for path in written(tmp_path, name).glob("*.json"):
        document = json.loads(path.read_text())
        assert document["format"].startswith("radgen/")
        assert document["version"] == 1


def test_the_root_of_a_cohort_is_not_part_of_the_bytes(tmp_path):
    """The same cohort mounted elsewhere must give the same artifact."""
    assert ROOT not in (written(tmp_path, "ScanManifest") / "scans.json").read_text()


def test_a_later_format_is_refused_with_what_to_do(tmp_path):
    folder = written(tmp_path, "Volumes")
    path = folder / "volumes.json"
    path.write_text(path.read_text().replace('"version": 1', '"version": 2'))
    with pytest.raises(BadInput, match=r"volumes.json: version: found 2, expected at most 1. It needs a later radgen"):
        kind_named("Volumes").read(folder, CONTEXT)


def test_another_kind_in_its_place_is_refused(tmp_path):
    folder = written(tmp_path, "RegisteredVolumes")
    with pytest.raises(BadInput, match=r"format: found 'radgen/registered_volumes', expected 'radgen/volumes'"):
        kind_named("Volumes").read(folder, CONTEXT)


def test_half_a_json_is_refused(tmp_path):
    folder = written(tmp_path, "Scans")
    (folder / "scans.json").write_text((folder / "scans.json").read_text()[:50])
    with pytest.raises(BadInput, match=r"scans.json: JSON: found .*, expected valid JSON"):
        kind_named("Scans").read(folder, CONTEXT)


def test_an_image_that_was_put_elsewhere_by_hand_is_refused(tmp_path):
    from radgen_assets.formats.nifti import write_nifti

    folder = written(tmp_path, "Volumes")
    write_nifti(folder / "t1w.nii.gz", np.arange(120, dtype=np.float32).reshape(4, 5, 6), AFFINE + np.eye(4))
    with pytest.raises(BadVolume, match=r"t1w.nii.gz: affine: found another grid than its JSON states"):
        kind_named("Volumes").read(folder, CONTEXT)


def test_a_pickle_in_the_place_of_an_embedding_is_not_opened(tmp_path):
    folder = written(tmp_path, "Embedding")
    np.save(folder / "embedding.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(
        BadInput, match=r"embedding.npy: file: found .*allow_pickle=False.*, expected an array of numbers"
    ):
        kind_named("Embedding").read(folder, CONTEXT)


def test_volumes_of_any_number_type_are_stored_as_float32(tmp_path):
    volume = Volume(np.arange(24, dtype=np.int16).reshape(2, 3, 4), AFFINE, Sequence.flair)
    kind_named("Volumes").write(Volumes({Sequence.flair: volume}, (Sequence.flair,)), tmp_path)
    assert kind_named("Volumes").read(tmp_path, CONTEXT).by_sequence[Sequence.flair].data.dtype == np.float32


@pytest.mark.parametrize(
    ("value_type", "name"),
    [
        (ScanManifest, "ScanManifest"),
        (RegisteredVolumes, "RegisteredVolumes"),
        (Table, "Table"),
        (GeneSets, "GeneSets"),
    ],
)
def test_a_kind_is_found_by_its_type(value_type, name):
    assert kind_of(value_type) is KINDS[name]


def test_a_type_without_a_kind_is_refused_with_the_known_ones():
    with pytest.raises(UsedWrongly, match=r"No artifact kind is called \w+; there are ContrastResult, DrawnTable"):
        kind_of(dict)


def test_a_parameter_that_takes_a_part_reads_its_file_alone():
    """So that a changed scan leaves what depends on the masks alone."""
    manifest = kind_of(ScanManifest)
    assert parts_of(manifest, GivenMasks) == ("masks.json",)
    assert parts_of(manifest, Scans) == ("scans.json",)
    assert parts_of(manifest, ScanManifest) == ()
    assert parts_of(kind_of(SheetTables), Table) == ("table.parquet",)
    assert parts_of(kind_of(SheetTables), ExtraColumns) == ("extra.parquet",)


def test_a_part_is_read_from_the_whole(tmp_path):
    folder = written(tmp_path, "ScanManifest")
    assert kind_of(GivenMasks).read(folder, CONTEXT) == VALUES["GivenMasks"]


def test_a_table_is_read_from_the_tables_of_sheets(tmp_path):
    read = kind_of(Table).read(written(tmp_path, "SheetTables"), CONTEXT)
    assert read.frame.equals(VALUES["SheetTables"].shared)
    assert read.warnings == VALUES["SheetTables"].warnings


def test_an_artifact_is_not_read_as_another_kind():
    with pytest.raises(UsedWrongly, match=r"An artifact of kind Volumes cannot be read as TumourMasks"):
        parts_of(kind_of(Volumes), TumourMasks)


def test_a_region_given_twice_by_one_maker_is_refused(tmp_path):
    masks = VALUES["TumourMasks"]
    with pytest.raises(UsedWrongly, match=r"Maker expert gives a region twice"):
        kind_named("TumourMasks").write(TumourMasks((masks.masks[0], masks.masks[0]), AFFINE), tmp_path)


@pytest.mark.parametrize("name", ["Volumes", "RegisteredVolumes", "TumourMasks", "QualityReport"])
def test_kinds_that_can_be_drawn_give_a_png(name):
    assert kind_named(name).preview(VALUES[name]).startswith(b"\x89PNG")


def test_a_table_has_no_picture():
    assert kind_named("Table").preview(VALUES["Table"]) is None


def test_the_registry_costs_no_heavy_import():
    """It is imported with the definitions, which must load quickly."""
    code = "import sys, radgen_assets.formats.registry as r; r.kind_named('Table'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pandas", "pyarrow", "nibabel", "PIL", "numpy", "scipy"} & set(loaded)
