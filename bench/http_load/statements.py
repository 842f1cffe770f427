"""The statements of answers as they are sent: `python -m bench.http_load.statements`, [path, token] pairs as JSON on standard input.

Prints a JSON list of lists of SQL, without what signing in asks.
"""

from __future__ import annotations

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.http_load.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

EMPTY_URL = "/api/bench/empty"


def capture_statements(path: str, token: str) -> list[str]:
    client = Client(SERVER_NAME="localhost", headers={"Authorization": f"Bearer {token}"})
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{answer.status_code} for {path}")
    return [query["sql"] for query in captured]


def main() -> None:
    asked: list[tuple[str, str]] = json.load(sys.stdin)
    signing_in = len(capture_statements(EMPTY_URL, asked[0][1]))
    for path, token in asked:
        capture_statements(path, token)  # what is behind is renewed before the one that counts
    print(json.dumps([capture_statements(path, token)[signing_in:] for path, token in asked]))


if __name__ == "__main__":
    main()
