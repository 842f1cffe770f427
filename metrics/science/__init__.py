"""The sport science: pure functions in SI units. docs/FORMULAS.md names each one with its source."""
