"""Every value of a whole cohort beside pyradiomics', and what one bin width does to intensities without a unit."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from pathlib import Path

import numpy as np

from measuring.goals import Report
from measuring.in_turn import OneProcess, Round
from measuring.radiomics_agreement import Class, compare, share_equal, table
from measuring.radiomics_engines import ALL, by_pyradiomics, by_radgen
from measuring.radiomics_inputs import Patient, brats_patient, cohort, made

BIN_WIDTH = 25.0  # both engines' default


def whole_cohort(report: Report, data: Path, *, quick: bool) -> None:
    """One process each, patient by patient in turn; files are read beside the clock."""
    makers = [partial(made, size) for size in (20, 24)] if quick else [partial(brats_patient, p) for p in cohort(data)]
    image_types = ("original",) if quick else ALL
    classes: dict[str, Class] = defaultdict(Class)
    ours: list[Round] = []
    theirs: list[Round] = []
    rows: list[tuple[str, str, float, int, int, float, float]] = []
    with OneProcess() as radgen, OneProcess() as pyradiomics:
        radgen.run(by_radgen, made(20))
        pyradiomics.run(by_pyradiomics, made(20))
        for maker in makers:
            patient = maker()
            ours.append(radgen.run(by_radgen, patient, image_types))
            theirs.append(pyradiomics.run(by_pyradiomics, patient.on_its_scale(), image_types))
            compare(ours[-1].result, theirs[-1].result, classes, patient.name)
            rows.extend(levels_of(patient))
            print(f"  {patient.name}: {ours[-1].seconds:.2f} s, pyradiomics {theirs[-1].seconds:.1f} s", flush=True)
    seconds, peer = sum(each.seconds for each in ours), sum(each.seconds for each in theirs)
    report.figure("values by radgen", sum(len(each.result) for each in ours), "")
    report.figure("radgen, one process", seconds, "s")
    report.figure("  radgen at work", sum(each.processor for each in ours), "s")
    report.figure("  slowest patient", max(each.seconds for each in ours), "s")
    report.figure("  peak memory of radgen", ours[-1].peak_mb, "MB")
    report.figure("pyradiomics, one process", peer, "s")
    report.figure("  pyradiomics at work", sum(each.processor for each in theirs), "s")
    report.figure("  peak memory of pyradiomics", theirs[-1].peak_mb, "MB")
    report.figure("pyradiomics / radgen", peer / seconds, "times")
    equal, n, worst = share_equal(classes)
    report.figure("values compared (pyradiomics gives shape once a sequence)", n, "")
    report.figure("  within the tolerance", equal, "")
    report.figure("  largest relative difference", worst, "")
    report.table("Differences from pyradiomics", table(classes))
    report.table("What a bin width of 25 means, whole tumour", bins_table(rows))
    report.goal("cohort_values_beyond_tolerance", n - equal, 0)


def levels_of(patient: Patient) -> list[tuple[str, str, float, int, int, float, float]]:
    """Largest intensity; levels in the whole tumour, and entropy of the co-occurrence matrix, before and after."""
    scaled = patient.on_its_scale()
    rows = []
    for sequence, data in patient.volumes.items():
        (n_raw, raw), (n_scaled, after) = (
            _levels_and_entropy(each.volumes[sequence], patient) for each in (patient, scaled)
        )
        rows.append((patient.name, sequence, float(data.max()), n_raw, n_scaled, raw, after))
    return rows


def _levels_and_entropy(data: np.ndarray, patient: Patient) -> tuple[int, float]:
    from radgen_assets.science.radiomics.binning import binned
    from radgen_assets.science.radiomics.fast_engine import intensity_features

    mask = patient.regions["whole_tumour"]
    box = tuple(slice(int(places.min()), int(places.max()) + 1) for places in np.nonzero(mask))
    values = {
        name: value
        for _, name, value in intensity_features(data[box], mask[box], patient.spacing_mm, ("glcm",), BIN_WIDTH)
    }
    levels = binned(data[box], mask[box], bin_width=BIN_WIDTH).levels_inside
    return len(np.unique(levels)), values["JointEntropy"]


def bins_table(rows: list[tuple[str, str, float, int, int, float, float]]) -> list[str]:
    """The volumes with the lowest, middle and highest maxima, and the spread over all."""
    by_maximum = sorted(rows, key=lambda row: row[2])
    picked = [
        by_maximum[place] for place in sorted({0, len(rows) // 4, len(rows) // 2, 3 * len(rows) // 4, len(rows) - 1})
    ]
    lines = ["| volume | largest intensity | levels, raw | levels, normalised | entropy, raw | entropy, normalised |"]
    lines.append("|---|---:|---:|---:|---:|---:|")
    for name, sequence, highest, n_raw, n_scaled, raw, after in picked:
        lines.append(f"| {name} {sequence} | {highest:,.0f} | {n_raw:,} | {n_scaled:,} | {raw:.2f} | {after:.2f} |")
    highest, n_raw, n_scaled, raw, after = (np.array(column) for column in list(zip(*rows, strict=True))[2:])
    spans = [
        f"{column.min():,.{digits}f} to {column.max():,.{digits}f}"
        for column, digits in ((highest, 0), (n_raw, 0), (n_scaled, 0), (raw, 2), (after, 2))
    ]
    lines.append(f"| all {len(rows)} | {' | '.join(spans)} |")
    with np.errstate(invalid="ignore"):
        tied = [np.corrcoef(np.log(highest), column)[0, 1] for column in (np.log(n_raw), np.log(n_scaled), raw, after)]
    lines.append(
        f"| correlation with the logarithm of the largest intensity | | {' | '.join(f'{each:.2f}' for each in tied)} |"
    )
    return lines
