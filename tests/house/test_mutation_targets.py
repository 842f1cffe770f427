"""The mutation run is long and rare: what it names must exist on every run of the suite."""

from __future__ import annotations

from pathlib import Path

from tests.mutation import check
from tests.mutation.check import ENDPOINT_CALLS
from tests.mutation.policy_rows import iterate_row_mutants
from tests.mutation.syntax import iterate_code_mutants
from tests.mutation.targets import EQUIVALENT, TARGETS
from tests.support.paths import ROOT


def test_mutation_targets_name_functions_calls_and_tests_that_exist():
    for target in TARGETS:
        for function in target.functions:
            list(iterate_code_mutants(target.module, function))  # LookupError: there is no such function
        assert set(target.asked) <= ENDPOINT_CALLS.keys()
        for test in target.tests:
            path, _, function = test.partition("::")
            assert (ROOT / path).exists(), test
            assert not function or f"def {function}(" in Path(ROOT / path).read_text(), test


def test_every_equivalent_mutant_is_one_that_is_made():
    made = {
        str(mutant)
        for endpoint, method in ENDPOINT_CALLS.values()
        for mutant in iterate_row_mutants(endpoint, method)
    }
    made |= {
        str(mutant)
        for target in TARGETS
        for function in target.functions
        for mutant in iterate_code_mutants(target.module, function)
    }
    assert sorted(EQUIVALENT.keys() - made) == []


def test_a_mutated_process_fails_a_test_that_notices():
    """The run in a process of its own works at all: a known mutant is caught there."""
    mutant = next(iter(iterate_code_mutants("astral.caching.key", "CacheKey.digest")))
    assert check._is_caught_by_tests(mutant, ("tests/astral/caching/test_key.py",))
