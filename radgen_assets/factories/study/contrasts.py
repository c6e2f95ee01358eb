"""A contrast of a study: who is compared in which values, and what of them is hashed; computing is left to science.

What a contrast sees of expression are the values of its own patients, so a patient of another cohort, or one that is
left out, tests nothing anew. The ledger holds a fingerprint of each, so that planning opens no matrix.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from radgen_assets.contracts.errors import NotReady, UsedWrongly
from radgen_assets.contracts.expression import ExpressionMatrix, GeneSet
from radgen_assets.contracts.study import ContrastDeclaration, Study
from radgen_assets.factories.study.artifacts import CONTRAST_VERSION, read_marts
from radgen_assets.factories.study.part import Gathered, Made
from radgen_assets.factories.walk import load
from radgen_assets.lineage.records import ArtifactRecord, InputRef, State

if TYPE_CHECKING:
    from radgen_assets.contracts.contrasts import ContrastResult
    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.resources.home import Home
    from radgen_assets.science.expression.contrasts.frame import ContrastFrame, MeasuredCohort

ASSET_OF = {"counts": "raw/expression", "log2": "expression/matrix"}  # where each kind of values lies
SAMPLE = "sample_"  # facts of raw/expression: fingerprint of each patient's values


@dataclass(frozen=True, eq=False)
class ContrastData:
    """Everything that is computed from; records say where the matrices lie, "counts" and "log2" by cohort."""

    frame: ContrastFrame
    records: Mapping[str, Mapping[str, ArtifactRecord]]
    collections: Mapping[str, Sequence[GeneSet]]


@dataclass(frozen=True)
class ContrastPart:
    """A contrast as a part of its study."""

    study: Study
    contrast: ContrastDeclaration
    word: ClassVar[str] = "contrast"
    kind: ClassVar[str] = "ContrastResult"
    version: ClassVar[str] = CONTRAST_VERSION

    @property
    def name(self) -> str:
        """Its name in the study."""
        return self.contrast.name

    @property
    def told(self) -> str:
        """What it asks."""
        asked = self.contrast
        return f"genes and gene sets, {asked.column} {asked.level} against {asked.reference}."

    @property
    def settings(self) -> Mapping[str, Any]:
        """The declaration without what is only printed."""
        return {"contrast": self.contrast.model_dump(mode="json", exclude={"title"})}

    def gather(self, home: Home, ledger: Ledger) -> Gathered:
        """Everyone of the training and normal cohorts whom the contrast compares."""
        frame = contrast_frame(home, ledger, self.study, self.contrast)
        cohorts = sorted(set(frame.people["cohort"]))
        records = {
            source: {cohort: _record(ledger, ASSET_OF[source], cohort) for cohort in cohorts}
            for source in _sources(self.contrast)
        }
        collections = _collections(home, self.contrast)
        inputs = [InputRef("compared", "artifact", "tables", frame.digest())]
        for source, found in records.items():
            inputs += [
                InputRef(
                    f"compared:{source} of {cohort}",
                    "artifact",
                    f"{record.asset}|{cohort}|{record.inputs_hash}",
                    record.content_hash,
                )
                for cohort, record in found.items()
            ]
        if "log2" in records:
            inputs.append(_scale(ledger, records["log2"]))
        if collections:
            named = ", ".join(collections)
            inputs.append(InputRef("gene_sets", "source", named, _digest_of_sets(collections)))
        return Gathered(tuple(inputs), frame.people, ContrastData(frame, records, collections))

    def make(self, home: Home, data: ContrastData) -> Made:
        """Test every gene and gene set."""
        from radgen_assets.reporting.contrast_figures import contrast_pictures
        from radgen_assets.science.expression.contrasts.comparison import compare_groups
        from radgen_assets.science.expression.contrasts.matrices import put_together

        keys = tuple(map(str, data.frame.people.index))
        matrices, notes = {}, []
        for source, records in data.records.items():
            parts = {cohort: load(home.lake.path(record), ExpressionMatrix, "") for cohort, record in records.items()}
            matrices[source], note = put_together(parts, keys)
            notes += [note] if note and note not in notes else []
        frame = replace(data.frame, notes=(*data.frame.notes, *notes))
        result = compare_groups(self.contrast, frame, matrices, data.collections)
        facts = headline(result)
        metrics = {name: float(value) for name, value in facts.items()}
        return Made(result, facts, metrics, _persons(data.frame), contrast_pictures(result))

    def register(self, home: Home, run_id: str, value: ContrastResult) -> Mapping[str, Any]:
        """Nothing: a contrast leaves no model."""
        return {}


def contrast_frame(home: Home, ledger: Ledger, study: Study, contrast: ContrastDeclaration) -> ContrastFrame:
    """Who would be compared, by which design; raises as `assemble_contrast`."""
    from radgen_assets.science.expression.contrasts.frame import CONTRASTED_ROLES, assemble_contrast

    cohorts = [cohort for role in CONTRASTED_ROLES for cohort in study.roles.get(role, ())]
    measured = _measured(home, ledger, cohorts)
    return assemble_contrast(study, contrast, read_marts(home), measured)


def headline(result: ContrastResult) -> dict[str, Any]:
    """The numbers that one wants to see first: patients, genes up and down by each method, sets."""
    facts: dict[str, Any] = {"n": result.n, "n_persons": result.n_persons}
    for level in (result.level, result.reference):
        facts[f"n_{level}".replace(" ", "_")] = sum(n for name, _, n in result.groups if name == level)
    for method in result.methods:
        found = result.genes.loc[result.genes["method"] == method, "found"]
        facts |= {f"{method}_{each}": int((found == each).sum()) for each in ("up", "down")}
    rate = result.settings["false_discovery_rate"]
    for name in ("over_representation", "enrichment"):
        table = getattr(result, name)
        if len(table):
            facts[f"{name}_sets"] = int(table.loc[table["p_adjusted"] < rate, "set"].nunique())
    return facts


def _measured(home: Home, ledger: Ledger, cohorts: Sequence[str]) -> dict[str, MeasuredCohort]:
    """What is known of each cohort's expression: its declaration, and the fingerprints that the ledger holds."""
    from radgen_assets.science.expression.contrasts.frame import MeasuredCohort

    declared = home.cohorts()
    records = ledger.current(ASSET_OF["counts"], cohorts)
    found = {}
    for cohort, record in records.items():
        if record.state is State.done and cohort in declared and declared[cohort].expression:
            (expression,) = declared[cohort].expression
            samples = {
                f"{cohort}.{name.removeprefix(SAMPLE)}": str(value)
                for name, value in record.facts.items()
                if name.startswith(SAMPLE)
            }
            found[cohort] = MeasuredCohort(expression.unit.value, expression.platform, samples)
    return found


