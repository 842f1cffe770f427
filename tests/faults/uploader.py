"""A client that uploads one new recording after the other."""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta
from itertools import count
from threading import Event, Lock
from uuid import uuid4

from django.utils import timezone

from metrics.files.xml.writer import encode_fit
from tests.support.processes import WebServer, wait_until
from tests.support.recordings import build_steady_run

UPLOAD = "/api/v1/activities/upload"


class Uploader:
    """A refused recording is sent again. `broken` counts calls without an answer."""

    def __init__(self, web: WebServer, token: str) -> None:
        self.web, self.token = web, token
        self.stop, self.lock = Event(), Lock()
        self.statuses: Counter[int] = Counter()
        self.acknowledged = self.broken = self.without_retry_after = 0
        self.numbers = count()

    def run(self, _: int = 0) -> None:
        """In as many threads as there are to be clients."""
        while not self.stop.is_set():
            with self.lock:
                started_at = timezone.now() - timedelta(hours=next(self.numbers))
            content = encode_fit(build_steady_run(started_at, duration_s=60))
            while not self.send(content) and not self.stop.is_set():
                time.sleep(0.05)

    def wait_for(self, uploads: int, timeout_s: float) -> None:
        """Until so many more are acknowledged."""
        enough = self.acknowledged + uploads
        wait_until(lambda: self.acknowledged >= enough, timeout_s)

    def send(self, content: bytes) -> bool:
        boundary = uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="run.fit"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        try:
            status, _, headers = self.web.call(UPLOAD, self.token, body, "POST", Content_Type=kind)
        except OSError:
            with self.lock:
                self.broken += 1
            return False
        with self.lock:
            self.statuses[status] += 1
            self.acknowledged += status in (200, 201)
            self.without_retry_after += status == 503 and "Retry-After" not in headers
        return status in (200, 201)
