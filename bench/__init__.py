"""Benchmarks. Each module prints its times, the targets and a floor."""
