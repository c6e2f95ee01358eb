"""One public engine on one image and mask, in whatever environment has it; run by its interpreter, not imported.

    PYTHON radiomics_peers.py ENGINE IMAGE.nii.gz MASK.nii.gz LEVELS ROUNDS [all]

Prints one line of JSON: version, seconds on the clock and of the processor (fastest round; the first call, which
imports and compiles, counts only where it is so long that this does not matter), peak memory in MB and the values
under the engine's own names; or `absent`, or what went wrong. Each engine is told the same bin width, one thread and
the families that pyradiomics has; `all`: with wavelet and Laplacian of Gaussian.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

PACKAGES = {
    "mirp": "mirp",
    "nyxus": "nyxus",
    "fastrad": "fastrad",
    "flash-radiomics": "flash-radiomics",
    "pictologics": "pictologics",
}
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS",
           "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS", "RAYON_NUM_THREADS")  # fmt: skip
BIN_WIDTH = 25.0
LONG = 8.0  # seconds of work after which an engine is not asked again, and even its first call counts
ENOUGH = 3.0  # seconds of work after which three rounds are enough
SIGMAS = [1.0, 3.0, 5.0]
Values = dict[str, float]


def mirp(image: str, mask: str, levels: int, filtered: bool) -> Callable[[], Values]:
    """Families of pyradiomics, matrices of 13 directions averaged; its third-order families are left out."""
    from mirp import extract_features

    def work() -> Values:
        table = extract_features(
            image=image,
            mask=mask,
            image_modality="mr",
            ibsi_compliant=False,
            base_discretisation_method="fixed_bin_size_pyradiomics",
            base_discretisation_bin_width=BIN_WIDTH,
            base_feature_families=["morphology", "statistics", "glcm", "glrlm", "glszm", "ngtdm", "ngldm"],
            glcm_spatial_method="3d_average",
            glrlm_spatial_method="3d_average",
            export_features=True,
        )[0]
        return dict(table.iloc[0])

    return work


def nyxus(image: str, mask: str, levels: int, filtered: bool) -> Callable[[], Values]:
    """Everything it has in 3-D, as many levels as pyradiomics forms (it has no bin width)."""
    from nyxus import Nyxus3D

    engine = Nyxus3D(["*3D_ALL*"], n_feature_calc_threads=1, coarse_gray_depth=levels, verbose=0)
    return lambda: dict(engine.featurize_files([image], [mask], False).iloc[0])


def fastrad(image: str, mask: str, levels: int, filtered: bool) -> Callable[[], Values]:
    """Tensors on the processor; original image only."""
    import torch
    from fastrad import FeatureExtractor, FeatureSettings, Mask, MedicalImage

    torch.set_num_threads(1)
    values, spacing = _array(image)
    inside, _ = _array(mask)
    extractor = FeatureExtractor(FeatureSettings(bin_width=BIN_WIDTH, device="cpu"))
    volume = MedicalImage(torch.from_numpy(values), spacing)
    region = Mask(torch.from_numpy(inside), spacing)
    return lambda: extractor.extract(volume, region)


def flash_radiomics(image: str, mask: str, levels: int, filtered: bool) -> Callable[[], Values]:
    """pyradiomics' interface and classes; it writes a file with every call, into a temporary folder."""
    import tempfile

    from flash_radiomics import RadiomicsFeatureExtractor

    folder = tempfile.TemporaryDirectory()
    families = ("shape", "firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm")
    configuration = {
        "setting": {"binWidth": BIN_WIDTH, "distances": [1], "additionalInfo": False},
        "imageType": {"Original": {}} | ({"Wavelet": {}, "LoG": {"sigma": SIGMAS}} if filtered else {}),
        "scalarFeatureClass": {name: [] for name in families},
    }
    extractor = RadiomicsFeatureExtractor(configuration, backend="cpu", num_threads=1)

    def work() -> Values:
        return extractor.execute(image, mask, label=1, output_hdf5_path=f"{folder.name}/values.h5")

    return work


def pictologics(image: str, mask: str, levels: int, filtered: bool) -> Callable[[], Values]:
    """Families of pyradiomics on loaded images; its co-occurrences and runs are merged over directions."""
    import math
    from dataclasses import replace

    from pictologics import RadiomicsPipeline, load_image

    values, inside = load_image(image), load_image(mask)
    lowest = float(values.array[inside.array > 0].min())
    pipeline = RadiomicsPipeline(load_standard=False)
    discretise = {"method": "FBS", "bin_width": BIN_WIDTH, "min_val": math.floor(lowest / BIN_WIDTH) * BIN_WIDTH}
    families = ["intensity", "morphology", "glcm", "glrlm", "glszm", "ngtdm", "ngldm"]
    pipeline.add_config(
        "one",
        [
            {"step": "discretise", "params": discretise},
            {"step": "extract_features", "params": {"families": families}},
        ],
    )

    def work() -> Values:
        return dict(pipeline.run(*given, config_names=["one"])["one"])

    def fresh() -> None:
        """Arrays that it has not seen: it remembers boxes and cuts of an array while that lives."""
        given[:] = (replace(each, array=each.array.copy()) for each in (values, inside))

    given: list = []
    work.fresh = fresh  # type: ignore[attr-defined]
    return work


def _array(path: str):
    """Values float32 and spacing (k, j, i)."""
    try:
        import SimpleITK as sitk
    except ImportError:
        import itk

        node = itk.imread(path)
        i, j, k = (float(edge) for edge in node.GetSpacing())
        return itk.array_from_image(node).astype("float32"), (k, j, i)
    node = sitk.ReadImage(path)
    i, j, k = node.GetSpacing()
    return sitk.GetArrayFromImage(node).astype("float32"), (k, j, i)


def main() -> None:
    """Measure one engine."""
    name, image, mask, levels, rounds, *which = sys.argv[1:]
    try:
        version = importlib.metadata.version(PACKAGES[name])
    except importlib.metadata.PackageNotFoundError:
        print(json.dumps({"absent": True}))
        return
    for variable in THREADS:
        os.environ[variable] = "1"
    os.environ["PICTOLOGICS_DISABLE_WARMUP"] = "1"  # at import it would compile all of itself, for minutes
    warnings.simplefilter("ignore")
    try:
        with contextlib.redirect_stdout(sys.stderr):
            work = globals()[name.replace("-", "_")](image, mask, int(levels), which == ["all"])
            fresh = getattr(work, "fresh", lambda: None)
            seconds = processor = float("inf")
            in_all = 0.0
            for number in range(int(rounds) + 1):
                fresh()
                began, at_work = time.perf_counter(), time.process_time()
                found = work()
                took, worked = time.perf_counter() - began, time.process_time() - at_work
                if number or worked > LONG:
                    seconds, processor = min(seconds, took), min(processor, worked)
                in_all += worked
                if worked > LONG or (number >= 3 and in_all > ENOUGH):
                    break
    except Exception:  # noqa: BLE001 - an engine may fail in any way; the report says how
        print(json.dumps({"version": version, "failed": traceback.format_exc(limit=-1).strip().splitlines()[-1]}))
        return
    peak = int(Path("/proc/self/status").read_text(encoding="utf-8").split("VmHWM:")[1].split()[0]) / 1024
    values = {str(key): float(value) for key, value in found.items() if _is_number(value)}
    answer = {"version": version, "seconds": seconds, "processor": processor, "peak_mb": peak, "values": values}
    print(json.dumps(answer))


def _is_number(value: object) -> bool:
    try:
        float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return not isinstance(value, str)


if __name__ == "__main__":
    main()
