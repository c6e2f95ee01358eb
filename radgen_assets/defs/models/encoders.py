"""models/encoders: the frozen 3-D encoder of features/deep_features."""

import dagster as dg

from radgen_assets.factories.dagster_chain import PASS_TAG
from radgen_assets.factories.declaration import OWNER
from radgen_assets.factories.progress import tell_watcher
from radgen_assets.factories.study.artifacts import RunOf
from radgen_assets.factories.study.assets import StudyConfig
from radgen_assets.resources.home import Home


@dg.asset(
    key=["models", "encoders"],
    group_name="models",
    code_version="1",
    owners=[OWNER],
    kinds={"torch", "mlflow"},
    pool="gpu",
)
def encoders(context: dg.AssetExecutionContext, config: StudyConfig) -> dg.MaterializeResult:
    """A 3-D ResNet18, trained self-supervised on phantoms of its own, registered in MLflow and pinned in encoders.toml.

    It has seen no patient. A checkpoint from a local file, pinned with its checksum, takes its place.
    """
    from radgen_assets.factories.encoder_training import bring_encoder_up_to_date

    def tell(text: str) -> None:
        context.log.info(text)
        tell_watcher(text)

    home = Home.open()
    with home.ledger() as ledger:
        run = RunOf(context.run.run_id, context.run.tags.get(PASS_TAG, ""))
        outcome = bring_encoder_up_to_date(home, ledger, run=run, force=config.force, tell=tell)
    return dg.MaterializeResult(metadata=dict(outcome.metadata), data_version=dg.DataVersion(outcome.content_hash))
