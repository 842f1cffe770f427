"""Addresses and answers of the organization API, for tests."""

from __future__ import annotations

from typing import Any

from athletes.models import Athlete, Organization, User
from tests.support.cast import ApiClient

CLUBS = "/api/v1/organizations"


def org_url(club: Organization, *rest: str) -> str:
    return "/".join([CLUBS, club.public_id, *rest])


def read_names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row.get("username", row.get("name")) for row in answer.json()["data"]]


def version(club: Organization) -> int:
    return Organization.objects.values_list("version", flat=True).get(pk=club.pk)


def data_version(user: User) -> int:
    return Athlete.objects.values_list("data_version", flat=True).get(pk=user.pk)


def patch_member(who: User, member_user: User, body: dict[str, Any], club: Organization) -> Any:
    return ApiClient(who).send_json("patch", org_url(club, "members", member_user.public_id), body)
