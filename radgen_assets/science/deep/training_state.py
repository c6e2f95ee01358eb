"""A training between two epochs, as tensors (safetensors) and facts (JSON); no pickles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
import torch
from numpy.typing import NDArray
from torch import nn

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.settings import canonical_json

TENSORS_FILE, FACTS_FILE = "training.safetensors", "training.json"
_OPTIMISER_PARTS = ("step", "exp_avg", "exp_avg_sq")


@dataclass(frozen=True, eq=False)
class TrainingState:
    """Weights, optimiser and random state after an epoch.

    tensors : "encoder.<name>", "projector.<name>", "optimiser.<n>.<part>", "generator"
    facts : epoch, metrics, and the digests of the settings and crops that it belongs to
    """

    tensors: Mapping[str, NDArray[Any]]
    facts: Mapping[str, Any]

    @property
    def epoch(self) -> int:
        """Epochs that are done."""
        return int(self.facts["epoch"])

    @property
    def last_metrics(self) -> dict[str, float]:
        """The last epoch's value of every metric."""
        return {name: values[-1] for name, values in self.facts["metrics"].items()}

    @classmethod
    def of(
        cls,
        encoder: nn.Module,
        projector: nn.Module,
        optimiser: torch.optim.Optimizer,
        generator: torch.Generator,
        *,
        facts: Mapping[str, Any],
    ) -> TrainingState:
        """The state of these parts; arrays on the CPU share their memory."""
        tensors = {"generator": generator.get_state()}
        for part, module in (("encoder", encoder), ("projector", projector)):
            tensors |= {f"{part}.{name}": tensor for name, tensor in module.state_dict().items()}
        for number, moments in optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{number}.{part}": moments[part] for part in _OPTIMISER_PARTS}
        return cls({name: tensor.detach().cpu().numpy() for name, tensor in tensors.items()}, facts)

    def put_into(
        self,
        encoder: nn.Module,
        projector: nn.Module,
        optimiser: torch.optim.Optimizer,
        generator: torch.Generator,
    ) -> None:
        """Set these parts to this state."""
        generator.set_state(torch.from_numpy(np.array(self.tensors["generator"])))
        encoder.load_state_dict(self._below("encoder."))
        projector.load_state_dict(self._below("projector."))
        moments: dict[int, dict[str, torch.Tensor]] = {}
        for name, tensor in self._below("optimiser.").items():
            number, part = name.split(".")
            moments.setdefault(int(number), {})[part] = tensor
        optimiser.load_state_dict({"state": moments, "param_groups": optimiser.state_dict()["param_groups"]})

    def to_files(self) -> dict[str, bytes]:
        """File name -> bytes; about 400 MB for the whole encoder with its optimiser."""
        return {
            TENSORS_FILE: safetensors.numpy.save(dict(self.tensors)),
            FACTS_FILE: canonical_json(dict(self.facts)).encode(),
        }

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> TrainingState:
        """What `to_files` gave; raises BadInput for files that are cut short or not these."""
        try:
            return cls(safetensors.numpy.load(files[TENSORS_FILE]), json.loads(files[FACTS_FILE]))
        except (safetensors.SafetensorError, ValueError) as error:
            raise BadInput(
                TENSORS_FILE, "content", str(error), "a training state", "Delete it and train from the start."
            ) from error

    def _below(self, prefix: str) -> dict[str, torch.Tensor]:
        return {
            name.removeprefix(prefix): torch.from_numpy(np.array(array))
            for name, array in self.tensors.items()
            if name.startswith(prefix)
        }
