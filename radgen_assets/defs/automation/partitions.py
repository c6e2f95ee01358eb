"""The two partition sets: patients with images, and cohorts. Keys are added in sorted order, cohort by cohort."""

from __future__ import annotations

import dagster as dg

PATIENTS = dg.DynamicPartitionsDefinition(name="patients")
COHORTS = dg.DynamicPartitionsDefinition(name="cohorts")
