"""Idempotency-Key: a POST that is sent again makes nothing new and gets the first answer.

The answer is stored in the transaction of what the call made, and kept for a day.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, cast

import orjson
from cryptography.fernet import Fernet
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import QueryDict
from django.utils.crypto import salted_hmac
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.errors import ApiError
from astral.http.renderers import JSONRenderer
from astral.http.views import IDEMPOTENCY_HEADER
from athletes.models import KeptAnswer
from athletes.rights import Viewer

REPLAYED_HEADER = "Idempotency-Replayed"
KEY_PATTERN = re.compile(r"[\x21-\x7e]{1,255}")
KEPT_FOR = timedelta(days=1)
LARGE_FILE_BYTES = 25_000_000  # a larger file is told apart by its name and size
Handler = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class KeyedCall:
    """A call with a key: who asks what. `question` is a digest of the method, address and body."""

    caller: str
    key: str
    question: str
    asked_at: datetime

    @property
    def digest(self) -> str:
        """A key works for its caller only, and the row does not name the caller."""
        return sha256(f"{self.caller} {self.key}".encode()).hexdigest()

    @property
    def seal(self) -> Fernet:
        """Nobody opens a kept answer without the key that the caller sent."""
        secret = salted_hmac("athletes.access.idempotency", self.key, algorithm="sha256").digest()
        return Fernet(urlsafe_b64encode(secret))


def answer_once(handler: Handler, now: datetime, request: Request, *args: Any, **kwargs: Any) -> Response:
    """Run the handler of a POST, or give the answer that the same key got before.

    Raises ApiError 400 INVALID_IDEMPOTENCY_KEY, 409 IDEMPOTENT_CALL_RUNNING while the first call runs, 422
    IDEMPOTENCY_KEY_REUSED for another body or address.
    """
    if request.user.is_anonymous:
        return handler(request, *args, **kwargs)
    call = _read_call(request, now)
    error: Exception | None = None
    with transaction.atomic():
        _refuse_if_running(call)
        if kept := KeptAnswer.objects.filter(pk=call.digest, kept_at__gt=call.asked_at - KEPT_FOR).first():
            return _replay(kept, call)
        try:
            answer = handler(request, *args, **kwargs)
        except Exception as raised:  # what a refused call writes on purpose stays, as without a key
            error = raised
        else:
            _keep(answer, call)
    if error is not None:
        raise error
    return answer


def delete_old_answers(now: datetime) -> None:
    KeptAnswer.objects.filter(kept_at__lt=now - KEPT_FOR).delete()


def _read_call(request: Request, now: datetime) -> KeyedCall:
    key = request.headers[IDEMPOTENCY_HEADER]
    if not KEY_PATTERN.fullmatch(key):
        sentence = "The Idempotency-Key is 1 to 255 visible ASCII characters, such as a UUID."
        raise ApiError("INVALID_IDEMPOTENCY_KEY", sentence, field=IDEMPOTENCY_HEADER)
    kind, identifier, _ = cast(Viewer, request.user).log_identity
    question = sha256(f"{request.method} {request.get_full_path()}\n".encode())
    for part in _read_body(request.data):
        question.update(part)
    return KeyedCall(f"{kind} {identifier}", key, question.hexdigest(), now)


def _read_body(data: Any) -> Iterator[bytes]:
    """What tells two bodies apart: JSON in a fixed order, or the fields and files of a form."""
    if not isinstance(data, QueryDict):
        try:
            yield orjson.dumps(data, option=orjson.OPT_SORT_KEYS, default=str)
        except orjson.JSONEncodeError as error:  # orjson reads deeper levels than it writes
            raise ParseError("The body has too many levels.", "INVALID_JSON") from error
        return
    for name, values in sorted(data.lists()):
        for value in values:
            yield f"\n{name}: ".encode()
            yield from _read_file(value) if isinstance(value, UploadedFile) else [str(value).encode()]


def _read_file(file: UploadedFile[Any]) -> Iterator[bytes]:
    yield f"{file.name} {file.size}\n".encode()
    if (file.size or 0) <= LARGE_FILE_BYTES:
        yield from file.chunks()
        file.seek(0)


def _refuse_if_running(call: KeyedCall) -> None:
    """Only one call with this key at a time. The lock ends with the transaction."""
    number = int.from_bytes(bytes.fromhex(call.digest)[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            sentence = "A call with this Idempotency-Key is still running. Send it again in a moment."
            raise ApiError("IDEMPOTENT_CALL_RUNNING", sentence, 409)


def _replay(kept: KeptAnswer, call: KeyedCall) -> Response:
    if kept.question != call.question:
        sentence = "This Idempotency-Key was used for another call. Use a new key for each call."
        raise ApiError("IDEMPOTENCY_KEY_REUSED", sentence, 422, field=IDEMPOTENCY_HEADER)
    data = orjson.loads(call.seal.decrypt(bytes(kept.sealed)))
    return Response(data, kept.status, headers={REPLAYED_HEADER: "true"})


def _keep(answer: Response, call: KeyedCall) -> None:
    """Keep an answer of success. A refused call made nothing, so it can be sent again."""
    if not 200 <= answer.status_code < 300:
        return
    sealed = call.seal.encrypt(JSONRenderer().render(answer.data) or b"null")
    KeptAnswer.objects.filter(pk=call.digest).delete()  # one of yesterday
    KeptAnswer.objects.create(
        digest=call.digest,
        question=call.question,
        status=answer.status_code,
        sealed=sealed,
        kept_at=call.asked_at,
    )
