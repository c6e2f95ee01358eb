"""A study's assets: its fits and contrasts, and the report on them; what they share and how they are asked for."""
