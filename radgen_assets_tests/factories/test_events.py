"""What Dagster is told of each (asset, key), one by one and in batches."""

import base64
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import dagster._core.events
import numpy as np
import pandas as pd
import pytest
from dagster._core.storage.partition_status_cache import get_and_update_asset_status_cache_value
from PIL import Image

from radgen_assets.contracts.tables.radiomics import RADIOMICS
from radgen_assets.defs.catalogue import KNOWN
from radgen_assets.factories import events
from radgen_assets.factories.column_schema import COLUMN_SCHEMA, ROW_COUNT
from radgen_assets.factories.dagster_chain import asset_spec
from radgen_assets.factories.walk import Outcome
from radgen_assets.lineage.plan import Action
from radgen_assets.lineage.records import ArtifactRecord, State

QUALITY = KNOWN["quality"]
PATIENTS = dg.DynamicPartitionsDefinition(name="patients")
KEYS = ("site.P1", "site.P2", "site.P3")
RECORD = ArtifactRecord(
    asset="imaging/quality",
    key="site.P1",
    recipe_hash="r" * 64,
    inputs_hash="1" * 64,
    state=State.done,
    content_hash="c" * 64,
    path="imaging/quality/site/P1/1",
    seconds=1.5,
)


def outcome(action: Action = Action.compute, **changes: object) -> Outcome:
    record = replace(RECORD, **changes)  # type: ignore[arg-type]
    return Outcome(record.asset, record.key, action, record, is_new=True, decided_because="never made")


def a_noisy_preview() -> bytes:
    """A picture as large as the real ones, with more detail than any of them: grey noise and a coloured outline."""
    grey = np.random.default_rng(1).integers(0, 255, (408, 1012), dtype=np.uint8)
    picture = np.stack([grey] * 3, axis=-1)
    picture[100:300, 200:203] = (255, 220, 0)
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "PNG")
    return stream.getvalue()


# -- one event ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("action", "word"), [(Action.compute, "computed"), (Action.reuse, "reused")])
def test_an_event_says_whether_it_was_computed_or_reused_and_why(action, word, tmp_path):
    event = events.materialisation(QUALITY, outcome(action), tmp_path)
    assert event.metadata["decision"].value == word
    assert event.metadata["because"].value == "never made"
    assert event.metadata["sha256"].value == "c" * 64
    assert event.metadata["seconds"].value == 1.5
    assert event.tags == {
        "radgen/decision": word,
        "dagster/data_version": "c" * 64,
        "radgen/code_version": QUALITY.code_version,
    }
    assert event.partition == "site.P1"


def test_an_event_names_the_command_that_explains_it(tmp_path):
    event = events.materialisation(QUALITY, outcome(), tmp_path)
    assert event.metadata["why"].value == "`radgen audit why imaging/quality site.P1`"


def test_an_artifact_of_the_whole_home_has_no_partition(tmp_path):
    event = events.materialisation(KNOWN["cohorts"], outcome(asset="raw/cohorts", key="all"), tmp_path)
    assert event.partition is None


def test_a_preview_becomes_a_small_picture_that_markdown_shows(tmp_path):
    """It stands in every event of the asset, so it may weigh 12 kB; base64 makes that 16."""
    folder = tmp_path / RECORD.path
    folder.mkdir(parents=True)
    (folder / "preview.png").write_bytes(a_noisy_preview())
    text = str(events.materialisation(QUALITY, outcome(), tmp_path).metadata["preview"].value)
    assert text.startswith("![preview](data:image/png;base64,")
    data = base64.b64decode(text.removeprefix("![preview](data:image/png;base64,").removesuffix(")"))
    assert len(data) <= 12_000
    assert Image.open(io.BytesIO(data)).width >= 160


def test_the_rest_of_an_event_stays_below_two_kilobytes(tmp_path):
    """Thirty thousand events a pass: what grows without bound is cut, and the ledger has all of it."""
    facts = {f"voxels_{name}": "f" * 64 for name in ("t1w", "t1ce", "t2w", "flair", "dwi")}
    warnings = tuple(f"warning {number}: {'x' * 400}" for number in range(40))
    event = events.materialisation(QUALITY, outcome(facts=facts, warnings=warnings[:2]), tmp_path)
    assert sum(len(name) + len(str(value.value)) for name, value in event.metadata.items()) < 2000
    many = events.materialisation(QUALITY, outcome(warnings=warnings), tmp_path)
    assert "and 35 more" in str(many.metadata["warnings"].value)


def test_an_artifact_that_is_a_table_tells_its_rows(tmp_path):
    asset = KNOWN["gathered_radiomics"]
    folder = tmp_path / RECORD.path
    folder.mkdir(parents=True)
    pd.DataFrame({"value": [1.0, 2.0, 3.0]}).to_parquet(folder / "table.parquet")
    event = events.materialisation(asset, outcome(asset=asset.key, key="site"), tmp_path)
    assert event.metadata[ROW_COUNT].value == 3


def test_a_gathered_table_shows_the_columns_of_its_contract():
    schema = asset_spec(KNOWN["gathered_radiomics"], KNOWN).metadata[COLUMN_SCHEMA]
    assert [column.name for column in schema.columns] == [column.name for column in RADIOMICS.columns]
    assert all(column.description for column in schema.columns)


