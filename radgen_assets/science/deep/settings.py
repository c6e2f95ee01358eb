"""What can change an embedding, or the weights that pretraining ends with."""

from __future__ import annotations

from pydantic import Field

from radgen_assets.contracts.settings import Settings
from radgen_assets.contracts.volumes import Sequence

Shape = tuple[int, int, int]


class EmbeddingSettings(Settings):
    """From registered volumes and a mask to 512 values."""

    sequence: Sequence = Sequence.t1ce  # METHODS C8 chose it
    # Used, with a warning, where `sequence` is absent. None by default: values that the same encoder reads from two
    # sequences are not comparable, and which patients lack one is seldom by chance.
    fallback: tuple[Sequence, ...] = ()
    input_shape: Shape = (48, 64, 48)  # voxels along i, j, k; with voxel_mm the 96 x 128 x 96 mm of METHODS C4
    voxel_mm: float = Field(default=2.0, gt=0)  # 1 mm costs eight times as much on a CPU
    margin_mm: float = Field(default=4.0, ge=0)  # rim around the tumour that must lie inside too
    clip: float = Field(default=5.0, gt=0)  # z-scores beyond are vessels and artefacts
    encoder: str = "tumour_resnet18"  # name in encoders.toml
    # Refuse any other weights than these. None: those that encoders.toml pins, which are an input of the asset anyway.
    encoder_sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    # Crops at once on a GPU. It changes no value beyond encoder.BATCH_TOLERANCE and so is no part of the recipe.
    batch_size: int = Field(default=16, ge=1, exclude=True)


class PretrainingSettings(Settings):
    """Self-supervised, contrastive training of the encoder (SimCLR: Chen et al. 2020, arXiv 2002.05709).

    Views differ in what a patient's next scan would differ in. They differ little in size and contrast, unlike in the
    paper: crops are standardised already, and how large and how bright a tumour is must not be unlearnt.
    """

    epochs: int = Field(default=12, ge=1)  # 64 patients: 31 s on two idle CPU cores, some 3 minutes on very busy ones
    batch_size: int = Field(default=16, ge=2)  # crops, two views each; more steps taught more than larger batches
    view_shape: Shape = (32, 32, 32)  # 64 mm at 2 mm: most tumours with their rim
    # Peak; falls to 0 along a half cosine. At 1e-3 the loss falls further, but what is learnt is the scanner: on other
    # persons of the phantom its name could be read from the values at r = 0.70 instead of 0.30, IDH at 0.40, not 0.52.
    learning_rate: float = Field(default=3e-4, gt=0)
    weight_decay: float = Field(default=1e-4, ge=0)
    projection: int = Field(default=128, ge=2)  # width of the projector, which is thrown away; the paper's
    temperature: float = Field(default=0.2, gt=0)  # of similarities; 0.1 to 0.5 in the paper
    rotation_degrees: float = Field(default=15.0, ge=0)
    zoom: float = Field(default=0.05, ge=0, lt=1)  # voxel size of a view varies by this share
    shift: float = Field(default=0.1, ge=0, le=0.5)  # of a view's field of view
    contrast: float = Field(default=0.1, ge=0, lt=1)  # factor 1 +- contrast
    brightness: float = Field(default=0.1, ge=0)  # in standard deviations of the brain
    noise: float = Field(default=0.1, ge=0)  # standard deviation, same unit
    seed: int = Field(default=0, ge=0)
