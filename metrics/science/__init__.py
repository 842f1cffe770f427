"""The sport science: pure functions in SI units, each named with its source in docs/FORMULAS.md."""
