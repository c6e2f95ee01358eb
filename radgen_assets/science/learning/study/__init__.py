"""A study's fit from marts to its result: who takes part, the model and its baseline, what is measured."""
