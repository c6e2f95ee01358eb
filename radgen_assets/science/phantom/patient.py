"""All images of one patient: four sequences, masks by one or two readers, and diffusion and faults where planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.volumes import ANATOMICAL, LabelVolume, MakerKind, Sequence, Volume
from radgen_assets.science.phantom.anatomy import Brain, draw_brain
from radgen_assets.science.phantom.cohorts import PHANTOM_COHORTS, CohortTraits
from radgen_assets.science.phantom.diffusion import DiffusionPhantom, diffusion_series
from radgen_assets.science.phantom.faults import UNKNOWN_LABEL, Fault, FaultKind, planned_faults
from radgen_assets.science.phantom.population import IMAGE_STREAM, READER_STREAM, Population, draw_population, generator
from radgen_assets.science.phantom.scanner import centred_affine, displaced, rigid_motion, scan, stored_as
from radgen_assets.science.phantom.sequences import signals
from radgen_assets.science.phantom.settings import PhantomSettings
from radgen_assets.science.phantom.tumour import Appearance, Tumour, appearance_of, grow_tumour, in_convention
from radgen_assets.science.phantom.vasari import read_vasari

_THICK_SLICES = 4  # t1w of unregistered patients: voxels a slice
_ANCHOR = Sequence.t1ce


@dataclass(frozen=True, eq=False)
class PatientImages:
    """Images of one patient as stored, and the truth behind them.

    volumes : data are int16, as written to disk
    motions : rigid (4, 4) RAS+ mm from points of t1ce to points of each sequence; empty where all lie on each other
    truth : brats_2013 labels of the true tumour on the grid of t1ce before any fault
    vasari : a reader's VASARI sheet, codes by feature (f1 to f30)
    """

    volumes: tuple[Volume, ...]
    masks: tuple[LabelVolume, ...]
    diffusion: DiffusionPhantom | None
    motions: Mapping[Sequence, NDArray[np.float64]] = field(default_factory=dict)
    truth: NDArray[np.uint8] | None = None
    vasari: Mapping[str, int] = field(default_factory=dict)


def makers_of(cohort: str) -> tuple[str, ...]:
    """Who drew the masks of a cohort, the primary one first."""
    return ("reader_a", "reader_b") if cohort == "two_readers" else ("expert",)


def patient_images(settings: PhantomSettings, population: Population, index: int) -> PatientImages:
    """The images of patient `index` of a cohort; a function of the settings, the cohort and the index alone."""
    traits = PHANTOM_COHORTS[population.cohort]
    faults = {
        fault.kind: fault for fault in planned_faults(settings) if (fault.cohort, fault.index) == (traits.name, index)
    }
    if FaultKind.duplicate_patient in faults:
        return _repeated(settings, traits, faults[FaultKind.duplicate_patient])
    images = _sound_images(settings, traits, population, index)
    if FaultKind.missing_sequence in faults:
        kept = tuple(volume for volume in images.volumes if volume.sequence is not Sequence.t2w)
        images = replace(images, volumes=kept)
    for kind in faults:
        images = replace(images, masks=tuple(_spoilt(mask, kind) for mask in images.masks))
    return images


def _sound_images(settings: PhantomSettings, traits: CohortTraits, population: Population, index: int) -> PatientImages:
    latents = population.latents.iloc[index]
    place = (traits.index, IMAGE_STREAM, index)
    brain = draw_brain(
        generator(settings, *place, 0), settings.grid, ventricle_scale=float(np.exp(0.2 * latents["age"]))
    )
    appearance = appearance_of(latents["image_aggressiveness"], latents["image_wildtype"])
    tumour = grow_tumour(generator(settings, *place, 1), brain, appearance)
    labels = tumour.labels()
    rng = generator(settings, *place, 2)
    motions = _motions(settings, traits, index, rng)
    volumes = _scanned(rng, settings, traits, population.scanner[index], brain, tumour, motions)
    makers = makers_of(traits.name)
    drawn = (labels,) if len(makers) == 1 else _as_read(settings, place, brain, appearance, len(makers))
    has_diffusion = traits.name == "training_site" and index < settings.n_diffusion
    return PatientImages(
        volumes=volumes,
        masks=tuple(
            _stored_mask(each, maker, settings, traits, is_primary=maker == makers[0])
            for maker, each in zip(makers, drawn, strict=True)
        ),
        diffusion=_diffusion(settings, place, brain, tumour) if has_diffusion else None,
        motions=motions,
        truth=stored_as(labels, _affine(settings), traits.orientation)[0],
        vasari=read_vasari(labels, appearance.enhancement) if len(makers) > 1 else {},
    )


def _as_read(
    settings: PhantomSettings, place: tuple[int, ...], brain: Brain, appearance: Appearance, n_readers: int
) -> tuple[NDArray[np.uint8], ...]:
    """The tumour as each reader draws it."""
    readers = (generator(settings, *place, READER_STREAM, number) for number in range(n_readers))
    return tuple(
        grow_tumour(generator(settings, *place, 1), brain, appearance, reader=reader).labels() for reader in readers
    )


def _diffusion(settings: PhantomSettings, place: tuple[int, ...], brain: Brain, tumour: Tumour) -> DiffusionPhantom:
    rng = generator(settings, *place, 3)
    return diffusion_series(rng, brain, tumour, settings.spacing_mm, settings.n_directions)


def _scanned(
    rng: np.random.Generator,
    settings: PhantomSettings,
    traits: CohortTraits,
    scanner: str,
    brain: Brain,
    tumour: Tumour,
    motions: Mapping[Sequence, NDArray[np.float64]],
) -> tuple[Volume, ...]:
    """Every sequence as the scanner stores it; those with a motion on their own grid."""
    volumes = []
    for sequence, still in signals(rng, brain, tumour).items():
        signal, share, affine = still, brain.brain, _affine(settings)
        if sequence in motions:
            thick = _THICK_SLICES if sequence is Sequence.t1w else 1
            share, _ = displaced(share, affine, motions[sequence], thick)
            signal, affine = displaced(signal, affine, motions[sequence], thick)
        data = scan(rng, signal, share, scanner, stripped=traits.stripped)
        volumes.append(Volume(*stored_as(data, affine, traits.orientation), sequence))
    return tuple(volumes)


def _motions(
    settings: PhantomSettings, traits: CohortTraits, index: int, rng: np.random.Generator
) -> dict[Sequence, NDArray[np.float64]]:
    """Head movements between t1ce and the other sequences, for the first patients of the second site."""
    if traits.name != "second_site" or index >= settings.n_unregistered:
        return {}
    return {sequence: rigid_motion(rng, settings.spacing_mm) for sequence in ANATOMICAL if sequence is not _ANCHOR}


def _stored_mask(
    labels: NDArray[np.uint8], maker: str, settings: PhantomSettings, traits: CohortTraits, *, is_primary: bool
) -> LabelVolume:
    stored, affine = stored_as(in_convention(labels, traits.labels), _affine(settings), traits.orientation)
    return LabelVolume(stored, affine, maker, MakerKind.reader, traits.labels, _ANCHOR, is_primary)


def _affine(settings: PhantomSettings) -> NDArray[np.float64]:
    return centred_affine((settings.grid,) * 3, (settings.spacing_mm,) * 3)


def _repeated(settings: PhantomSettings, traits: CohortTraits, fault: Fault) -> PatientImages:
    """The images of another cohort's patient under this patient's name, masks in this cohort's convention."""
    source = draw_population(settings, fault.source_cohort)
    images = _sound_images(settings, PHANTOM_COHORTS[fault.source_cohort], source, fault.source_index)
    labels = in_convention(images.masks[0].labels, traits.labels)
    mask = replace(images.masks[0], labels=labels, convention=traits.labels, maker="expert")
    return replace(images, masks=(mask,), vasari={})


def _spoilt(mask: LabelVolume, kind: FaultKind) -> LabelVolume:
    labels = mask.labels.copy()
    if kind is FaultKind.mask_unknown_label:
        labels[tuple(np.argwhere(labels)[0])] = UNKNOWN_LABEL
    if kind is FaultKind.mask_off_grid:
        labels = np.ascontiguousarray(labels[:, :, :-3])
    if kind is FaultKind.mask_empty:
        labels[:] = 0
    return replace(mask, labels=labels)