def _sources(contrast: ContrastDeclaration) -> tuple[str, ...]:
    from radgen_assets.science.expression.contrasts.methods import SOURCE_OF

    return tuple(dict.fromkeys(SOURCE_OF[method] for method in contrast.methods))


def _record(ledger: Ledger, asset: str, cohort: str) -> ArtifactRecord:
    record = ledger.current(asset, [cohort]).get(cohort)
    if record is None or record.state is not State.done:
        why = f" ({record.reason})" if record is not None and record.reason else ""
        raise UsedWrongly(f"{asset} of {cohort} does not stand{why}. Make it with: radgen run --cohort {cohort}")
    return record


def _scale(ledger: Ledger, records: Mapping[str, ArtifactRecord]) -> InputRef:
    """How log2 values were made of the measured ones, whose fingerprints are hashed; refuses those of before.

    expression/matrix computes each patient's values from that patient's alone, so recipe and fingerprints fix them.
    """
    for cohort, record in records.items():
        measured = ledger.current(ASSET_OF["counts"], [cohort])[cohort]
        if measured.content_hash not in {each.content_hash for each in record.inputs}:
            raise NotReady(f"expression/matrix of {cohort} is of earlier values. Make it with: radgen run")
    recipes = "|".join(sorted({record.recipe_hash for record in records.values()}))
    return InputRef("scale", "artifact", ASSET_OF["log2"], hashlib.sha256(recipes.encode()).hexdigest())


def _collections(home: Home, contrast: ContrastDeclaration) -> dict[str, tuple[GeneSet, ...]]:
    """Gene sets by collection, as the contrast asks for them."""
    from radgen_assets.formats.gene_set_collections import read_collection

    if not (contrast.over_representation or contrast.gsea):
        return {}
    known = {each.name: each for each in home.gene_set_collections()}
    unknown = [name for name in contrast.gene_sets if name not in known]
    if unknown:
        raise UsedWrongly(
            f"Contrast {contrast.name}: found the collection '{unknown[0]}', expected one of the home's: "
            f"{', '.join(known) or 'none'}. Add its GMT file to gene_sets in radgen.toml."
        )
    return {name: read_collection(known[name])[0] for name in contrast.gene_sets or known}


def _digest_of_sets(collections: Mapping[str, Sequence[GeneSet]]) -> str:
    digest = hashlib.sha256()
    for name, sets in collections.items():
        digest.update(f"{name}\n".encode())
        for each in sets:
            digest.update("\t".join((each.name, *each.genes)).encode() + b"\n")
    return digest.hexdigest()


def _persons(frame: ContrastFrame) -> tuple[tuple[str, str, str, int], ...]:
    rows = zip(frame.people.index, frame.people.itertuples(), strict=True)
    return tuple(sorted((str(row.person), str(key), str(row.role), -1) for key, row in rows))
