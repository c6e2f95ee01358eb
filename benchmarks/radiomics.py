"""Time radiomic features, in one run beside pyradiomics and the public engines that another environment has.

    python benchmarks/radiomics.py [--quick] [--json FILE] [--markdown FILE] [--data FOLDER] [--peers PYTHON ...]
                                   [--cohort]

A small region, the BraTS case at 1 mm (three regions in four sequences, original, wavelet and three Laplacians of
Gaussian) and IBSI's CT phantom: seconds, features, peak memory, agreement with pyradiomics; one and two processes.
`--cohort`, in place of these: 22 patients, every value beside pyradiomics', and what a fixed bin width does to their
intensities (five minutes on a quiet machine, nearly all of it pyradiomics').
What it measures stands in benchmarks/measuring/radiomics_*.py.
"""

from __future__ import annotations

import sys

if __name__ == "radiomics":
    # pyradiomics' package has this file's name, and this folder comes first on the path: give the package instead.
    import importlib.util
    from importlib.machinery import PathFinder
    from pathlib import Path

    here = Path(__file__).resolve().parent
    spec = PathFinder.find_spec("radiomics", [each for each in sys.path if Path(each).resolve() != here])
    assert spec is not None, "pyradiomics is not installed"
    assert spec.loader is not None
    sys.modules["radiomics"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["radiomics"])

if __name__ == "__main__":
    from measuring.radiomics_cases import main

    main(__doc__)
