"""Every endpoint × method × persona × owner: what the policy table promises against what is answered.

Each call is taken back. Every answer is looked through for what its caller may not know.
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
def test_every_cell_of_the_matrix(world: World, endpoint: PolicyEndpoint, method: str, row: PolicyRow):
    assert all(any(list_owners(endpoint, row, persona)) for persona in PERSONAS)
    assert list(find_wrong_cells(world, endpoint, method, row)) == []


def test_a_row_that_nobody_has_is_not_forgotten():
    assert len(ROWS) > 45
