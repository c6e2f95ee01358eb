"""docs/file_formats.md names every key, default, kind and table that the code has, and none that it has not."""

from __future__ import annotations

import json
import re
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from radgen_assets.contracts import cohort, study
from radgen_assets.defs.settings_tables import settings_tables
from radgen_assets.formats.registry import KINDS
from radgen_assets.resources.home import GeneSetEntry, HomeSettings, make_home

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "file_formats.md").read_text()
MODELS: dict[str, type[BaseModel]] = {
    "A cohort": cohort.Cohort,
    "`[identity]`": cohort.IdentityRule,
    "`[layout]`": cohort.Layout,
    "`[[layout.masks]]`": cohort.MaskDeclaration,
    "`[[clinical]]` and `[[molecular]]`": cohort.Sheet,
    "`[[clinical.columns]]` and `[[molecular.columns]]`": cohort.Column,
    "`[[expression]]`": cohort.ExpressionDeclaration,
    "A study": study.Study,
    'Blocks of `kind = "clinical"`': study.ClinicalBlock,
    'Blocks of `kind = "radiomics"`': study.RadiomicsBlock,
    'Blocks of `kind = "deep_features"`': study.DeepBlock,
    'Blocks of `kind = "pathway_activity"`': study.PathwayBlock,
    "`[[fits]]`": study.FitDeclaration,
    "`[[contrasts]]`": study.ContrastDeclaration,
    "`[[published]]`": study.PublishedNumber,
    "radgen.toml": HomeSettings,
    "`[[gene_sets]]`": GeneSetEntry,
    **{f"`[settings.{name}]`": settings for name, settings in settings_tables().items()},
}


def rows_of(heading: str) -> dict[str, str]:
    """Key -> default as the table below `heading` says it."""
    section = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert section, f"docs/file_formats.md has no section '{heading}'"
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", section[1], re.MULTILINE))


def shown(value: Any) -> str:
    """A default as the page says it."""
    if value is PydanticUndefined:
        return "*required*"
    if isinstance(value, BaseModel):
        return "no rule"
    if value is None or value in ((), {}):
        return "none"
    return f"`{json.dumps(_plain(value))}`"


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.value if isinstance(value, Enum) else value


@pytest.mark.parametrize("heading", MODELS)
def test_every_key_stands_on_the_page_with_its_default(heading):
    """A key that the page lacks is a key that nobody finds; a default that it has wrong is worse."""
    fields = MODELS[heading].model_fields
    expected = {name: shown(field.get_default(call_default_factory=True)) for name, field in fields.items()}
    assert rows_of(heading) == expected


def test_every_settings_table_has_a_section():
    named = set(re.findall(r"^#### `\[settings\.(\w+)\]`", TEXT, re.MULTILINE))
    assert named == set(settings_tables())


@pytest.mark.parametrize("kind", KINDS)
def test_every_artifact_kind_stands_on_the_page_with_its_files(kind):
    row = next((line for line in TEXT.splitlines() if line.startswith("|") and f"`{kind}`" in line.split("|")[1]), None)
    assert row, f"{kind} has no row"
    if not KINDS[kind].part_of:
        assert [part for part in KINDS[kind].parts if f"`{part}`" not in row] == []


def test_the_page_names_no_kind_that_is_not_there():
    kinds = TEXT.partition("| kind | files | version | made by |")[2].partition("Artifacts of the first format")[0]
    named = {
        name
        for line in kinds.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }
    assert named == set(KINDS)


def test_every_table_of_the_ledger_stands_on_the_page():
    from radgen_assets.lineage.schema import metadata

    section = TEXT.partition("### The ledger")[2]
    named = {
        name
        for line in section.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }
    assert named == set(metadata.tables)


def test_what_a_new_home_holds_stands_on_the_page(tmp_path):
    make_home(tmp_path / "home")
    section = TEXT.partition("### The home")[2].partition("### Artifacts")[0]
    made = {path.name for path in (tmp_path / "home").iterdir()} - {"ledger.sqlite-wal", "ledger.sqlite-shm"}
    assert [name for name in sorted(made) if f"`{name}" not in section] == []


@pytest.mark.parametrize("convention", cohort.LabelConvention)
def test_every_label_convention_stands_on_the_page(convention):
    assert f"| `{convention.value}` |" in TEXT
