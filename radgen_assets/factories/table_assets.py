"""The table assets: dbt models over the gathered Parquet, built only when a gathered table or the project changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from radgen_assets.contracts.settings import canonical_digest
from radgen_assets.factories.declaration import HOME_KEY
from radgen_assets.lineage import fingerprints
from radgen_assets.lineage.records import ArtifactRecord, FileRecord, InputRef, Recipe, State

if TYPE_CHECKING:
    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.resources.home import Home

MARTS_ASSET = "tables/marts"  # the marts of one build, as one artifact of the home
TABLES_VERSION = "1"


@dataclass(frozen=True)
class GatheredInputs:
    """The gathered tables as they stand: their files by table, and one hash over all of them and the dbt project."""

    files: Mapping[str, tuple[Path, ...]]
    references: tuple[InputRef, ...]
    recipe: Recipe

    @property
    def inputs_hash(self) -> str:
        """Inputs hash of the marts."""
        inputs = {each.name: each.content_hash for each in self.references}
        return fingerprints.inputs_hash(fingerprints.recipe_hash(self.recipe), inputs)


def gathered_inputs(home: Home, ledger: Ledger, tables: Mapping[str, str]) -> GatheredInputs:
    """Collect the current Parquet files of every gathered table.

    Parameters
    ----------
    tables : table name -> key of the asset whose artifacts are its files
    """
    from radgen_assets.resources.warehouse_build import DBT_PROJECT as PROJECT

    files: dict[str, tuple[Path, ...]] = {}
    references: list[InputRef] = []
    declared = set(home.cohorts()) | {HOME_KEY}
    for table, asset in sorted(tables.items()):
        current = ledger.current(asset)
        done = [record for key, record in sorted(current.items()) if record.state is State.done and key in declared]
        files[table] = tuple(home.lake.path(record) / "table.parquet" for record in done)
        references += [
            InputRef(f"{table}:{each.key}", "artifact", f"{asset}|{each.key}|{each.inputs_hash}", _table_hash(each))
            for each in done
        ]
    project = canonical_digest(
        {
            str(path.relative_to(PROJECT)): fingerprints.sha256_of_file(path)
            for path in sorted(PROJECT.rglob("*"))
            if path.is_file() and path.suffix in (".sql", ".yml") and not {"target", "logs"} & set(path.parts)
        }
    )
    return GatheredInputs(files, tuple(references), Recipe(MARTS_ASSET, TABLES_VERSION, f'{{"project":"{project}"}}'))


def _table_hash(record: ArtifactRecord) -> str:
    return fingerprints.content_hash(each for each in record.files if each.name == "table.parquet")


def tables_are_stale(home: Home, ledger: Ledger, tables: Mapping[str, str]) -> bool:
    """Whether the marts were made from other gathered tables, or are gone."""
    current = ledger.current(MARTS_ASSET, [HOME_KEY]).get(HOME_KEY)
    if current is None or current.state is not State.done:
        return True
    if current.inputs_hash != gathered_inputs(home, ledger, tables).inputs_hash:
        return True
    folder = home.root / current.path
    return any(not (folder / each.name).is_file() for each in current.files)


def record_marts(
    home: Home, ledger: Ledger, gathered: GatheredInputs, *, run_id: str, pass_id: str, seconds: float
) -> str:
    """Write down what the marts were made from; returns their content hash."""
    folder = home.warehouse().marts
    files = tuple(
        FileRecord(path.name, fingerprints.sha256_of_file(path), path.stat().st_size)
        for path in sorted(folder.glob("*.parquet"))
    )
    digest = fingerprints.content_hash(files)
    record = ArtifactRecord(
        asset=MARTS_ASSET,
        key=HOME_KEY,
        recipe_hash=fingerprints.recipe_hash(gathered.recipe),
        inputs_hash=gathered.inputs_hash,
        state=State.done,
        content_hash=digest,
        path=str(folder.relative_to(home.root)),
        files=files,
        inputs=gathered.references,
        run_id=run_id,
        pass_id=pass_id,
        seconds=round(seconds, 3),
    )
    ledger.record([record], [gathered.recipe])
    return digest
