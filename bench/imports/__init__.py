"""The speed of imports: `python -m bench.imports`."""
