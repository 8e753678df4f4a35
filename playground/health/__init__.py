"""How healthy a run is: what flows through every layer, verdicts in plain words, and experiments that may cure it."""
