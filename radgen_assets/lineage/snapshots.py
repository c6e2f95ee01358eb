"""The ledger at one moment as a plan needs it, read in bulk: two queries and one look at each file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from radgen_assets.lineage.database import one_of
from radgen_assets.lineage.plan import Snapshot
from radgen_assets.lineage.records import ArtifactRecord, State
from radgen_assets.lineage.schema import artifacts, current
from radgen_assets.lineage.stored import read_records, sizes_of


def read_known(connection: sa.Connection, assets: Sequence[str], keys: Sequence[str] | None) -> Snapshot:
    """Everything the ledger knows about `assets` for `keys` (None: all keys), without a look at the files."""
    query = sa.select(artifacts).where(one_of(connection, artifacts.c.asset, assets))
    pointers = sa.select(current.c.asset, current.c.key, current.c.artifact_id).where(
        one_of(connection, current.c.asset, assets)
    )
    if keys is not None:
        query = query.where(one_of(connection, artifacts.c.key, keys))
        pointers = pointers.where(one_of(connection, current.c.key, keys))
    by_id = dict(read_records(connection, query))
    return Snapshot(
        current={(asset, key): by_id[number] for asset, key, number in connection.execute(pointers)},
        made={(each.asset, each.key, each.inputs_hash): each for each in by_id.values()},
    )


def with_standing(known: Snapshot, lake_root: Path | None) -> Snapshot:
    """The snapshot with the paths of its done artifacts whose files stand (lake_root None: all, unseen)."""
    return replace(known, standing=standing(known.made.values(), lake_root))


def standing(records: Iterable[ArtifactRecord], lake_root: Path | None) -> frozenset[str]:
    """Paths of done records whose files stand under `lake_root` with their sizes; None: all of them, unseen.

    What else lies in a folder does not matter. One stat a file is twice as fast as listing each folder: an artifact
    has a few files and a folder of its own.
    """
    done = [each for each in records if each.state is State.done]
    if lake_root is None:
        return frozenset(each.path for each in done)
    root = str(lake_root)
    sizes = zip(done, sizes_of(done), strict=True)
    return frozenset(each.path for each, files in sizes if _stand(f"{root}/{each.path}", files))


def _stand(folder: str, sizes: Iterable[tuple[str, int]]) -> bool:
    try:
        return all(os.stat(f"{folder}/{name}").st_size == size for name, size in sizes)
    except (FileNotFoundError, NotADirectoryError):
        return False
