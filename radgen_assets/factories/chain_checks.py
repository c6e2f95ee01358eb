"""Checks of a chain's assets: of the code that makes them, and of the values that stand.

What judges values is an asset of its own: a table with a picture, made again when its inputs changed and only then. The
check tells what stands for every key, so that it says the same when nothing was computed.
"""

from __future__ import annotations

import base64
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from radgen_assets.factories.declaration import AssetDeclaration
from radgen_assets.lineage.records import ArtifactRecord, State

if TYPE_CHECKING:
    from radgen_assets.resources.home import Home

PICTURE, PICTURE_BYTES, MOST_PICTURES = "preview.png", 24_000, 4


@dataclass(frozen=True)
class ChainCheck:
    """One check of code, run once in every run of the chain that makes its asset, before the first key.

    run : gives whether it passed, a sentence, and numbers; its docstring is the check's description
    """

    asset: AssetDeclaration
    name: str
    run: Callable[[], dg.AssetCheckResult]

    @property
    def spec(self) -> dg.AssetCheckSpec:
        """The check's face in the UI."""
        return dg.AssetCheckSpec(self.name, asset=_key(self.asset), description=inspect.getdoc(self.run))


@dataclass(frozen=True)
class Verdict:
    """What one key's values show: whether it is well, a sentence, and numbers."""

    passed: bool
    sentence: str
    numbers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ValueCheck:
    """One check of values, told for every key that there is, after the last key of every run that makes its asset.

    asset : whose values are judged
    judged_by : the asset that has looked at them, with a picture; it reads `asset` under its name
    judge : reads its artifact; its docstring is the check's description
    """

    asset: AssetDeclaration
    name: str
    judged_by: AssetDeclaration
    judge: Callable[[Any], Verdict]

    @property
    def spec(self) -> dg.AssetCheckSpec:
        """The check's face in the UI."""
        return dg.AssetCheckSpec(self.name, asset=_key(self.asset), description=inspect.getdoc(self.judge))


AnyCheck = ChainCheck | ValueCheck


def _key(asset: AssetDeclaration) -> dg.AssetKey:
    return dg.AssetKey(asset.key.split("/"))


def results(context: dg.AssetExecutionContext, checks: Sequence[AnyCheck]) -> Iterator[dg.AssetCheckResult]:
    """Of those checks of code that this run selects."""
    for check in checks:
        if isinstance(check, ChainCheck) and check.spec.key in context.selected_asset_check_keys:
            yield check.run()._replace(check_name=check.name, asset_key=check.spec.asset_key)


def value_results(
    context: dg.AssetExecutionContext, home: Home, checks: Sequence[AnyCheck]
) -> Iterator[dg.AssetCheckResult]:
    """Of those checks of values that this run selects."""
    for check in checks:
        if isinstance(check, ValueCheck) and check.spec.key in context.selected_asset_check_keys:
            yield told(home, check)


def evaluations(
    home: Home, checks: Sequence[AnyCheck], assets: Sequence[AssetDeclaration]
) -> Iterator[dg.AssetCheckEvaluation]:
    """The checks of values of `assets`, for a run that is no asset's own (scattered keys)."""
    for check in checks:
        if isinstance(check, ValueCheck) and check.asset in assets:
            result = told(home, check)
            yield dg.AssetCheckEvaluation(
                asset_key=check.spec.asset_key,
                check_name=check.name,
                passed=result.passed,
                severity=result.severity,
                description=result.description,
                metadata=result.metadata,
            )


def told(home: Home, check: ValueCheck) -> dg.AssetCheckResult:
    """One result over all keys: passed when none of them failed; a key that was not judged is named with the reason.

    It warns and blocks nothing: what is wrong is a person's to decide.
    """
    with home.ledger(read_only=True) as ledger:
        values, judged = ledger.current(check.asset.key), ledger.current(check.judged_by.key)
    verdicts = {
        key: _verdict(home, check, values[key], judged.get(key))
        for key in sorted(values)
        if values[key].state is State.done
    }
    failed = [key for key, verdict in verdicts.items() if not verdict.passed]
    sentences = [
        f"{key}: {verdicts[key].sentence}" for key in (*failed, *(key for key in verdicts if key not in failed))
    ]
    numbers: dict[str, int] = {"keys": len(verdicts), "failed": len(failed)}
    for verdict in verdicts.values():
        for name, number in verdict.numbers.items():
            numbers[name] = numbers.get(name, 0) + number
    metadata: dict[str, Any] = dict(numbers)
    if sentences:
        metadata["verdicts"] = dg.MetadataValue.md("\n".join(f"- {each}" for each in sentences))
    shown = [key for key in (*failed, *verdicts) if key in judged and judged[key].state is State.done]
    for key in list(dict.fromkeys(shown))[:MOST_PICTURES]:
        metadata |= _picture(key, home.lake.path(judged[key]))
    return dg.AssetCheckResult(
        check_name=check.name,
        asset_key=check.spec.asset_key,
        passed=not failed,
        severity=dg.AssetCheckSeverity.WARN,
        description=" ".join(sentences[:3]) if failed else f"{len(verdicts)} looked at, nothing found.",
        metadata=metadata,
    )


def _verdict(home: Home, check: ValueCheck, value: ArtifactRecord, judged: ArtifactRecord | None) -> Verdict:
    from radgen_assets.factories.walk import load

    if judged is not None and judged.state is State.skipped:
        return Verdict(True, f"not asked: {judged.reason}.", {"not asked": 1})
    if judged is not None and judged.state is not State.done:
        return Verdict(False, f"{check.judged_by.key} {judged.state.value}: {judged.reason}")
    if judged is None or not _is_of(judged, value, check.asset):
        again = f"Materialise {check.judged_by.key} with it."
        return Verdict(False, f"not looked at since {check.asset.key} was made. {again}")
    return check.judge(load(home.lake.path(judged), check.judged_by.produces, ""))


def _is_of(judged: ArtifactRecord, value: ArtifactRecord, asset: AssetDeclaration) -> bool:
    """Whether `judged` was made from the value that stands."""
    return any(each.name == asset.name and each.content_hash == value.content_hash for each in judged.inputs)


def _picture(key: str, folder: Path) -> dict[str, dg.MarkdownMetadataValue]:
    from radgen_assets.formats.thumbnail import thumbnail

    path = folder / PICTURE
    if not path.is_file():
        return {}
    picture = base64.b64encode(thumbnail(path.read_bytes(), max_bytes=PICTURE_BYTES)).decode()
    return {f"picture of {key}": dg.MetadataValue.md(f"![{key}](data:image/png;base64,{picture})")}
