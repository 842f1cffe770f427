"""What will go away says so: in headers, and in the schema."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from astral.http.deprecation import Deprecation, build_headers
from tests.astral.http import deprecated_urls

pytestmark = pytest.mark.urls("tests.astral.http.deprecated_urls")
NAMES = ("Deprecation", "Sunset", "Link")


def read_headers(answer: Any) -> dict[str, str]:
    return {name: answer.headers[name] for name in NAMES if name in answer.headers}


def test_deprecated_call_says_since_when_and_until_when():
    answer = Client().post("/api/v1/words", content_type="application/json")
    assert answer.status_code == 201
    assert read_headers(answer) == {
        "Deprecation": "@1767225600",
        "Sunset": "Wed, 01 Jul 2026 00:00:00 GMT",
        "Link": '</api/docs>; rel="deprecation"; type="text/html"',
    }


def test_deprecated_parameter_says_so_only_if_it_is_sent():
    assert read_headers(Client().get("/api/v1/words?text=a")) == {}
    answer = Client().get("/api/v1/words?word=a")
    assert answer.json()["data"] == {"word": "a"}
    assert read_headers(answer) == {
        "Deprecation": "@1772323200",
        "Link": '</words>; rel="deprecation"; type="text/html"',
    }


def test_refused_call_has_the_headers_too():
    answer = Client().get("/api/v1/words?word=a&x=1")
    assert answer.status_code == 400
    assert "Deprecation" in answer.headers


def test_several_deprecations_give_the_earliest_days():
    late = Deprecation(date(2026, 2, 1), "x", sunset=date(2027, 1, 1), address="/late")
    early = Deprecation(date(2026, 1, 1), "x", sunset=date(2026, 12, 1), address="/early")
    assert build_headers([late, early]) == {
        "Deprecation": "@1767225600",
        "Sunset": "Tue, 01 Dec 2026 00:00:00 GMT",
        "Link": '</late>; rel="deprecation"; type="text/html", </early>; rel="deprecation"; type="text/html"',
    }
    assert build_headers([]) == {}


def test_end_before_180_days_is_refused():
    with pytest.raises(ValueError, match="at least 180 days"):
        Deprecation(date(2026, 1, 1), "Use GET.", sunset=date(2026, 6, 29))


def test_schema_marks_call_and_parameter_as_deprecated():
    generator = SchemaGenerator(patterns=deprecated_urls.urlpatterns[:1])
    document = generator.get_schema(request=None, public=True)
    item = document["paths"]["/api/v1/words"]
    assert item["post"]["deprecated"] is True
    assert "deprecated" not in item["get"]
    marks = {one["name"]: (one.get("deprecated"), one["description"]) for one in item["get"]["parameters"]}
    assert marks == {
        "word": (True, "A word. Deprecated since 2026-03-01. Send text."),
        "text": (None, "A text."),
    }
