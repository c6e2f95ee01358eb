"""The frozen encoder, its files and its training, on tiny crops; torch and MONAI take 8 s to import, once."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator

import numpy as np
import pytest
import safetensors.numpy
import torch

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.science.deep.batches import shrinking_batches
from radgen_assets.science.deep.card import encoder_card
from radgen_assets.science.deep.collapse import effective_rank, paired_view_accuracy
from radgen_assets.science.deep.contrast import contrastive_loss
from radgen_assets.science.deep.encoder import (
    build_encoder,
    embed,
    encoder_bytes,
    encoder_from_state,
    encoder_state,
    load_encoder,
)
from radgen_assets.science.deep.pictures import training_pictures
from radgen_assets.science.deep.pretraining import TrainingResult, train_encoder
from radgen_assets.science.deep.settings import EmbeddingSettings, PretrainingSettings
from radgen_assets.science.deep.training_state import TrainingState
from radgen_assets.science.deep.views import random_views

TINY = PretrainingSettings(epochs=2, batch_size=5, view_shape=(16, 16, 16), learning_rate=1e-3)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Bits are promised on one thread only."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def crops() -> np.ndarray:
    """Ten patients, (10, 1, 20, 20, 20)."""
    return np.random.default_rng(0).normal(size=(10, 1, 20, 20, 20)).astype(np.float32)


@pytest.fixture(scope="module")
def encoder() -> torch.nn.Module:
    torch.manual_seed(0)
    return build_encoder()


@pytest.fixture(scope="module")
def weights(encoder: torch.nn.Module) -> bytes:
    return encoder_bytes(encoder_state(encoder))


# the encoder


def test_an_embedding_has_512_values_a_crop(encoder, crops):
    values = embed(crops[:3], encoder)
    assert (values.shape, values.dtype) == ((3, 512), np.float32)
    assert embed(crops[:0], encoder).shape == (0, 512)


def test_the_first_convolution_has_stride_two(encoder):
    """MONAI's default of 1 is another network, nine times as dear; weights cannot tell them apart."""
    assert encoder.conv1.stride == (2, 2, 2)


def test_a_patients_values_are_bit_equal_whoever_is_embedded_with_them(encoder, crops):
    """A patient asset never sees another patient, and its content hash must not either."""
    together = embed(crops, encoder, batch_size=16)
    np.testing.assert_array_equal(embed(crops[4:5], encoder), together[4:5])
    np.testing.assert_array_equal(embed(crops[::-1].copy(), encoder, batch_size=3), together[::-1])


def test_the_number_of_threads_changes_no_bit_and_is_left_as_it_was(encoder, crops):
    """A content hash must not depend on the machine's cores."""
    expected = embed(crops, encoder)
    torch.set_num_threads(4)
    np.testing.assert_array_equal(embed(crops, encoder), expected)
    assert torch.get_num_threads() == 4


def test_a_network_left_in_training_mode_is_frozen_before_it_embeds(encoder, crops):
    expected = embed(crops[:2], encoder)
    encoder.train()
    np.testing.assert_array_equal(embed(crops[:2], encoder), expected)


def test_crops_with_nan_are_refused(encoder, crops):
    spoilt = crops[:2].copy()
    spoilt[1, 0, 3, 3, 3] = np.nan
    with pytest.raises(BadInput, match=r"expected finite \(n, c, i, j, k\)"):
        embed(spoilt, encoder)


# its file


def test_an_encoder_read_back_from_its_file_gives_equal_embeddings(encoder, weights, crops):
    again = load_encoder(weights, hashlib.sha256(weights).hexdigest())
    np.testing.assert_array_equal(embed(crops[:2], again), embed(crops[:2], encoder))


def test_equal_weights_give_equal_bytes(encoder, weights):
    """The checksum names the file, so nothing in it may vary."""
    assert encoder_bytes(encoder_state(encoder)) == weights


def test_a_wrong_checksum_names_the_found_and_the_expected_one(weights):
    found = hashlib.sha256(weights).hexdigest()
    with pytest.raises(BadInput, match=f"resnet.safetensors: sha256: found {found}, expected {'0' * 64}."):
        load_encoder(weights, "0" * 64, file="resnet.safetensors")


def test_a_file_that_is_no_safetensors_is_refused():
    data = b"\x80\x04pickled"
    with pytest.raises(BadInput, match="expected a safetensors file"):
        load_encoder(data, hashlib.sha256(data).hexdigest())


def test_a_checkpoint_without_our_header_is_taken_when_everything_fits(encoder, crops):
    plain = safetensors.numpy.save(encoder_state(encoder))
    again = load_encoder(plain, hashlib.sha256(plain).hexdigest())
    np.testing.assert_array_equal(embed(crops[:1], again), embed(crops[:1], encoder))


