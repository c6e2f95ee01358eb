"""Hashes: of files, of artifacts (content), of recipes, and of what an artifact is made from (inputs)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from radgen_assets.contracts.settings import canonical_digest
from radgen_assets.lineage.records import FileRecord, Recipe

_BLOCK = 1 << 20


def sha256_of_file(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def content_hash(files: Iterable[FileRecord]) -> str:
    """SHA-256 of the lines ``<sha256>  <name>`` in the order of names: what `sha256sum * | sha256sum` prints."""
    lines = "".join(f"{each.sha256}  {each.name}\n" for each in sorted(files, key=lambda each: each.name))
    return hashlib.sha256(lines.encode()).hexdigest()


def recipe_hash(recipe: Recipe) -> str:
    """SHA-256 of asset, code version and settings."""
    return canonical_digest([recipe.asset, recipe.code_version, recipe.settings])


def inputs_hash(recipe: str, inputs: Mapping[str, str]) -> str:
    """SHA-256 of the recipe's hash and the content hashes of all inputs by name."""
    return canonical_digest([recipe, dict(inputs)])
