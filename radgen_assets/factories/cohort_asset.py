"""The cohort asset (sheets, matrices, gathering) and the home asset (one artifact for the whole home)."""

from __future__ import annotations

from functools import partial

from radgen_assets.factories.declaration import Shape, declare

cohort_asset = partial(declare, Shape.cohort)
home_asset = partial(declare, Shape.home)
