"""Every mutant must be caught. Run `make test-mutation`.

That is `pytest -p tests.mutation.report tests/mutation/check.py`. The folder `.astral/mutants` stores the
mutants that were caught with the same code and tests; they are skipped.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from itertools import chain

import pytest
from django.core.cache import cache as answers
from django.db import DatabaseError

from astral.precompiled_queries import PrecompiledQuery
from athletes.access.policy import Target, load_policy
from athletes.access.policy_document import PolicyEndpoint, list_endpoints
from athletes.access.viewer_queries import ViewerQuery
from tests.athletes.access.matrix import PUBLIC_ENDPOINTS, find_wrong_cells
from tests.athletes.access.world import World
from tests.mutation.policy_rows import RowMutant, iterate_row_mutants
from tests.mutation.syntax import CodeMutant, iterate_code_mutants
from tests.mutation.targets import EQUIVALENT, TARGETS, MutationTarget
from tests.support.paths import ROOT

CAUGHT_DIR = ROOT / ".astral" / "mutants"
APPS = ("astral", "athletes", "metrics", "coaching", "tests")
TEST_TIMEOUT_S = 300
ENDPOINT_CALLS = {
    f"{method} {endpoint.name}": (endpoint, method)
    for endpoint in list_endpoints()
    for method in load_policy().get(endpoint.name, {})
}
# The matrix omits public endpoints. The permissions document is built from the table and shows their rows.
POLICY_TESTS = ("tests/athletes/access/test_policy.py",)
# Tests of fields and lists, which the matrix does not check.
TESTS_BY_ENDPOINT = dict.fromkeys(
    ("organization-member", "organizations"),
    (
        "tests/athletes/organizations/test_organizations.py",
        "tests/athletes/organizations/test_members.py",
    ),
) | {
    "athlete": ("tests/athletes/accounts/test_athlete_api.py",),
    "clubs-page": ("tests/athletes/organizations/test_organization_page.py",),
}

ROW_MUTANTS = [
    pytest.param(mutant, id=str(mutant))
    for endpoint, method in ENDPOINT_CALLS.values()
    for mutant in iterate_row_mutants(endpoint, method)
    if str(mutant) not in EQUIVALENT
]
CODE_MUTANTS = [
    pytest.param(mutant, target, id=str(mutant))
    for target in TARGETS
    for function in target.functions
    for mutant in iterate_code_mutants(target.module, function)
    if str(mutant) not in EQUIVALENT
]


@cache
def _digest_sources() -> bytes:
    """Return a digest of all source files, on which every verdict depends."""
    sources = chain.from_iterable(sorted((ROOT / app).rglob("*.py")) for app in APPS)
    return sha256(b"\0".join(path.read_bytes() for path in sources)).digest()


@pytest.fixture(autouse=True)
def _skip_if_caught_before(request: pytest.FixtureRequest) -> Iterator[None]:
    """Skip a mutant that was caught before. Store a mutant that is caught now."""
    verdict = CAUGHT_DIR / sha256(_digest_sources() + request.node.name.encode()).hexdigest()[:32]
    if verdict.exists():
        pytest.skip("caught before")
    yield
    if request.node.stash.get(CAUGHT_KEY, False):
        CAUGHT_DIR.mkdir(parents=True, exist_ok=True)
        verdict.touch()


CAUGHT_KEY = pytest.StashKey[bool]()


@pytest.mark.django_db
@pytest.mark.parametrize("mutant", ROW_MUTANTS)
def test_mutated_policy_row_is_caught(request: pytest.FixtureRequest, world: World, mutant: RowMutant):
    original, restore = mutant.original_row, mutant.apply()
    try:
        caught = mutant.endpoint.name not in PUBLIC_ENDPOINTS and _is_caught_by_matrix(
            world, mutant.endpoint, mutant.method, original
        )
    finally:
        restore()
    tests = (
        POLICY_TESTS
        if mutant.endpoint.name in PUBLIC_ENDPOINTS
        else TESTS_BY_ENDPOINT.get(mutant.endpoint.name, ())
    )
    _assert_caught(request, caught or _is_caught_by_tests(mutant, tests))


@pytest.mark.django_db
@pytest.mark.parametrize(("mutant", "target"), CODE_MUTANTS)
def test_mutated_code_is_caught(
    request: pytest.FixtureRequest, world: World, mutant: CodeMutant, target: MutationTarget
):
    rows = [
        (*ENDPOINT_CALLS[name], load_policy()[ENDPOINT_CALLS[name][0].name][ENDPOINT_CALLS[name][1]])
        for name in target.endpoints
    ]
    restore = mutant.apply()
    _clear_compiled_queries()
    try:
        caught = any(_is_caught_by_matrix(world, *row) for row in rows)
    finally:
        restore()
        _clear_compiled_queries()
    _assert_caught(request, caught or _is_caught_by_tests(mutant, target.tests))


def _clear_compiled_queries() -> None:
    """Clear compiled statements and caches, which still have the results of the other code."""
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] in APPS]
    for value in {id(value): value for module in modules for value in vars(module).values()}.values():
        if isinstance(value, PrecompiledQuery | ViewerQuery):
            vars(getattr(value, "compiled", value)).pop("_statement", None)
        elif callable(clear := getattr(value, "cache_clear", None)):
            clear()


def _is_caught_by_matrix(world: World, endpoint: PolicyEndpoint, method: str, row: object) -> bool:
    """Whether an answer of the matrix is wrong, or a call raises."""
    answers.clear()
    try:
        return next(find_wrong_cells(world, endpoint, method, row), None) is not None  # type: ignore[arg-type]
    except (AssertionError, DatabaseError, KeyError, TypeError, ValueError, AttributeError):
        return True


def _is_caught_by_tests(mutant: RowMutant | CodeMutant, tests: tuple[str, ...]) -> bool:
    """Whether one of these tests fails in a process that starts with the mutant."""
    if not tests:
        return False
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "tests.mutation.mutant_process", *tests]
    excluded = ("PYTEST", "DATABASE_URL", "REDIS", "PG", "COV")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(excluded)}
    run = subprocess.run(
        command,
        cwd=ROOT,
        env=environment | {"ASTRAL_MUTANT": str(mutant)},
        capture_output=True,
        timeout=TEST_TIMEOUT_S,
        check=False,
    )
    assert run.returncode in (0, 1), run.stdout.decode()[-2000:]
    return run.returncode == 1


def _assert_caught(request: pytest.FixtureRequest, caught: bool) -> None:
    request.node.stash[CAUGHT_KEY] = caught
    assert caught, "No test notices."


def test_policy_uses_every_target():
    """No mutant changes `over`: only the matrix and the permissions document read it."""
    assert {row.over for methods in load_policy().values() for row in methods.values()} == set(Target)
