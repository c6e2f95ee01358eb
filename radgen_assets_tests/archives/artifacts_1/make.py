"""Write the archive: a folder of files for every artifact kind. Run once a format; folders that stand are left alone.

python -m radgen_assets_tests.archives.artifacts_1.make
"""

from __future__ import annotations

from pathlib import Path

from radgen_assets.formats.registry import kind_named
from radgen_assets_tests.archives.artifacts_1.values import every_kind

HERE = Path(__file__).parent


def main() -> None:
    """Write the kinds that the archive lacks."""
    for name, value in every_kind().items():
        folder = HERE / name
        if not folder.exists():
            folder.mkdir()
            kind_named(name).write(value, folder)
            print(f"{name}: {sum(path.stat().st_size for path in folder.iterdir())} bytes")


if __name__ == "__main__":
    main()
