"""The authorization matrix: every endpoint × method × persona × owner against the policy table.

Each call is rolled back. Every answer is searched for data that the caller may not see.
"""

from __future__ import annotations

import pytest

from athletes.access.policy import PolicyRow, load_policy
from athletes.access.policy_document import PolicyEndpoint, list_endpoints
from tests.athletes.access.expected_access import list_owners
from tests.athletes.access.matrix import PUBLIC_ENDPOINTS, find_wrong_cells
from tests.athletes.access.world import PERSONAS, World

ROWS = [
    pytest.param(endpoint, method, row, id=f"{method} {endpoint.address}")
    for endpoint in list_endpoints()
    for method, row in load_policy().get(endpoint.name, {}).items()
    if endpoint.name not in PUBLIC_ENDPOINTS
]


@pytest.mark.django_db
@pytest.mark.parametrize(("endpoint", "method", "row"), ROWS)
def test_answers_match_the_policy_row(world: World, endpoint: PolicyEndpoint, method: str, row: PolicyRow):
    assert all(any(list_owners(endpoint, row, persona)) for persona in PERSONAS)
    assert list(find_wrong_cells(world, endpoint, method, row)) == []


def test_matrix_covers_more_than_45_policy_rows():
    assert len(ROWS) > 45
