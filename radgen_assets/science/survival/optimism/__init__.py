"""How much better a model looks on its own patients than on new ones, and its measures without that."""
