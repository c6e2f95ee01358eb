"""Examine the machine and the home: one finding a subject, with what to do where something is wrong."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from radgen_assets.contracts.errors import RadgenError
from radgen_assets.resources.home import Home, home_folder

LITTLE_DISK_GIB = 5.0


@dataclass(frozen=True)
class Finding:
    """One subject: what was found, whether it is well, and what to do otherwise."""

    subject: str
    is_well: bool
    found: str
    remedy: str = ""


def examine(root: Path | None = None) -> list[Finding]:
    """Look at everything that a run needs; never raises."""
    findings = [_packages(), _device(), *_ports(), _disk(home_folder(root))]
    try:
        home = Home.open(root)
    except RadgenError as error:
        return [*findings, Finding("home", False, str(error))]
    findings.append(Finding("home", True, str(home.root)))
    for look in (_declarations, _ledger, _dagster, _mlflow, _encoders, _warehouse):
        try:
            findings.extend(look(home))
        except Exception as error:  # noqa: BLE001 - a doctor names every trouble and goes on
            findings.append(Finding(look.__name__.strip("_"), False, f"{type(error).__name__}: {error}"))
    return findings


def _packages() -> Finding:
    missing = []
    for requirement in requires("radgen-assets") or []:
        if "extra ==" in requirement:
            continue
        name = requirement.split("[")[0].split(";")[0].split(">")[0].split("=")[0].split("<")[0].strip()
        try:
            version(name)
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding("packages", False, f"missing: {', '.join(missing)}", "Install them with: make setup")
    return Finding("packages", True, f"all there; radgen {version('radgen-assets')}")


def _device() -> Finding:
    from radgen_assets.resources.device import Device

    try:
        described = Device.open().describe()
    except RadgenError as error:
        return Finding("device", False, str(error))
    return Finding("device", True, ", ".join(f"{name} {value}" for name, value in described.items()))


def _ports() -> Iterator[Finding]:
    for port, server in ((3000, "Dagster"), (5000, "MLflow")):
        with socket.socket() as probe:
            taken = probe.connect_ex(("127.0.0.1", port)) == 0
        found = "in use (perhaps by radgen ui itself)" if taken else "free"
        yield Finding(f"port {port}", True, f"{found}; default of {server}")


def _disk(folder: Path) -> Finding:
    existing = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(existing).free / 2**30
    enough = free > LITTLE_DISK_GIB
    return Finding(
        "disk", enough, f"{free:.1f} GiB free at {existing}", "" if enough else "Free some, or move the home."
    )


def _declarations(home: Home) -> Iterator[Finding]:
    for kind, folder, read in (
        ("cohort", home.cohorts_folder, _read_cohort),
        ("study", home.studies_folder, _read_study),
    ):
        paths = sorted(folder.glob("*.toml"))
        if not paths:
            yield Finding(f"{kind} files", True, "none yet", f"Add one: radgen {kind} --help")
        for path in paths:
            try:
                read(home, path)
                yield Finding(f"{kind} {path.stem}", True, "readable")
            except RadgenError as error:
                yield Finding(f"{kind} {path.stem}", False, str(error))


def _read_cohort(home: Home, path: Path) -> None:
    home.cohort_root(home.cohort(path.stem))


def _read_study(home: Home, path: Path) -> None:
    from radgen_assets.formats.toml_files import read_study

    read_study(path)


def _ledger(home: Home) -> Iterator[Finding]:
    with home.ledger(read_only=True) as ledger:
        broken = ledger.journal_verify()
        found = f"{ledger.url}; journal's chain holds" if broken is None else f"journal broken: {broken}"
        yield Finding("ledger", broken is None, found, "" if broken is None else "Restore a backup of the ledger.")
        claims = ledger.claims()
        if claims:
            yield Finding(
                "claims", True, f"{len(claims)} held: a run is going on, or was killed (radgen run frees them)"
            )


def _dagster(home: Home) -> Iterator[Finding]:
    import dagster as dg

    with dg.DagsterInstance.from_config(str(home.dagster_folder)) as instance:
        count = instance.get_runs_count()
        patients = len(instance.get_dynamic_partitions("patients"))
        yield Finding("dagster", True, f"{home.dagster_folder}; {count} runs, {patients} patients as partitions")


def _mlflow(home: Home) -> Iterator[Finding]:
    home.tracker().prepare()
    yield Finding("mlflow", True, home.tracker().tracking_uri.rpartition("@")[2])


def _encoders(home: Home) -> Iterator[Finding]:
    store = home.encoders()
    bad = store.verify()
    if bad:
        yield Finding("encoders", False, f"file gone or changed: {', '.join(bad)}", "Import it again, or train anew.")
    else:
        yield Finding("encoders", True, ", ".join(store.pins()) or "none pinned yet (a run trains one)")


def _warehouse(home: Home) -> Iterator[Finding]:
    from radgen_assets.resources.warehouse_build import manifest_is_current

    current = manifest_is_current()
    yield Finding("dbt manifest", current, "current" if current else "missing or old", "" if current else "make setup")
