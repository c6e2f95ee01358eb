"""The settings of a science room can be read where pandas and scipy must not be loaded."""

import subprocess
import sys

CODE = """
import sys
import radgen_assets.science.expression.settings
import radgen_assets.science.expression.gene_sets.settings
import radgen_assets.science.learning
heavy = {"pandas", "scipy", "sklearn", "numba", "matplotlib"} & set(sys.modules)
sys.exit(f"loaded {heavy}" if heavy else 0)
"""


def test_settings_load_nothing_heavy():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
