"""Encoder files and their pins. What is in a file does not matter here: any bytes serve."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from radgen_assets.contracts.errors import BadInput, NotReady, UnknownKey, UsedWrongly
from radgen_assets.resources.encoders import EncoderStore

WEIGHTS = b"weights"
SHA256 = hashlib.sha256(WEIGHTS).hexdigest()
CARD = 'Trained on 64 "phantom" tumours.\nNot for clinical use; naïve \\ baseline \x7f.'


@pytest.fixture
def store(tmp_path: Path) -> EncoderStore:
    return EncoderStore(tmp_path)


def test_a_saved_encoder_is_named_by_its_checksum_and_read_back(store: EncoderStore):
    assert store.save(WEIGHTS) == store.save(WEIGHTS) == SHA256
    assert [path.name for path in store.folder.iterdir()] == [f"{SHA256}.safetensors"]
    assert store.read(SHA256) == WEIGHTS


def test_a_pin_says_which_file_a_name_means_and_where_it_was_trained(store: EncoderStore):
    store.save(WEIGHTS)
    pinned = store.pin("resnet", SHA256, mlflow_run_id="abc", version="3", card=CARD)
    assert pinned == store.pinned("resnet")
    assert (pinned.name, pinned.sha256, Path(pinned.file).read_bytes()) == ("resnet", SHA256, WEIGHTS)
    pin = store.pins()["resnet"]
    assert (pin.mlflow_run_id, pin.version) == ("abc", "3")
    assert pin.card == CARD


def test_pinning_anew_moves_one_name_and_leaves_the_others(store: EncoderStore):
    store.save(WEIGHTS)
    other = store.save(b"other weights")
    store.pin("first", SHA256, version="1")
    store.pin("second", SHA256, version="1")
    store.pin("first", other, version="2")
    assert {name: (pin.sha256, pin.version) for name, pin in store.pins().items()} == {
        "first": (other, "2"),
        "second": (SHA256, "1"),
    }


def test_a_name_that_is_not_pinned_says_how_to_get_it(store: EncoderStore):
    with pytest.raises(NotReady, match=r"no encoder 'resnet' in .*encoders\.toml\. Materialize models/encoders"):
        store.pinned("resnet")


def test_a_pin_needs_its_file(store: EncoderStore):
    with pytest.raises(NotReady, match=rf"encoder 'resnet': .*{SHA256}\.safetensors is gone"):
        store.pin("resnet", SHA256)
    assert not store.toml.exists()


def test_a_pinned_file_that_is_gone_or_changed_is_found(store: EncoderStore):
    store.save(WEIGHTS)
    store.pin("resnet", SHA256)
    assert store.verify() == ()
    store.path(SHA256).write_bytes(b"tampered")
    assert store.verify() == ("resnet",)
    store.path(SHA256).unlink()
    assert store.verify() == ("resnet",)
    with pytest.raises(NotReady, match="is gone"):
        store.pinned("resnet")


def test_a_checkpoint_from_a_file_is_kept_when_its_checksum_fits(store: EncoderStore, tmp_path: Path):
    file = tmp_path / "downloaded.safetensors"
    file.write_bytes(WEIGHTS)
    assert store.import_file(file, SHA256.upper()) == SHA256
    assert store.read(SHA256) == WEIGHTS


def test_a_checkpoint_with_another_checksum_is_refused_and_not_kept(store: EncoderStore, tmp_path: Path):
    file = tmp_path / "downloaded.safetensors"
    file.write_bytes(b"half of the wei")
    with pytest.raises(BadInput, match=f"downloaded.safetensors: sha256: found [0-9a-f]{{64}}, expected {SHA256}"):
        store.import_file(file, SHA256)
    assert not store.folder.exists()


def test_a_pickled_checkpoint_is_refused_unread(store: EncoderStore, tmp_path: Path):
    with pytest.raises(BadInput, match=r"resnet\.pth: suffix: found \.pth, expected \.safetensors"):
        store.import_file(tmp_path / "resnet.pth", SHA256)


def test_a_checkpoint_that_does_not_exist_is_named(store: EncoderStore, tmp_path: Path):
    with pytest.raises(BadInput, match=r"none\.safetensors: file: found nothing"):
        store.import_file(tmp_path / "none.safetensors", SHA256)


def test_a_typo_in_encoders_toml_is_named(store: EncoderStore):
    store.toml.write_text(f'[encoders.resnet]\nsha265 = "{SHA256}"\n')
    with pytest.raises(UnknownKey, match="Did you mean 'sha256'"):
        store.pins()


@pytest.mark.parametrize("name", ["Resnet", "../resnet", "a.b", ""])
def test_a_name_that_would_not_stand_in_a_toml_key_is_refused(store: EncoderStore, name: str):
    store.save(WEIGHTS)
    with pytest.raises(UsedWrongly, match="an encoder's name consists of a-z, 0-9 and '_'"):
        store.pin(name, SHA256)
