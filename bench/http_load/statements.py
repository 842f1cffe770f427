"""Print the SQL statements of answers: `python -m bench.http_load.statements`.

It reads [path, token] pairs as JSON from stdin. It prints a JSON list of lists of SQL, without the sign-in.
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
    paths_and_tokens: list[tuple[str, str]] = json.load(sys.stdin)
    sign_in_count = len(capture_statements(EMPTY_URL, paths_and_tokens[0][1]))
    for path, token in paths_and_tokens:
        capture_statements(path, token)  # renews outdated snapshots before the request that counts
    print(json.dumps([capture_statements(path, token)[sign_in_count:] for path, token in paths_and_tokens]))


if __name__ == "__main__":
    main()
