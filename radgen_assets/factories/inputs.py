"""Inputs from outside by their type: source files, members, gathered artifacts, pinned encoders.

Each provider reads in bulk for all keys of a request and hashes what can change a result, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radgen_assets.contracts import sources
from radgen_assets.contracts.cohort import Cohort
from radgen_assets.contracts.errors import BadInput, NotReady, RadgenError
from radgen_assets.contracts.settings import Settings, canonical_digest
from radgen_assets.factories.declaration import AssetDeclaration, Parameter, Shape
from radgen_assets.factories.walk import ExternalInput
from radgen_assets.lineage.fingerprints import sha256_of_file
from radgen_assets.lineage.records import ArtifactRecord, InputRef, State
from radgen_assets.science.deep.settings import EmbeddingSettings
from radgen_assets.science.expression.settings import PathwayActivitySettings
from radgen_assets.science.imaging.settings import QualitySettings
from radgen_assets.science.radiomics.settings import RadiomicsSettings
from radgen_assets.stewardship.register import NO_IMAGES, CohortScan, HashMemory, identity, scan_cohort

if TYPE_CHECKING:
    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.resources.home import Home

PATIENT_ASSETS_SHOWN = (
    "raw/scans",
    "imaging/volumes",
    "imaging/registered_volumes",
    "imaging/tumour_masks",
    "imaging/quality",
    "features/radiomics",
    "features/radiomics_of_other_masks",
    "features/deep_features",
)
COHORT_ASSETS_SHOWN = (
    "raw/clinical",
    "raw/molecular",
    "raw/expression",
    "expression/matrix",
    "expression/pathway_activity",
)
SHARED_SETTINGS: Mapping[str, type[Settings]] = {
    "radiomics": RadiomicsSettings,
    "quality": QualitySettings,
    "pathway_activity": PathwayActivitySettings,
}


def external_inputs(
    home: Home, ledger: Ledger, assets: Sequence[AssetDeclaration], keys: Sequence[str]
) -> dict[str, dict[str, dict[str, ExternalInput]]]:
    """Values of all inputs from outside: key -> asset key -> parameter name -> ExternalInput."""
    provided: dict[str, dict[str, dict[str, ExternalInput]]] = {
        key: {asset.key: {} for asset in assets} for key in keys
    }
    provider = _Provider(home, ledger, tuple(keys))
    for asset in assets:
        for parameter in asset.parameters:
            if parameter.is_external:
                for key, value in provider.of(asset, parameter).items():
                    provided[key][asset.key][parameter.name] = value
    return provided


class _Provider:
    """One request's look at the outside, each folder and table read once."""

    def __init__(self, home: Home, ledger: Ledger, keys: tuple[str, ...]) -> None:
        self.home, self.ledger, self.keys = home, ledger, keys
        self._scans: dict[str, CohortScan | RadgenError] = {}
        self._memory: HashMemory | None = None

    def of(self, asset: AssetDeclaration, parameter: Parameter) -> dict[str, ExternalInput]:
        """The parameter's value for every key; what cannot be provided is failed, with the reason."""
        kind = parameter.value_type
        if kind is sources.PinnedEncoder:
            value = self._pinned_encoder(parameter.name)
            return dict.fromkeys(self.keys, value)
        if kind is sources.SettingsOf:
            return dict.fromkeys(self.keys, _or_failed(self._settings_of, parameter.name))
        if asset.shape is Shape.home:
            return dict.fromkeys(self.keys, _or_failed(self._of_home, kind, parameter.name))
        if kind is sources.PatientSources:
            return {key: self._patient_sources(key, parameter.name) for key in self.keys}
        return {key: _or_failed(self._of_cohort, kind, key, parameter) for key in self.keys}

    # patients

    def _patient_sources(self, key: str, name: str) -> ExternalInput:
        scan = self._scan(key.partition(".")[0])
        if isinstance(scan, RadgenError):
            return _failed(str(scan))
        if key not in scan.patients:
            return ExternalInput(
                None, "", state=State.skipped, reason="no images of this patient in the cohort's folder"
            )
        found = scan.patients[key]
        if found.excluded:
            return ExternalInput(
                None, "", state=State.skipped, reason=f"excluded by the cohort's TOML: {found.excluded}"
            )
        described = asdict(found) | {"root": "", "masks": [_mask(each) for each in found.masks]}
        digest = canonical_digest(described)
        shown = [(each.path, each.sha256) for each in found.images]
        shown += [(each.path, each.sha256) for each in found.masks]
        files = [InputRef(f"{name}:{path}", "source", f"{scan.cohort.name}/{path}", sha256) for path, sha256 in shown]
        return ExternalInput(found, digest, (InputRef(name, "source", key, digest), *files))

    def _pinned_encoder(self, name: str) -> ExternalInput:
        try:
            pin = self.home.encoders().pinned(self.home.settings_of("deep_features", EmbeddingSettings).encoder)
        except NotReady as error:
            return _absent(str(error))
        except RadgenError as error:
            return _failed(str(error))
        return ExternalInput(pin, pin.sha256, (InputRef(name, "model", pin.name, pin.sha256),))

    def _settings_of(self, name: str) -> ExternalInput:
        asset = name.removesuffix("_settings")
        values = self.home.settings_of(asset, SHARED_SETTINGS[asset])
        digest = values.digest()
        return ExternalInput(sources.SettingsOf(values), digest, (InputRef(name, "source", "radgen.toml", digest),))

    # cohorts

    def _of_cohort(self, kind: type, cohort_name: str, parameter: Parameter) -> ExternalInput:
        if kind is sources.ThisCohort:
            digest = canonical_digest(cohort_name)
            reference = InputRef(parameter.name, "source", cohort_name, digest)
            return ExternalInput(sources.ThisCohort(cohort_name), digest, (reference,))
        if kind is sources.PatientArtifacts:
            return self._gathered(cohort_name, parameter)
        scan = self._scan(cohort_name)
        if isinstance(scan, RadgenError):
            return _failed(str(scan))
        if kind is sources.PatientStates:
            return self._states(cohort_name, parameter.name)
        if kind is sources.CohortMembers:
            return self._members(scan, parameter.name)
        cohort, folder = scan.cohort, str(scan.root)
        excluded = tuple(sorted(cohort.layout.exclude)) if cohort.layout else ()
        if kind is sources.ClinicalSheets:
            return self._sheets(
                scan, sources.ClinicalSheets(cohort.name, folder, cohort.clinical, excluded), parameter.name
            )
        if kind is sources.MolecularSheets:
            return self._sheets(
                scan, sources.MolecularSheets(cohort.name, folder, cohort.molecular, excluded), parameter.name
            )
        if kind is sources.ExpressionSource:
            if not cohort.expression:
                return _absent("the cohort declares no expression matrix")
            value = sources.ExpressionSource(cohort.name, folder, cohort.expression[0])
            map_hash = _gene_map_hash(scan)
            declared = cohort.expression[0].model_dump(mode="json") | {"gene_map_sha256": map_hash}
            return self._files(scan, value, declared, [cohort.expression[0].file], parameter.name)
        raise AssertionError(f"no provider for {kind.__name__}")

    def _sheets(self, scan: CohortScan, value: sources.SheetSources, name: str) -> ExternalInput:
        if not value.sheets:
            kind = "clinical" if isinstance(value, sources.ClinicalSheets) else "molecular"
            return _absent(f"the cohort declares no {kind} sheet")
        declared = {
            "sheets": [sheet.model_dump(mode="json") for sheet in value.sheets],
            "times_known_for": scan.cohort.times_known_for,
            "excluded": value.excluded,
        }
        return self._files(scan, value, declared, [sheet.file for sheet in value.sheets], name)

    def _files(
        self, scan: CohortScan, value: Any, declared: Mapping[str, Any], names: Sequence[str], parameter: str
    ) -> ExternalInput:
        for file in names:
            if file in scan.missing:
                return _failed(scan.missing[file])
        hashes = {file.path: file.sha256 for file in scan.files if file.role == "sheet" and file.path in names}
        digest = canonical_digest([declared, hashes])
        references = tuple(
            InputRef(f"{parameter}:{path}", "source", f"{scan.cohort.name}/{path}", sha) for path, sha in hashes.items()
        )
        return ExternalInput(value, digest, (InputRef(parameter, "source", scan.cohort.name, digest), *references))

    def _gathered(self, cohort: str, parameter: Parameter) -> ExternalInput:
        records = self._current(cohort, [_asset_key(parameter.name)])
        pointers = tuple(self._pointer(record) for _, record in sorted(records.items(), key=lambda each: each[0][1]))
        done = [pointer for pointer in pointers if pointer.state == State.done]
        digest = canonical_digest([[each.key, each.content_hash] for each in done])
        references = tuple(
            InputRef(f"{parameter.name}:{key}", "artifact", f"{asset}|{key}|{record.inputs_hash}", record.content_hash)
            for (asset, key), record in sorted(records.items())
            if record.state is State.done
        )
        value = sources.PatientArtifacts(cohort, _asset_key(parameter.name), tuple(done))
        return ExternalInput(value, digest, (InputRef(parameter.name, "artifact", cohort, digest), *references))

    def _states(self, cohort: str, name: str) -> ExternalInput:
        records = self._current(cohort, PATIENT_ASSETS_SHOWN)
        records |= dict(self.ledger.snapshot(list(COHORT_ASSETS_SHOWN), [cohort], None).current)
        pointers = tuple(self._pointer(record) for _, record in sorted(records.items()))
        digest = canonical_digest([[each.asset, each.key, each.state, each.reason] for each in pointers])
        return ExternalInput(
            sources.PatientStates(cohort, pointers), digest, (InputRef(name, "artifact", cohort, digest),)
        )

    def _members(self, scan: CohortScan, name: str) -> ExternalInput:
        cohort = scan.cohort.name
        rows = tuple(
            {"key": row.key, "patient": row.patient, "state": row.state, "reason": row.reason}
            for row in self.ledger.patients(cohort)
            if row.reason != NO_IMAGES
        )
        persons = identity(self.home, [scan])
        value = sources.CohortMembers(
            cohort=cohort,
            rows=rows,
            centre=scan.cohort.centre or cohort,
            persons=persons,
            secret=self.home.secret,
            accepts=scan.cohort.patients,
            only=scan.cohort.only,
            excluded=dict(scan.cohort.layout.exclude) if scan.cohort.layout else {},
        )
        of_cohort = {key: person for key, person in persons.declared.items() if key.startswith(f"{cohort}.")}
        digest = canonical_digest(
            [
                rows,
                of_cohort,
                persons.rules.get(cohort),
                dict(scan.person_ids),
                value.centre,
                value.accepts,
                value.only,
                value.excluded,
            ]
        )
        return ExternalInput(value, digest, (InputRef(name, "source", cohort, digest),))

    def _current(self, cohort: str, assets: Sequence[str]) -> dict[tuple[str, str], ArtifactRecord]:
        keys = [row.key for row in self.ledger.patients(cohort) if row.state == "present"]
        return dict(self.ledger.snapshot(list(assets), keys, None).current) if keys else {}

    def _pointer(self, record: ArtifactRecord) -> sources.ArtifactPointer:
        folder = str(self.home.lake.path(record)) if record.path else ""
        return sources.ArtifactPointer(
            record.key, record.asset, record.state.value, record.reason, record.content_hash, folder
        )

    # the home

    def _of_home(self, kind: type, name: str) -> ExternalInput:
        if kind in (sources.GeneSetFiles, sources.DeclaredGeneSets):
            return self._gene_sets(kind, name)
        if kind is sources.CohortDeclarations:
            rows = tuple(cohort_row(cohort) for cohort in self.home.cohorts().values())
            digest = canonical_digest(rows)
            return ExternalInput(
                sources.CohortDeclarations(rows), digest, (InputRef(name, "source", "cohorts", digest),)
            )
        if kind is sources.PatientArtifacts:
            raise AssertionError("gathering is a cohort's work")
        raise AssertionError(f"no provider for {kind.__name__}")

    def _gene_sets(self, kind: type, name: str) -> ExternalInput:
        collections = self.home.gene_set_collections()
        if not collections:
            return _absent("radgen.toml names no gene sets")
        files = [
            [Path(each.path).name, *(sha256_of_file(Path(path)) for path in (each.path, each.gene_map) if path)]
            for each in collections
        ]
        said = [[each.name, each.version, each.licence, each.source] for each in collections]
        content = files if kind is sources.GeneSetFiles else [*files, *said]
        digest = canonical_digest(content)
        return ExternalInput(kind(collections), digest, (InputRef(name, "source", "radgen.toml", digest),))

    def _scan(self, cohort: str) -> CohortScan | RadgenError:
        if cohort not in self._scans:
            if self._memory is None:
                self._memory = HashMemory(self.ledger.sources())
            try:
                self._scans[cohort] = scan_cohort(self.home, self.home.cohort(cohort), self._memory)
            except RadgenError as error:
                self._scans[cohort] = error
        return self._scans[cohort]


