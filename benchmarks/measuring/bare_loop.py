"""The loop that a careful person would write instead of the platform: same science, same files, nothing remembered.

    python bare_loop.py COHORT.toml OUTPUT WORKERS ENGINE

No ledger, no Dagster, no hashes, no flushing to disk, no retry: what is lost when it is killed is started again.
"""

from __future__ import annotations

import sys
from concurrent.futures import as_completed
from pathlib import Path
from typing import Any

from radgen_assets.contracts.sources import PatientSources, SourceImage, SourceMask
from radgen_assets.formats import registry


def main() -> None:
    """Every patient of the cohort, side by side."""
    from loky import get_reusable_executor

    from radgen_assets.resources.compute import THREAD_VARIABLES, hold_native_threads

    cohort_toml, output, workers, engine = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    patients = patients_of(cohort_toml)
    if workers == 1:
        hold_native_threads()
        for each in patients:
            one_patient(each, output, engine)
        return
    pool = get_reusable_executor(
        max_workers=workers, env=dict.fromkeys(THREAD_VARIABLES, "1"), initializer=hold_native_threads
    )
    for done in as_completed([pool.submit(one_patient, each, output, engine) for each in patients]):
        done.result()


def patients_of(cohort_toml: Path) -> list[PatientSources]:
    """Files of every patient by the cohort's layout; not hashed."""
    from radgen_assets.formats.layouts import find_patients
    from radgen_assets.formats.toml_files import cohort_root, read_cohort

    cohort = read_cohort(cohort_toml)
    root, layout = cohort_root(cohort, cohort_toml), cohort.layout
    return [
        PatientSources(
            key=f"{cohort.name}.{patient}",
            root=str(root),
            images=tuple(
                SourceImage(str(scan.path), "", (root / scan.path).stat().st_size, scan.sequence, scan.companions)
                for scan in found.scans
            ),
            masks=tuple(
                SourceMask(str(mask.path), "", (root / mask.path).stat().st_size, mask.declaration)
                for mask in found.masks
            ),
            required=layout.required,
            expected=layout.expected,
            anchor=layout.anchor,
            registered=layout.registered,
            spacing_is_nominal=layout.spacing == "nominal",
        )
        for patient, found in sorted(find_patients(cohort, root).items())
    ]


def one_patient(sources: PatientSources, output: Path, engine: str) -> None:
    """From the scans to radiomics with default settings but for the engine; every step's files are written."""
    from radgen_assets.formats.scan_manifest import describe_sources, read_masks, read_volumes
    from radgen_assets.science.imaging.masks import tumour_masks
    from radgen_assets.science.imaging.orientation import canonical_volumes
    from radgen_assets.science.imaging.quality import assess
    from radgen_assets.science.imaging.registration import register
    from radgen_assets.science.imaging.settings import QualitySettings, RegistrationSettings
    from radgen_assets.science.radiomics.extraction import extract_features
    from radgen_assets.science.radiomics.settings import RadiomicsSettings

    def save(asset: str, value: Any) -> None:
        folder = output / asset / sources.key
        folder.mkdir(parents=True)
        registry.kind_of(type(value)).write(value, folder)

    manifest = describe_sources(sources, Path(sources.root))
    save("raw/scans", manifest)
    volumes = canonical_volumes(read_volumes(manifest.scans))
    save("imaging/volumes", volumes)
    registered = register(volumes, RegistrationSettings())
    save("imaging/registered_volumes", registered)
    del volumes
    masks = tumour_masks(read_masks(manifest.masks), registered)
    save("imaging/tumour_masks", masks)
    save("imaging/quality", assess(registered, masks, QualitySettings()))
    save("features/radiomics", extract_features(registered, masks, RadiomicsSettings(engine=engine)))


if __name__ == "__main__":
    main()
