"""The definitions import schemas and the warehouse; what is heavy waits until it is used."""

from __future__ import annotations

import subprocess
import sys

BANNED = ("pandas", "pandera", "pyarrow", "duckdb", "dbt", "sqlglot", "scipy")


def test_schemas_and_warehouse_import_nothing_heavy():
    program = (
        "import sys, radgen_assets.contracts.tables.registry, radgen_assets.contracts.tables.frames, "
        "radgen_assets.resources.warehouse, radgen_assets.resources.warehouse_lineage;"
        f"print([name for name in {BANNED} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