def cohort_row(cohort: Cohort) -> dict[str, Any]:
    """A declared cohort as a row of the table `cohorts`."""
    expression = cohort.expression[0] if cohort.expression else None
    return {
        "cohort": cohort.name,
        "title": cohort.title,
        "centre": cohort.centre or cohort.name,
        "times_known_for": cohort.times_known_for,
        "expression_unit": expression.unit.value if expression else None,
        "expression_platform": expression.platform if expression else None,
        "source": cohort.source,
        "consent": cohort.consent,
        "primary_maker": _primary_maker(cohort),
    }


def _primary_maker(cohort: Cohort) -> str | None:
    """Whose masks features are made from: the maker declared primary, or the only one."""
    masks = cohort.layout.masks if cohort.layout else ()
    return next((mask.maker for mask in masks if mask.primary or len(masks) == 1), None)


def _asset_key(name: str) -> str:
    return next(key for key in PATIENT_ASSETS_SHOWN if key.endswith(f"/{name}"))


def _gene_map_hash(scan: CohortScan) -> str:
    gene_map = scan.cohort.expression[0].gene_map
    if not gene_map:
        return ""
    path = (scan.root / Path(gene_map)).resolve()
    if not path.is_file():
        raise BadInput(gene_map, "gene_map", "nothing", f"a file in {scan.root}", "Correct the name in the TOML.")
    return sha256_of_file(path)


def _mask(mask: sources.SourceMask) -> dict[str, Any]:
    return {"path": mask.path, "sha256": mask.sha256, "declaration": mask.declaration.model_dump(mode="json")}


def _or_failed(provide: Callable[..., ExternalInput], *arguments: Any) -> ExternalInput:
    try:
        return provide(*arguments)
    except RadgenError as error:
        return _failed(str(error))


def _failed(reason: str) -> ExternalInput:
    return ExternalInput(None, "", state=State.failed, reason=reason)


def _absent(reason: str) -> ExternalInput:
    return ExternalInput(None, "", state=State.skipped, reason=reason)
