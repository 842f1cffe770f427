"""GET /api/schema is made once per process, for all callers alike."""

from __future__ import annotations

import gzip
import json
import os

from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from astral.http.renderers import dumps
from tests.support.python_process import run_python

PATH = "/api/schema"
# Eight threads of a fresh process call at the same moment, eight times each.
CALL_FROM_THREADS = """
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
import astral.wsgi
from django.test import Client
barrier = Barrier(8)
def send_requests(_):
    client = Client(raise_request_exception=False)
    barrier.wait()
    answers = [client.get("/api/schema") for _ in range(8)]
    return [(answer.status_code, answer.headers.get("ETag")) for answer in answers]
with ThreadPoolExecutor(8) as threads:
    answers = [answer for some in threads.map(send_requests, range(8)) for answer in some]
print(json.dumps([[*answer, count] for answer, count in Counter(answers).items()]))
"""


def test_concurrent_first_calls_of_a_process_get_the_same_document():
    names = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL")
    inherited = {name: os.environ[name] for name in names if name in os.environ}
    ended = run_python("-c", CALL_FROM_THREADS, **inherited | {"ASTRAL_ENV": "test"})
    assert ended.returncode == 0, ended.stderr
    answers = json.loads(ended.stdout)
    assert [(status, count) for status, _, count in answers] == [(200, 64)], answers
    assert answers[0][1] == Client().get(PATH).headers["ETag"], "two processes give two documents"


def test_schema_is_the_same_for_every_host():
    documents = {Client().get(PATH, headers={"Host": host}).content for host in ("testserver", "localhost")}
    assert documents == {Client().get(PATH).content}
    assert [server["url"] for server in json.loads(documents.pop())["servers"]] == ["/"]


def test_schema_equals_one_generated_for_a_request():
    answer = Client().get(PATH)
    generated = SchemaGenerator().get_schema(request=answer.wsgi_request, public=True)
    assert answer.content == dumps(generated)
    assert answer.headers["Content-Disposition"] == 'inline; filename="Astral.json"'


def test_schema_is_revalidated_by_its_strong_etag():
    answer = Client().get(PATH)
    etag = answer.headers["ETag"]
    assert not etag.startswith("W/")
    assert answer.headers["Cache-Control"] == "public, no-cache"
    for sent in (etag, f'"other", W/{etag}', "*"):
        again = Client().get(PATH, headers={"If-None-Match": sent})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert Client().get(PATH, headers={"If-None-Match": '"other"'}).status_code == 200


def test_schema_is_compressed_for_those_who_accept_gzip():
    plain = Client().get(PATH)
    small = Client().get(PATH, headers={"Accept-Encoding": "br, gzip"})
    assert (small.headers["Content-Encoding"], gzip.decompress(small.content)) == ("gzip", plain.content)
    assert small.headers["ETag"] != plain.headers["ETag"], "one strong ETag names one sequence of bytes"
    assert "Accept-Encoding" in plain.headers["Vary"]
    refused = Client().get(PATH, headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert "Content-Encoding" not in refused.headers
