"""Time the statistics at genome-wide size, in one run beside lifelines, scikit-survival and statsmodels.

    python benchmarks/statistics.py [--quick] [--json FILE] [--markdown FILE] [--genes N] [--patients N]

Univariate Cox over 20,000 genes, the LASSO-Cox path with 10-fold cross-validation, the permutation P of a searched
cut-point, bootstrap intervals of net reclassification and concordance, nested cross-validation; on one core, each in a
process of its own, with its peak memory. What it measures stands in benchmarks/measuring/statistics_cases.py.
"""

from __future__ import annotations

import sys

if __name__ == "statistics":
    # A library asked for the standard library's module of this name and found this folder first: give it that one.
    import importlib.util
    import sysconfig

    spec = importlib.util.spec_from_file_location("statistics", f"{sysconfig.get_path('stdlib')}/statistics.py")
    assert spec is not None
    assert spec.loader is not None
    sys.modules["statistics"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["statistics"])

if __name__ == "__main__":
    from measuring.statistics_cases import main

    main(__doc__)
