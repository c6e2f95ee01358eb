"""Train the encoder on phantoms of its own, so that it has seen no patient of any study; resumable, then pinned.

A home's own file with a checksum serves as well: radgen reads whichever encoders.toml pins.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from radgen_assets.contracts.errors import BadInput, NotReady
from radgen_assets.contracts.settings import canonical_json
from radgen_assets.factories.study.artifacts import RunOf, plan_artifact, record_of
from radgen_assets.lineage.fingerprints import content_hash
from radgen_assets.lineage.plan import Action
from radgen_assets.lineage.records import FitRecord, InputRef, Recipe, State
from radgen_assets.science.deep.settings import EmbeddingSettings, PretrainingSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.resources.home import Home
    from radgen_assets.science.deep.pretraining import TrainingResult
    from radgen_assets.science.deep.training_state import TrainingState

ASSET = "models/encoders"
VERSION = "1"
MODEL_FILE, CARD_FILE = "encoder.safetensors", "card.md"
EPOCHS_BETWEEN_STATES = 4


class EncoderTrainingSettings(PretrainingSettings):
    """Self-supervised training on phantoms."""

    n_phantoms: int = Field(default=64, ge=8)
    phantom_seed: int = 7_031_009  # not the demo's: the encoder must not have seen its patients


@dataclass(frozen=True)
class EncoderOutcome:
    """The encoder that stands: its file's hash, its pin and what is shown in the UI."""

    content_hash: str
    metadata: Mapping[str, Any]


def encoder_is_wanted(home: Home, ledger: Ledger) -> bool:
    """Whether a pass should make one: radgen.toml names another file than is pinned, or none is pinned at all."""
    name = home.settings_of("deep_features", EmbeddingSettings).encoder
    if home.settings.encoder_file is not None:
        pin = home.encoders().pins().get(name)
        return pin is None or pin.sha256 != home.settings.encoder_sha256
    if not home.settings.train_encoder_when_missing:
        return False
    try:
        home.encoders().pinned(name)
    except NotReady:
        return any(record.state is State.done for record in ledger.current("imaging/tumour_masks").values())
    return False


def bring_encoder_up_to_date(
    home: Home, ledger: Ledger, *, run: RunOf, force: bool, tell: Callable[[str], None]
) -> EncoderOutcome:
    """Train unless the same settings gave an encoder that stands; pin it when its name is not pinned yet."""
    settings = home.settings_of("encoders", EncoderTrainingSettings)
    embedding = home.settings_of("deep_features", EmbeddingSettings)
    if home.settings.encoder_file is not None:
        return _import(home, embedding.encoder)
    recipe = Recipe(
        ASSET, VERSION, canonical_json([settings.model_dump(mode="json"), embedding.model_dump(mode="json")])
    )
    source = InputRef("phantoms", "source", f"science/phantom, seed {settings.phantom_seed}", settings.digest())
    planned = plan_artifact(home, ledger, recipe, [source], force=force, retry_failed=True)
    if planned.decision.action is Action.reuse and planned.decision.artifact is not None:
        record = planned.decision.artifact
        data = (home.lake.path(record) / MODEL_FILE).read_bytes()
        sha256, facts = home.encoders().save(data), dict(record.facts)
        _pin_if_new(home, embedding.encoder, sha256, str(facts.get("mlflow_run_id", "")), str(facts.get("version", "")))
        return EncoderOutcome(record.content_hash, {"decision": "reused", **facts})
    started = time.perf_counter()
    tell(f"drawing {settings.n_phantoms} phantoms")
    crops = phantom_crops(settings, embedding)
    result = _train(home, planned.inputs_hash, crops, settings, tell)
    data, card = result_bytes(result), _card(settings, embedding, result)
    facts = _keep(home, planned.inputs_hash, settings, embedding, crops, result)

    def fill(folder: Path) -> None:
        (folder / MODEL_FILE).write_bytes(data)
        (folder / CARD_FILE).write_text(card)

    place, files = home.lake.write(ASSET, "all", planned.inputs_hash, fill)
    digest = content_hash(files)
    seconds = time.perf_counter() - started
    record = record_of(
        planned, State.done, run, seconds=seconds, content_hash=digest, path=place, files=files, facts=facts
    )
    ledger.record([record], [recipe])
    ledger.record_fit(
        FitRecord(
            f"encoder/{str(facts['sha256'])[:16]}", ASSET, planned.inputs_hash, digest, str(facts["mlflow_run_id"])
        )
    )
    shutil.rmtree(_training_folder(home, planned.inputs_hash), ignore_errors=True)
    return EncoderOutcome(digest, {"decision": "computed", "because": planned.decision.reason, **facts})


def _import(home: Home, name: str) -> EncoderOutcome:
    """Keep and pin the checkpoint that radgen.toml names; its weights are checked against the architecture."""
    from radgen_assets.science.deep import load_encoder

    if home.settings.encoder_sha256 is None:
        raise BadInput("radgen.toml", "encoder_sha256", "nothing", "the SHA-256 of encoder_file", "Add it.")
    store = home.encoders()
    sha256 = store.import_file((home.root / str(home.settings.encoder_file)).resolve(), home.settings.encoder_sha256)
    load_encoder(store.read(sha256), sha256, file=str(home.settings.encoder_file))
    store.pin(name, sha256, card="Imported from a local file; who trained it, and on whom, radgen does not know.")
    return EncoderOutcome(sha256, {"decision": "imported", "sha256": sha256, "file": str(home.settings.encoder_file)})


