"""The patient asset: one typed function of one patient's inputs, its settings and pinned, frozen models."""

from __future__ import annotations

from functools import partial

from radgen_assets.factories.declaration import Shape, declare

patient_asset = partial(declare, Shape.patient)
