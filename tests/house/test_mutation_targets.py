"""The mutation run is long and rare, so the suite checks that everything it names exists."""

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
            list(iterate_code_mutants(target.module, function))  # LookupError without this function
        assert set(target.endpoints) <= ENDPOINT_CALLS.keys()
        for test in target.tests:
            path, _, function = test.partition("::")
            assert (ROOT / path).exists(), test
            assert not function or f"def {function}(" in Path(ROOT / path).read_text(), test


def test_equivalent_mutants_exist():
    existing = {
        str(mutant)
        for endpoint, method in ENDPOINT_CALLS.values()
        for mutant in iterate_row_mutants(endpoint, method)
    }
    existing |= {
        str(mutant)
        for target in TARGETS
        for function in target.functions
        for mutant in iterate_code_mutants(target.module, function)
    }
    assert sorted(EQUIVALENT.keys() - existing) == []


def test_known_mutant_is_caught_in_its_own_process():
    """Proves that mutants work in another process."""
    mutant = next(iter(iterate_code_mutants("astral.caching.key", "CacheKey.digest")))
    assert check._is_caught_by_tests(mutant, ("tests/astral/caching/test_key.py",))
