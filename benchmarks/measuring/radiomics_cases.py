"""The cases of benchmarks/radiomics.py: the same volume and masks by radgen, by pyradiomics and by its other heirs.

Whoever is compared is given the intensities that features are computed on; radgen's own time includes making them.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from pathlib import Path

from measuring.goals import Report, parser_of
from measuring.in_turn import OneProcess, Round, fastest
from measuring.radiomics_agreement import Class, compare, share_equal, table
from measuring.radiomics_cohort import whole_cohort
from measuring.radiomics_engines import ALL, by_pyradiomics, by_radgen, by_radgen_as_prepared, prepare
from measuring.radiomics_inputs import Patient, brats_patient, ct_phantom, made, small_region
from measuring.radiomics_others import Answer, ask_peers, equal_by_value, write_case
from measuring.radiomics_profile import by_part
from measuring.radiomics_side_by_side import two_processes

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"
MERGED = ("pictologics",)  # sums the matrices of 13 directions before it computes features: so does radgen beside it
FILTERS = "flash-radiomics"  # the only peer with pyradiomics' filters and their names
WITH_FILTERS = ("brats18_tcia03_265_1",)
FULL_CASE = "Brats18_TCIA03_265_1"


def main(description: str | None) -> None:
    """Measure, print the table and the goals."""
    asked = _options(description)
    if asked.cohort:
        report = Report("Radiomics of a cohort: four sequences, three regions, original, wavelet and Laplacian")
        whole_cohort(report, asked.data, quick=asked.quick)
        report.finish(asked)
        return
    patient = made(24) if asked.quick else brats_patient(asked.data / "brats_case" / FULL_CASE)
    report = Report("Radiomics: one core each, in one run with pyradiomics and other engines")
    with OneProcess() as radgen, OneProcess() as pyradiomics:
        radgen.run(by_radgen, made(24))
        pyradiomics.run(by_pyradiomics, made(24))
        a_patient(report, patient, radgen, pyradiomics, rounds=1 if asked.quick else 3)
        one_region = patient.on_its_scale().only("t1ce", "whole_tumour")
        cases = [one_region] if asked.quick else [small_region(asked.data), one_region, ct_phantom(asked.data)]
        for case in cases:
            if case is not one_region or asked.quick:  # which the patient above has in it
                both_ways(report, case, radgen, pyradiomics, rounds=1 if asked.quick else 2)
            one_image(report, case, radgen, pyradiomics, asked)
    source = "" if asked.quick else str(asked.data / "brats_case" / FULL_CASE)
    two_processes(report, source, n_items=2 if asked.quick else 8, rounds=1 if asked.quick else 3)
    report.finish(asked)


def _options(description: str | None) -> argparse.Namespace:
    parser = parser_of(description)
    parser.add_argument(
        "--data", type=Path, default=BESIDE, help="the real data (../shared/data beside the repository)"
    )
    parser.add_argument(
        "--peers", action="append", default=[], metavar="PYTHON",
        help="interpreter of an environment that has other engines; may be given again",
    )  # fmt: skip
    parser.add_argument("--cohort", action="store_true", help="the whole of brats_18 in place of the cases")
    asked = parser.parse_args()
    if not asked.quick and not (asked.data / "brats_case").is_dir():
        parser.error(f"{asked.data} has no brats_case: name the real data with --data, or take --quick")
    return asked


def a_patient(report: Report, patient: Patient, radgen: OneProcess, pyradiomics: OneProcess, rounds: int) -> None:
    """Four sequences, three regions, twelve images: sequence by sequence in turn; pyradiomics once, radgen often."""
    scaled = patient.on_its_scale()
    ratios: list[float] = []
    pairs: list[tuple[Round, Round]] = []
    for sequence in patient.volumes:
        before = [radgen.run(by_radgen, patient.only(sequence))]
        theirs = pyradiomics.run(by_pyradiomics, scaled.only(sequence))
        after = [radgen.run(by_radgen, patient.only(sequence)) for _ in range(rounds)]
        pairs.append((fastest(before + after), theirs))
        ratios.append(theirs.processor / pairs[-1][0].processor)
    whole = fastest([radgen.run(by_radgen, patient) for _ in range(rounds)])
    classes: dict[str, Class] = defaultdict(Class)
    for _, theirs in pairs:
        compare(whole.result, theirs.result, classes)
    peer = sum(theirs.seconds for _, theirs in pairs)
    peer_processor = sum(theirs.processor for _, theirs in pairs)
    n_theirs = sum(len(theirs.result) for _, theirs in pairs)
    label = "4 sequences x 3 regions x 12 images"
    report.figure(f"{patient.name}, {label}: radgen", whole.seconds, "s")
    report.figure("  at work", whole.processor, "s")
    report.figure("  values", len(whole.result), "")
    report.figure("  values a second", len(whole.result) / whole.seconds, "")
    report.figure("  peak memory", whole.peak_mb, "MB")
    report.figure("  pyradiomics, 12 calls", peer, "s")
    report.figure("  pyradiomics, at work", peer_processor, "s")
    report.figure("  pyradiomics, values (shape anew in each sequence)", n_theirs, "")
    report.figure("  pyradiomics, values a second", n_theirs / peer, "")
    report.figure("  pyradiomics, peak memory", pairs[-1][1].peak_mb, "MB")
    report.figure("  pyradiomics / radgen, on the clock", peer / whole.seconds, "times")
    report.figure("  pyradiomics / radgen, at work", peer_processor / whole.processor, "times")
    report.figure("  the same of one sequence, least of four", min(ratios), "times")
    equal, n, worst = share_equal(classes)
    report.figure("  values compared", n, "")
    report.figure("  within the tolerance", equal, "")
    report.figure("  largest relative difference", worst, "")
    report.table(f"Differences from pyradiomics, {patient.name}", table(classes))
    parts, total = radgen.run(by_part, patient).result
    report.table(f"Where radgen's time goes, {patient.name} (of the processor, under a profiler)", parts)
    report.figure("  the same under a profiler", total, "s")
    slower = min(peer / whole.seconds, peer_processor / whole.processor)  # other work may have hit either
    report.goal("radiomics_10_times_radgen_by_pyradiomics", 10 / slower, 1.0)
    report.goal("radiomics_values_beyond_tolerance", n - equal, 0)
    report.goal("radiomics_peak_memory_gb", whole.peak_mb / 1024, 1.5)


def both_ways(report: Report, case: Patient, radgen: OneProcess, pyradiomics: OneProcess, rounds: int) -> None:
    """One region in one sequence, all twelve images."""
    ours: list[Round] = []
    theirs: list[Round] = []
    for _ in range(rounds):
        ours.append(radgen.run(by_radgen, case, ALL))
        theirs.append(pyradiomics.run(by_pyradiomics, case, ALL))
        ours.append(radgen.run(by_radgen, case, ALL))
    mine, peer = fastest(ours), fastest(theirs)
    equal, n, worst = share_equal(compare(mine.result, peer.result))
    what = f"{case.name}, one region, 12 images"
    report.figure(f"{what}: radgen", mine.seconds, "s")
    report.figure(f"{what}: pyradiomics", peer.seconds, "s")
    report.figure(f"{what}: pyradiomics / radgen", peer.seconds / mine.seconds, "times")
    report.figure(f"{what}: within the tolerance, of {n:,}", equal, "")
    report.figure(f"{what}: largest relative difference", worst, "")


def one_image(
    report: Report, case: Patient, radgen: OneProcess, pyradiomics: OneProcess, asked: argparse.Namespace
) -> None:
    """One region, the original image: what every engine can do."""
    rounds = 2 if asked.quick else 30  # of milliseconds, as many for the peers
    radgen.run(prepare, case, ("original",), "none")
    ours = fastest([radgen.run(by_radgen_as_prepared) for _ in range(rounds)])
    theirs = fastest([pyradiomics.run(by_pyradiomics, case, ("original",)) for _ in range(min(rounds, 3))])
    radgen.run(prepare, case, ("original",), "no_weighting")
    merged = fastest([radgen.run(by_radgen_as_prepared) for _ in range(rounds)])
    lines = ["| engine | s | s of processor | values | values a second | peak MB | of pyradiomics' values, equal |"]
    lines.append("|---|---:|---:|---:|---:|---:|---|")
    named = {name: value for (_, _, name), value in theirs.result.items()}

    def row(engine: str, of: Round, equal: str) -> None:
        n = len(of.result)
        times = f"{of.seconds:.3f} | {of.processor:.3f}"
        lines.append(f"| {engine} | {times} | {n} | {n / of.seconds:,.0f} | {of.peak_mb:,.0f} | {equal} |")

    n_equal, n, _ = share_equal(compare(ours.result, theirs.result))
    row("radgen", ours, f"{n_equal} of {n}, by name")
    row("radgen, directions merged", merged, "another definition")
    row("pyradiomics 3.0.1", theirs, "itself")
    with tempfile.TemporaryDirectory() as folder:
        files = write_case(case, Path(folder))
        answers = ask_peers(asked.peers, files, rounds=1 if asked.quick else rounds)
        if asked.peers and case.short in WITH_FILTERS:
            filtered = ask_peers(asked.peers, files, 1, only=FILTERS, filtered=True)[FILTERS]
            with_filters(report, case, radgen, pyradiomics, filtered)
    for engine, answer in answers.items():
        if isinstance(answer, str):
            lines.append(f"| {engine} | {answer} | | | | | |")
            continue
        row(f"{engine} {answer.version}", answer.measured, equal_by_value(answer.measured.result, named))
        mine = merged if engine in MERGED else ours
        ratio = mine.seconds / len(mine.result) / (answer.measured.seconds / len(answer.measured.result))
        report.figure(f"{case.name}, one image: a value by {engine} / by radgen", 1 / ratio, "times")
        report.goal(f"radiomics_{case.short}_a_value_by_radgen_by_{engine.replace('-', '_')}", ratio, 1.0)
    report.table(f"One region, original image: {case.name}", lines)


def with_filters(
    report: Report, case: Patient, radgen: OneProcess, pyradiomics: OneProcess, answer: Answer | str
) -> None:
    """One region, twelve images: radgen and the peer beside pyradiomics, by name."""
    if isinstance(answer, str):
        report.note(f"{FILTERS}, 12 images: {answer}")
        return
    ours = fastest([radgen.run(by_radgen, case, ALL) for _ in range(3)])
    expected = {name: value for (_, _, name), value in pyradiomics.run(by_pyradiomics, case, ALL).result.items()}
    theirs = answer.measured
    equal = equal_by_value(theirs.result, expected)
    report.note(
        f"{case.name}, one region, 12 images: {FILTERS} {theirs.seconds:.2f} s for {len(theirs.result)} values "
        f"({equal}), radgen {ours.seconds:.2f} s for {len(ours.result)}"
    )
    ratio = ours.seconds / len(ours.result) / (theirs.seconds / len(theirs.result))
    report.goal(f"radiomics_{case.short}_12_images_a_value_by_radgen_by_flash_radiomics", ratio, 1.0)
