"""Where radgen's time goes: the parts of one patient, and what a mere copy of its volumes would cost."""

from __future__ import annotations

import cProfile
import pstats
import time
from pathlib import Path

from measuring.radiomics_engines import ALL, as_radgen_takes_it
from measuring.radiomics_inputs import Patient

PARTS = {  # disjoint: none of them calls another
    "laplacian_of_gaussian": "Laplacian of Gaussian",
    "wavelet_images": "wavelet",
    "normalised": "normalisation",
    "binned": "bins",
    "of": "levels with their rim (TextureRegion)",
    "shape_features": "shape",
    "first_order_features": "first order",
    "features_of_pairs": "GLCM",
    "features_of_runs": "GLRLM",
    "features_of_zones": "GLSZM",
    "features_of_dependences": "GLDM",
    "features_of_tone_differences": "NGTDM",
}


def by_part(patient: Patient) -> tuple[list[str], float]:
    """Rows of a table, largest first, and the seconds in all."""
    from radgen_assets.science.radiomics import extract_features

    given = as_radgen_takes_it(patient, ALL)
    profile = cProfile.Profile(time.process_time)  # of the processor: other work on the machine does not count
    began = time.process_time()
    profile.runcall(extract_features, *given)
    total = time.process_time() - began
    seconds: dict[str, float] = {}
    for (file, _, function), (_, _, _, cumulative, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        if function in PARTS and "/science/radiomics/" in Path(file).as_posix() and not file.endswith("_engine.py"):
            seconds[PARTS[function]] = seconds.get(PARTS[function], 0.0) + cumulative
    rows = ["| part | s of processor | share |", "|---|---:|---:|"]
    for name, value in sorted(seconds.items(), key=lambda item: -item[1]):
        rows.append(f"| {name} | {value:.2f} | {value / total:.0%} |")
    rest = total - sum(seconds.values())
    rows.append(f"| the rest (cropping, checks, rows of the table) | {rest:.2f} | {rest / total:.0%} |")
    volumes = [volume.data for volume in given[0].by_sequence.values()]
    began = time.process_time()
    for data in volumes:
        data.copy()
    copied = time.process_time() - began
    megabytes = sum(data.nbytes for data in volumes) / 1e6
    rows.append(f"| for comparison: a copy of the {len(volumes)} volumes ({megabytes:.0f} MB) | {copied:.3f} | |")
    return rows, total
