"""Batch effects: what cannot be told apart from them, and their removal by ComBat or a linear model."""