def phantom_crops(settings: EncoderTrainingSettings, embedding: EmbeddingSettings) -> NDArray[np.float32]:
    """Crops (n, 1, i, j, k) of phantoms drawn for this training alone."""
    import numpy as np

    from radgen_assets.contracts.volumes import Sequence, Volumes
    from radgen_assets.science.deep import tumour_crop
    from radgen_assets.science.imaging import register, tumour_masks
    from radgen_assets.science.imaging.orientation import canonical_volumes
    from radgen_assets.science.imaging.settings import RegistrationSettings
    from radgen_assets.science.phantom.patient import patient_images
    from radgen_assets.science.phantom.population import draw_population
    from radgen_assets.science.phantom.settings import PhantomSettings

    phantom = PhantomSettings(seed=settings.phantom_seed, faults=False, n_diffusion=0)
    population = draw_population(phantom, "training_site", n=settings.n_phantoms)
    crops = []
    for index in range(settings.n_phantoms):
        images = patient_images(phantom, population, index)
        scanned = {volume.sequence: volume for volume in images.volumes if volume.sequence is embedding.sequence}
        volumes = canonical_volumes(Volumes(scanned, anchor=(Sequence(embedding.sequence),), registered="yes"))
        registered = register(volumes, RegistrationSettings())
        masks = tumour_masks(tuple(replace(mask, drawn_on=embedding.sequence) for mask in images.masks), registered)
        crops.append(tumour_crop(registered, masks, embedding).values)
    return np.stack(crops)


def _train(
    home: Home,
    inputs_hash: str,
    crops: NDArray[np.float32],
    settings: EncoderTrainingSettings,
    tell: Callable[[str], None],
) -> TrainingResult:
    """Train, keeping the state of every epoch beside the lake, so that a killed training goes on where it was."""
    from radgen_assets.resources.device import Device
    from radgen_assets.science.deep import TrainingState, train_encoder

    folder = _training_folder(home, inputs_hash)
    state = None
    if folder.is_dir():
        state = TrainingState.from_files({path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()})
        tell(f"going on after epoch {state.epoch}")

    def keep(reached: TrainingState) -> None:
        tell(f"epoch {reached.epoch} of {settings.epochs}: loss {reached.last_metrics['loss']:.3f}")
        if reached.epoch % EPOCHS_BETWEEN_STATES:
            return  # a state is 400 MB
        fresh = folder.with_name(folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for name, data in reached.to_files().items():
            (fresh / name).write_bytes(data)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)

    with Device.open().held() as device:
        return train_encoder(crops, _pretraining(settings), state=state, on_epoch=keep, device=device)


def _pretraining(settings: EncoderTrainingSettings) -> PretrainingSettings:
    return PretrainingSettings(**{name: getattr(settings, name) for name in PretrainingSettings.model_fields})


def _training_folder(home: Home, inputs_hash: str) -> Path:
    return home.root / "training" / inputs_hash[:16]


def result_bytes(result: TrainingResult) -> bytes:
    """The trained encoder as safetensors bytes."""
    from radgen_assets.science.deep import encoder_bytes

    return encoder_bytes(result.encoder)


def _keep(
    home: Home,
    inputs_hash: str,
    settings: EncoderTrainingSettings,
    embedding: EmbeddingSettings,
    crops: NDArray[np.float32],
    result: TrainingResult,
) -> dict[str, Any]:
    """Log to MLflow, register, save and pin; returns the facts of the encoder."""
    from radgen_assets.resources.tracker import FitLog
    from radgen_assets.science.deep import training_pictures

    tracker = home.tracker()
    run_id = tracker.record_fit(
        "encoders",
        embedding.encoder,
        inputs_hash,
        FitLog(
            params=settings.model_dump(mode="json"),
            metrics={
                **result.metrics,
                "effective_rank_untrained": result.effective_rank_untrained,
                "effective_rank_trained": result.effective_rank,
            },
            figures=training_pictures(crops, result.metrics, _pretraining(settings)),
        ),
    )
    data = result_bytes(result)
    sha256 = home.encoders().save(data)
    facts: dict[str, Any] = {
        "sha256": sha256,
        "effective_rank": round(float(result.effective_rank), 3),
        "effective_rank_untrained": round(float(result.effective_rank_untrained), 3),
        "final_loss": round(float(result.metrics["loss"][-1]), 4),
    }
    card = _card(settings, embedding, result).encode()
    facts["mlflow_run_id"] = run_id
    facts["version"] = tracker.register_model(embedding.encoder, run_id, {MODEL_FILE: data, CARD_FILE: card})
    _pin_if_new(home, embedding.encoder, sha256, run_id, facts["version"])
    return facts


def _pin_if_new(home: Home, name: str, sha256: str, run_id: str, version: str) -> None:
    """Pin a name for the first time only: a pin moves by hand, since deep features follow it."""
    store = home.encoders()
    if name not in store.pins():
        card = "Self-supervised (VICReg) on phantoms alone; has seen no patient. Not a diagnostic model."
        store.pin(name, sha256, mlflow_run_id=run_id, version=version, card=card)


def _card(settings: EncoderTrainingSettings, embedding: EmbeddingSettings, result: TrainingResult) -> str:
    from radgen_assets.science.deep import encoder_card

    trained_on = f"{settings.n_phantoms} phantoms of seed {settings.phantom_seed}; no patient"
    return encoder_card(result, _pretraining(settings), embedding, trained_on=trained_on)