def test_a_header_of_another_architecture_is_refused_although_all_shapes_fit(encoder):
    other = safetensors.numpy.save(encoder_state(encoder), metadata={"radgen": '{"conv1_t_stride":1}'})
    with pytest.raises(BadInput, match=r'architecture: found {"conv1_t_stride":1}, expected .*"conv1_t_stride":2'):
        load_encoder(other, hashlib.sha256(other).hexdigest())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bn1.bias": None}, r"bn1\.bias: found nothing, expected \(64,\)"),
        ({"bn1.bias": np.zeros(3, np.float32)}, r"bn1\.bias: found \(3,\), expected \(64,\)"),
        ({"fc.bias": np.zeros(3, np.float32)}, r"fc\.bias: found \(3,\), expected no such tensor"),
        ({"conv1.weight": None}, r"conv1\.weight: found none, expected a 3-D convolution"),
    ],
)
def test_weights_of_another_network_are_refused_by_the_first_tensor_that_differs(encoder, change, message):
    tensors = {name: array for name, array in (encoder_state(encoder) | change).items() if array is not None}
    with pytest.raises(BadInput, match=message):
        encoder_from_state(tensors)


def test_loading_leaves_the_callers_random_numbers_alone(encoder):
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    encoder_from_state(encoder_state(encoder))
    assert torch.equal(torch.rand(2), expected)


# batches


def test_a_batch_that_does_not_fit_is_halved_until_it_does():
    """As a GPU would answer that holds three crops."""
    tried: list[int] = []

    def holds_three(part: np.ndarray) -> np.ndarray:
        tried.append(len(part))
        if len(part) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return part * 2

    items = np.arange(7, dtype=np.float32)
    np.testing.assert_array_equal(np.concatenate(shrinking_batches(holds_three, items, 8)), items * 2)
    assert tried == [7, 4, 2, 2, 2, 1]


def test_one_crop_that_does_not_fit_says_what_to_do():
    def holds_none(part: np.ndarray) -> np.ndarray:
        raise torch.OutOfMemoryError("CUDA out of memory")

    with pytest.raises(torch.OutOfMemoryError) as error:
        shrinking_batches(holds_none, np.zeros(4, np.float32), 4)
    assert error.value.__notes__ == ["One crop alone does not fit the GPU's memory. Free it, or set RADGEN_DEVICE=cpu."]


# collapse


def test_effective_rank_counts_directions():
    """Four orthogonal directions of one length; one direction; none."""
    cross = np.vstack([np.eye(4), -np.eye(4)])
    assert effective_rank(cross) == pytest.approx(4)
    assert effective_rank(np.outer([1.0, 2.0, 4.0], [1.0, 1.0])) == pytest.approx(1)
    assert effective_rank(np.full((5, 3), 0.1, dtype=np.float32)) == 0


def test_paired_views_find_each_other():
    views = np.random.default_rng(0).normal(size=(6, 20))
    assert paired_view_accuracy(views, views * 3 + 1) == 1
    assert paired_view_accuracy(views, views[::-1]) == 0


# the loss


def test_views_that_cannot_be_told_apart_cost_what_chance_costs():
    """Each of 2n views guesses among 2n - 1 others; a collapsed encoder stays there."""
    same = torch.ones(3, 4)
    assert contrastive_loss(same, same, 0.2).item() == pytest.approx(math.log(5))


def test_the_loss_by_hand_for_two_crops():
    """Crops along two axes, views agree: similarity 1 to the partner and 0 to both views of the other crop."""
    views = torch.eye(2)
    assert contrastive_loss(views, views, 0.5).item() == pytest.approx(math.log(1 + 2 * math.exp(-2)))


def test_only_directions_count_and_a_wrong_partner_costs_more():
    first, second = torch.randn(2, 5, 8, generator=torch.Generator().manual_seed(0))
    close = first + 0.1 * second
    loss = contrastive_loss(first, close, 0.2)
    assert contrastive_loss(3 * first, close / 7, 0.2).item() == pytest.approx(loss.item(), rel=1e-5)
    assert contrastive_loss(first, close.flip(0), 0.2) > 2 * loss


# views


def test_a_view_without_any_change_is_the_middle_of_the_crop_or_its_mirror_image():
    """Checks the axes: torch's are k, j, i. Left and right (axis i) may be exchanged, nothing else."""
    still = PretrainingSettings(
        view_shape=(4, 6, 8), rotation_degrees=0, zoom=0, shift=0, contrast=0, brightness=0, noise=0
    )
    crop = torch.arange(8 * 10 * 12, dtype=torch.float32).reshape(1, 1, 8, 10, 12) + 1
    middle = crop[:, :, 2:6, 2:8, 2:10]
    generator = torch.Generator().manual_seed(0)
    seen = set()
    for _ in range(12):
        view = random_views(crop, still, generator)
        mirrored = bool(torch.allclose(view, middle.flip(2), rtol=1e-4))
        assert mirrored or torch.allclose(view, middle, rtol=1e-4)
        seen.add(mirrored)
    assert seen == {True, False}


