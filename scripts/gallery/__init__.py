"""Every figure of the house, drawn from made-up data, a module a chapter."""
