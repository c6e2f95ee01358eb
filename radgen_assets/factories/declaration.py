"""What an asset's author declares: one typed function, its settings, its place. Nothing runs here.

Parameter names are upstream assets, annotations are artifact kinds; a parameter of a type of contracts/sources.py is
an input from outside (files, members, a pinned model) that factories/inputs.py provides.
"""

from __future__ import annotations

import importlib
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from radgen_assets.contracts import sources
from radgen_assets.contracts.settings import Settings

EXTERNAL_TYPES: frozenset[type] = frozenset(
    value for value in vars(sources).values() if isinstance(value, type) and value.__module__ == sources.__name__
)
OWNER = "team:radgen"


class Shape(StrEnum):
    """What one key of an asset stands for."""

    patient = "patient"
    cohort = "cohort"
    home = "home"  # one artifact for the whole home; its key is "all"


HOME_KEY = "all"


@dataclass(frozen=True)
class Parameter:
    """One parameter of an asset's function.

    `upstream` is the name of the asset that makes it; None for an input from outside. PatientArtifacts is both: an
    input from outside (gathered by the factories) that depends on the patient asset of that name.
    """

    name: str
    value_type: type
    upstream: str | None
    optional: bool  # annotated `X | None`: goes on without it when it is skipped
    tolerated: bool = False  # has a default: goes on without it when it failed, too

    @property
    def is_external(self) -> bool:
        """Whether factories/inputs.py provides the value."""
        return self.value_type in EXTERNAL_TYPES


@dataclass(frozen=True, eq=False)
class AssetDeclaration:
    """A declared asset; calling it calls the author's function.

    batched : the function takes lists (one entry a patient) and returns a list; it runs in this process, on the device
    facts : small numbers of a value, shown in the UI and kept in the ledger
    """

    shape: Shape
    group: str
    name: str
    function: Callable[..., Any]
    settings_type: type[Settings] | None
    code_version: str
    produces: type
    parameters: tuple[Parameter, ...]
    batched: bool = False
    facts: Callable[[Any], Mapping[str, Any]] | None = None
    kinds: tuple[str, ...] = ()
    also_after: tuple[str, ...] = ()  # assets shown upstream in the graph although no value is read

    @property
    def key(self) -> str:
        """Asset key as text: ``<group>/<name>``."""
        return f"{self.group}/{self.name}"

    @property
    def description(self) -> str:
        """The function's docstring: grain, source, meaning."""
        return inspect.getdoc(self.function) or ""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str, str]]:
        """Workers find the declaration where its author wrote it."""
        return _find, (self.function.__module__, self.function.__qualname__)


def _find(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)


def declare(
    shape: Shape,
    *,
    group: str,
    settings: type[Settings] | None,
    code_version: str,
    name: str | None = None,
    batched: bool = False,
    facts: Callable[[Any], Mapping[str, Any]] | None = None,
    kinds: tuple[str, ...] = (),
    also_after: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], AssetDeclaration]:
    """Turn a typed function into an AssetDeclaration; the shapes' decorators are this with their shape."""

    def decorate(function: Callable[..., Any]) -> AssetDeclaration:
        hints = typing.get_type_hints(function)
        produces = _element(hints.pop("return")) if batched else hints.pop("return")
        parameters = tuple(
            _parameter(parameter, hints[name], batched=batched)
            for name, parameter in inspect.signature(function).parameters.items()
            if name not in ("settings", "device")
        )
        return AssetDeclaration(
            shape=shape,
            group=group,
            name=name or function.__name__,
            function=function,
            settings_type=settings,
            code_version=code_version,
            produces=produces,
            parameters=parameters,
            batched=batched,
            facts=facts,
            kinds=kinds,
            also_after=also_after,
        )

    return decorate


def _parameter(parameter: inspect.Parameter, annotation: Any, *, batched: bool) -> Parameter:
    optional = isinstance(annotation, types.UnionType) and type(None) in typing.get_args(annotation)
    if optional:
        annotation = next(each for each in typing.get_args(annotation) if each is not type(None))
    if batched and typing.get_origin(annotation) is list:
        annotation = _element(annotation)
    outside = annotation in EXTERNAL_TYPES and annotation is not sources.PatientArtifacts
    tolerated = parameter.default is not inspect.Parameter.empty
    return Parameter(parameter.name, annotation, None if outside else parameter.name, optional, tolerated)


def _element(annotation: Any) -> Any:
    return typing.get_args(annotation)[0]
