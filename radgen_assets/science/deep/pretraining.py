"""Trains the encoder on crops without any label, epoch by epoch, so that it can stop and go on.

No outcome, mask or molecular status enters: what a study later predicts has not been seen. Persons whose crops were
seen are the fit's persons all the same (DESIGN section 3, rule 2).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.deep.collapse import COLLAPSED_BELOW, effective_rank, paired_view_accuracy
from radgen_assets.science.deep.contrast import contrastive_loss
from radgen_assets.science.deep.encoder import N_FEATURES, build_encoder, encoder_state
from radgen_assets.science.deep.settings import PretrainingSettings
from radgen_assets.science.deep.training_state import TrainingState
from radgen_assets.science.deep.views import random_views

FEWEST_CROPS = 8  # below, a batch has no variance to speak of

OnEpoch = Callable[[TrainingState], None]


@dataclass(frozen=True, eq=False)
class TrainingResult:
    """A trained encoder and what is known about it.

    encoder : named tensors, as `encoder_bytes` and `encoder_from_state` take them
    metrics : name -> one value an epoch; "loss" (lower = better; ln(2 batch_size - 1) by chance),
        "paired_view_accuracy" and "effective_rank" of the views' features, "learning_rate"
    effective_rank_untrained, effective_rank : of the features of all whole crops, at most min(n - 1, 512)
    """

    encoder: Mapping[str, NDArray[Any]]
    metrics: Mapping[str, tuple[float, ...]]
    effective_rank_untrained: float
    effective_rank: float
    n_crops: int
    warnings: tuple[str, ...]


def train_encoder(
    crops: NDArray[np.float32],
    settings: PretrainingSettings,
    *,
    state: TrainingState | None = None,
    on_epoch: OnEpoch | None = None,
    device: str = "cpu",
) -> TrainingResult:
    """Train from nothing, or go on from `state`, to the last epoch of the settings.

    On one CPU thread a training that was interrupted after any epoch ends with the same bits as one that was not; with
    several threads or on a GPU sums are ordered differently and weights agree roughly.

    Parameters
    ----------
    crops : (n, c, i, j, k) float32
        As `tumour_crop` makes them, one a patient, at least 8.
    state
        What `on_epoch` was given, kept as files; of the same crops and settings.
    on_epoch
        Called after every epoch. The state's arrays change when it returns: keep `state.to_files()`.

    Raises
    ------
    UsedWrongly
        For fewer than 8 crops, or a state of other crops or settings.
    """
    if len(crops) < FEWEST_CROPS:
        raise UsedWrongly(
            f"an encoder was to be trained on {len(crops)} crops; at least {FEWEST_CROPS} are needed. "
            "Add patients with a tumour mask, or import a checkpoint."
        )
    training = _Training(crops, settings, torch.device(device))
    if state is None:
        training.begin()
    else:
        training.resume(state)
    while training.epoch < settings.epochs:
        training.run_epoch()
        if on_epoch is not None:
            on_epoch(training.state())
    return training.result()


class _Training:
    """Everything that changes while an encoder is trained."""

    def __init__(self, crops: NDArray[np.float32], settings: PretrainingSettings, device: torch.device) -> None:
        self.settings, self.device = settings, device
        self.crops = torch.from_numpy(np.ascontiguousarray(crops)).to(device)
        self.identity = {"settings": settings.digest(), "crops": _digest(crops)}
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(settings.seed)
            self.encoder = build_encoder(crops.shape[1]).to(device)
            self.projector = _projector(settings.projection).to(device)
        self.parameters = [*self.encoder.parameters(), *self.projector.parameters()]
        self.optimiser = torch.optim.AdamW(
            self.parameters,
            lr=settings.learning_rate,
            weight_decay=settings.weight_decay,
            fused=True,  # 0.03 instead of 0.5 s a step for 33 million weights on a CPU
        )
        self.generator = torch.Generator().manual_seed(settings.seed)
        self.epoch = 0
        self.metrics: dict[str, list[float]] = {}
        self.rank_untrained = 0.0

    def begin(self) -> None:
        before = encoder_state(self.encoder)
        self.rank_untrained = effective_rank(self._settle())
        self.encoder.load_state_dict({name: torch.from_numpy(array) for name, array in before.items()})

    def run_epoch(self) -> None:
        self.encoder.train()
        self.projector.train()
        rate = self._learning_rate()
        order = torch.randperm(len(self.crops), generator=self.generator)
        n_batches = math.ceil(len(order) / self.settings.batch_size)
        steps = [self._step(self.crops[batch]) for batch in torch.tensor_split(order, n_batches)]
        first = np.concatenate([step.first for step in steps])
        second = np.concatenate([step.second for step in steps])
        self.epoch += 1
        self._note("loss", float(np.mean([step.loss for step in steps])))
        self._note("paired_view_accuracy", paired_view_accuracy(first, second))
        self._note("effective_rank", effective_rank(first))
        self._note("learning_rate", rate)

    def state(self) -> TrainingState:
        return TrainingState.of(
            self.encoder,
            self.projector,
            self.optimiser,
            self.generator,
            facts={
                **self.identity,
                "epoch": self.epoch,
                "metrics": self.metrics,
                "effective_rank_untrained": self.rank_untrained,
            },
        )

    def resume(self, state: TrainingState) -> None:
        for name, found in self.identity.items():
            if state.facts[name] != found:
                raise UsedWrongly(f"this training state was made with other {name}. Train from the start instead.")
        state.put_into(self.encoder, self.projector, self.optimiser, self.generator)
        self.epoch = state.facts["epoch"]
        self.metrics = {name: list(values) for name, values in state.facts["metrics"].items()}
        self.rank_untrained = state.facts["effective_rank_untrained"]

    def result(self) -> TrainingResult:
        rank = effective_rank(self._settle())
        warnings: tuple[str, ...] = ()
        if rank < COLLAPSED_BELOW:
            warnings = (f"the embeddings spread over {rank:.1f} directions only: the encoder has collapsed",)
        return TrainingResult(
            encoder_state(self.encoder),
            {name: tuple(values) for name, values in self.metrics.items()},
            self.rank_untrained,
            rank,
            len(self.crops),
            warnings,
        )

    def _learning_rate(self) -> float:
        """Half a cosine over the epochs; depends on the epoch alone, so nothing about it needs to be kept."""
        rate = self.settings.learning_rate * (1 + math.cos(math.pi * self.epoch / self.settings.epochs)) / 2
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        return rate

    def _step(self, crops: Tensor) -> _Step:
        views = [random_views(crops, self.settings, self.generator) for _ in range(2)]
        features = self.encoder(torch.cat(views))
        first, second = self.projector(features).chunk(2)
        loss = contrastive_loss(first, second, self.settings.temperature)
        if not torch.isfinite(loss):
            raise UsedWrongly(
                f"training diverged in epoch {self.epoch + 1}: the loss is {loss.item()}. "
                f"Lower learning_rate ({self.settings.learning_rate:g}) in [settings.encoders] of radgen.toml."
            )
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        of_first, of_second = features.detach().cpu().chunk(2)
        return _Step(loss.item(), of_first.numpy(), of_second.numpy())

    def _note(self, name: str, value: float) -> None:
        self.metrics.setdefault(name, []).append(value)

    def _settle(self) -> NDArray[np.float32]:
        """Set the batch norms' frozen statistics to those of whole crops, since training only saw smaller views.

        Returns the features (n, 512) of all crops, each normalised by its batch: nearly what `embed` will give.
        """
        norms = [module for module in self.encoder.modules() if isinstance(module, nn.BatchNorm3d)]
        momenta = [norm.momentum for norm in norms]
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # a plain mean over all batches
        self.encoder.train()
        n_batches = math.ceil(len(self.crops) / self.settings.batch_size)
        with torch.no_grad():
            features = [self.encoder(batch).cpu().numpy() for batch in torch.tensor_split(self.crops, n_batches)]
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
        self.encoder.eval()
        return np.concatenate(features)


@dataclass(frozen=True, eq=False)
class _Step:
    """The loss of one batch and the features (n, 512) of its two views."""

    loss: float
    first: NDArray[np.float32]
    second: NDArray[np.float32]


def _projector(width: int) -> nn.Module:
    return nn.Sequential(
        nn.Linear(N_FEATURES, 2 * width), nn.BatchNorm1d(2 * width), nn.ReLU(), nn.Linear(2 * width, width)
    )


def _digest(crops: NDArray[np.float32]) -> str:
    return hashlib.sha256(str(crops.shape).encode() + np.ascontiguousarray(crops).tobytes()).hexdigest()