def test_a_patient_asset_shows_no_columns():
    """features/radiomics is one patient's file; the table of that name is gathered from it."""
    assert COLUMN_SCHEMA not in asset_spec(KNOWN["radiomics"], KNOWN).metadata


# -- many events -------------------------------------------------------------------------------------------------


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    (tmp_path / "dagster").mkdir()
    (tmp_path / "dagster" / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(tmp_path / "dagster")) as opened:
        opened.add_dynamic_partitions("patients", list(KEYS))
        yield opened


def postgres_instance(url: str, folder: Path) -> dg.DagsterInstance:
    url = url.replace("postgresql:", "postgresql+psycopg2:")
    (folder / "dagster.yaml").write_text(
        f"telemetry: {{enabled: false}}\nstorage: {{postgres: {{postgres_url: '{url}'}}}}\n"
    )
    return dg.DagsterInstance.from_config(str(folder))


def three_events() -> list[dg.AssetMaterialization]:
    return [events.materialisation(QUALITY, outcome(key=key), Path("/lake")) for key in KEYS]


def log_in_a_run(
    instance: dg.DagsterInstance, sent: list[bool], send: Callable[..., bool] = events.log_batch
) -> dg.ExecuteInProcessResult:
    @dg.multi_asset(specs=[dg.AssetSpec(["imaging", "quality"], skippable=True)], partitions_def=PATIENTS)
    def quality(context: dg.AssetExecutionContext):
        sent.append(send(context, three_events()))
        yield from ()

    return dg.materialize([quality], instance=instance, partition_key=KEYS[0])


def stored(instance: dg.DagsterInstance) -> list[tuple[str, str, str]]:
    records = instance.fetch_materializations(dg.AssetKey(["imaging", "quality"]), limit=100).records
    found = [record.asset_materialization for record in records]
    return sorted((each.partition, each.metadata["decision"].value, each.tags["radgen/decision"]) for each in found)


EXPECTED = [(key, "computed", "computed") for key in KEYS]


def test_dagster_takes_a_batch_of_our_events(instance, monkeypatch):
    """The call is internal: when a release changes it, this fails, and radgen writes one by one meanwhile."""
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "500")
    sent: list[bool] = []
    assert log_in_a_run(instance, sent).success
    assert sent == [True]
    assert stored(instance) == EXPECTED


@pytest.mark.stack
def test_postgres_gets_a_batch_in_one_call(postgres_database, tmp_path, monkeypatch):
    """The gain: one insert of many rows, where one by one each event is its own transaction."""
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "500")
    with postgres_instance(postgres_database, tmp_path) as on_postgres:
        on_postgres.add_dynamic_partitions("patients", list(KEYS))
        batches: list[int] = []
        store = on_postgres.event_log_storage.store_event_batch
        monkeypatch.setattr(
            type(on_postgres.event_log_storage),
            "store_event_batch",
            lambda self, entries: (batches.append(len(entries)), store(entries))[1],
        )
        sent: list[bool] = []
        assert log_in_a_run(on_postgres, sent).success
        assert sent == [True]
        assert 3 in batches
        assert stored(on_postgres) == EXPECTED


def test_events_are_written_one_by_one_where_dagster_has_no_batches(instance, monkeypatch):
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "500")

    def send(context: dg.AssetExecutionContext, batch: list[dg.AssetMaterialization]) -> bool:
        with monkeypatch.context() as another_release:
            another_release.delattr(dagster._core.events, "DagsterEventBatchMetadata")
            sent_at_once = events.log_batch(context, batch)
        with monkeypatch.context() as another_release:
            another_release.setattr(dagster._core.events, "DagsterEventBatchMetadata", lambda id: None)
            events.log_events(context, batch)
        return sent_at_once

    sent: list[bool] = []
    assert log_in_a_run(instance, sent, send).success
    assert sent == [False]
    assert stored(instance) == EXPECTED


# -- scattered keys ----------------------------------------------------------------------------------------------


def test_in_a_job_of_scattered_keys_the_good_turn_green_and_the_bad_red(instance):
    """Such a job has no partitions, so Dagster itself would leave the bad ones without a colour."""
    bad = Outcome(QUALITY.key, KEYS[1], Action.failed, replace(RECORD, key=KEYS[1], state=State.failed), is_new=True)

    @dg.op
    def bring(context: dg.OpExecutionContext) -> None:
        tell = events.reporter(context, {QUALITY.key: QUALITY}, Path("/lake"))
        tell([outcome(key=KEYS[0]), bad])
        raise dg.Failure("one failed", allow_retries=False)

    @dg.job
    def scattered() -> None:
        bring()

    assert not scattered.execute_in_process(instance=instance, raise_on_error=False).success
    status = get_and_update_asset_status_cache_value(
        instance, dg.AssetKey(["imaging", "quality"]), PATIENTS, dynamic_partitions_loader=instance
    )
    with dg.partition_loading_context(dynamic_partitions_store=instance):
        green = status.deserialize_materialized_partition_subsets(PATIENTS).get_partition_keys()
        red = status.deserialize_failed_partition_subsets(PATIENTS).get_partition_keys()
    assert set(green) == {KEYS[0]}
    assert set(red) == {KEYS[1]}
