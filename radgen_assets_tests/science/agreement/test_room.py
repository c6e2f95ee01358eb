"""The room's public names, and how little an audit needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from radgen_assets.science import agreement


def test_every_public_name_is_there_and_no_other():
    for name in agreement.__all__:
        assert getattr(agreement, name).__doc__
    assert agreement.__all__ == sorted(agreement.__all__)
    with pytest.raises(AttributeError, match="no attribute 'kappa_of_nothing'"):
        agreement.kappa_of_nothing  # noqa: B018


def test_an_audit_loads_neither_pandas_nor_scipys_statistics():
    program = (
        "import sys; from radgen_assets.science.agreement import audit_auc, audit_hazard_ratio; "
        "print(sorted({'pandas', 'scipy.stats', 'scipy.ndimage', 'torch', 'dagster'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