def test_two_views_of_a_crop_differ_and_the_seed_decides_both():
    crop = torch.randn(2, 1, 20, 20, 20)
    first, again = (torch.Generator().manual_seed(1) for _ in range(2))
    one, two = random_views(crop, TINY, first), random_views(crop, TINY, first)
    assert not torch.allclose(one, two)
    assert torch.equal(one, random_views(crop, TINY, again))


def test_outside_the_brain_a_view_stays_zero():
    views = random_views(torch.zeros(2, 1, 20, 20, 20), TINY, torch.Generator().manual_seed(1))
    assert not views.any()


# training


@pytest.fixture(scope="module")
def uninterrupted(crops) -> tuple[TrainingResult, dict[str, bytes]]:
    """A training of two epochs, and its files after the first."""
    torch.set_num_threads(1)
    kept: list[dict[str, bytes]] = []

    def keep_first(state: TrainingState) -> None:
        if state.epoch == 1:
            kept.append(state.to_files())

    return train_encoder(crops, TINY, on_epoch=keep_first), kept[0]


def test_a_training_that_was_interrupted_ends_with_the_same_weights(crops, uninterrupted):
    whole, files = uninterrupted
    resumed = train_encoder(crops, TINY, state=TrainingState.from_files(files))
    assert resumed.metrics == whole.metrics
    assert (resumed.effective_rank, resumed.effective_rank_untrained) == (
        whole.effective_rank,
        whole.effective_rank_untrained,
    )
    for name, expected in whole.encoder.items():
        np.testing.assert_array_equal(resumed.encoder[name], expected, err_msg=name)


def test_training_moves_the_weights_and_notes_every_epoch(uninterrupted):
    result, _ = uninterrupted
    torch.manual_seed(TINY.seed)
    untrained = encoder_state(build_encoder())
    assert not np.array_equal(result.encoder["layer4.1.conv2.weight"], untrained["layer4.1.conv2.weight"])
    assert {len(values) for values in result.metrics.values()} == {2}
    assert result.metrics["learning_rate"] == pytest.approx((1e-3, 5e-4))
    assert 0 < result.effective_rank <= 9


def test_a_state_of_other_crops_or_settings_is_refused(crops, uninterrupted):
    state = TrainingState.from_files(uninterrupted[1])
    with pytest.raises(UsedWrongly, match="this training state was made with other crops"):
        train_encoder(crops + 1, TINY, state=state)
    with pytest.raises(UsedWrongly, match="this training state was made with other settings"):
        train_encoder(crops, TINY.model_copy(update={"epochs": 3}), state=state)


def test_a_training_state_that_is_cut_short_is_refused(uninterrupted):
    files = dict(uninterrupted[1])
    files["training.safetensors"] = files["training.safetensors"][:1000]
    with pytest.raises(BadInput, match=r"expected a training state\. Delete it and train from the start"):
        TrainingState.from_files(files)


def test_too_few_crops_are_refused(crops):
    with pytest.raises(UsedWrongly, match="trained on 7 crops; at least 8 are needed"):
        train_encoder(crops[:7], TINY)


# pictures


def test_a_training_is_shown_in_two_pictures_whose_bytes_do_not_vary(crops, uninterrupted):
    first, again = (training_pictures(crops, uninterrupted[0].metrics, TINY) for _ in range(2))
    assert first == again
    assert set(first) == {"training.png", "views.png"}
    assert all(data.startswith(b"\x89PNG") for data in first.values())


def test_the_card_says_what_the_weights_cannot(uninterrupted):
    card = encoder_card(uninterrupted[0], TINY, EmbeddingSettings(), trained_on="one phantom cohort, 10 persons")
    assert "The first convolution has stride\n2" in card
    assert "one phantom cohort, 10 persons; 10 crops, no labels. Seed 0." in card


def test_a_collapsed_encoder_is_reported(crops):
    """Ten times the same crop leaves one direction at most: nothing was learnt, and the result says so."""
    same = np.repeat(crops[:1], 8, axis=0)
    result = train_encoder(same, TINY.model_copy(update={"epochs": 1}))
    assert result.effective_rank < 3
    assert result.warnings == (
        f"the embeddings spread over {result.effective_rank:.1f} directions only: the encoder has collapsed",
    )
