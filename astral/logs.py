"""Structured logs: one line per event, with the request id; JSON in production."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from contextvars import ContextVar
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.utils.crypto import salted_hmac
from structlog.typing import EventDict, Processor, WrappedLogger

_ID = r"\b[a-z]{2,5}_[0-7][0-9a-hjkmnp-tv-z]{25}\b|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"
_ADDRESS = r"[^\s@\"'<>()=]{1,64}@[^\s@\"'<>()=]{1,255}"
_ROW = r"DETAIL:.*"  # PostgreSQL quotes the rejected row
_SECRET = r"(?<=/calendar/)[^/\s]+(?=\.ics)"  # of an address that shows a calendar
_PERSONAL_DATA = re.compile(f"(?P<row>{_ROW})|(?P<secret>{_SECRET})|(?P<id>{_ID})|(?P<address>{_ADDRESS})")

_SHARED_PROCESSORS: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

_EVENTS, _REQUESTS = "astral.events", "astral.request"
_events = structlog.get_logger(_EVENTS)
_REFUSED_STATUSES = {401, 403, 429}
_request_has_event: ContextVar[bool] = ContextVar("request_has_event", default=False)


class SecurityFilter(logging.Filter):
    """Keeps events about access rights, refused requests, and the request line of each event."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == _EVENTS:
            return True
        status = record.msg.get("status") if isinstance(record.msg, dict) else None
        return record.name == _REQUESTS and (status in _REFUSED_STATUSES or _request_has_event.get())


def forget_events_of_request() -> None:
    """A new request begins on this thread."""
    _request_has_event.set(False)


def redact_personal_data(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace ids, e-mail addresses, secrets and rows: deleting an account does not delete log lines.

    The request id stays, although it may look like an id, because it finds the lines of a request.
    """
    return {
        name: _PERSONAL_DATA.sub(_build_placeholder, text)
        if isinstance(text, str) and name != "request_id"
        else text
        for name, text in event.items()
    }


def _build_placeholder(found: re.Match[str]) -> str:
    return f"<{found.lastgroup}>"


def opaque_id(key: object) -> str:
    """A name for a row that only this server can compute from its id.

    Once an account is deleted, nothing links its log lines to a person.
    """
    return salted_hmac("astral.logs", str(key), algorithm="sha256").hexdigest()[:16]


def name_subject(athlete_id: object) -> None:
    """Add to the log line of this request whose data was asked for, as an opaque id."""
    structlog.contextvars.bind_contextvars(about=opaque_id(athlete_id))


def log_event(event: str, **rows: object) -> None:
    """A line for operators about an access right, once the transaction commits.

    `rows` are ids. They are logged as opaque ids.
    """
    _request_has_event.set(True)
    transaction.on_commit(partial(_events.info, event, **_build_opaque_ids(rows)))


def log_refusal(event: str, **rows: object) -> None:
    """The same about something refused. The line is written at once: an error may end the transaction."""
    _request_has_event.set(True)
    _events.info(event, **_build_opaque_ids(rows))


def _build_opaque_ids(rows: Mapping[str, object]) -> dict[str, str]:
    return {name: opaque_id(key) for name, key in rows.items()}


def configure_structlog() -> None:
    structlog.configure(
        processors=[*_SHARED_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def build_logging_config(style: str, security_log: str = "") -> dict[str, Any]:
    """Django's LOGGING for `json` or `console` lines. Lines of libraries get the request id, too.

    `security_log`: a file that also gets the lines that SecurityFilter keeps, as JSON.
    """
    loggers: dict[str, dict[str, Any]] = {
        "astral": {"level": "INFO"},
        "django.request": {"level": "ERROR"},
        "axes": {"level": "ERROR"},
    }
    handlers: dict[str, dict[str, Any]] = {
        "stderr": {"class": "logging.StreamHandler", "formatter": "lines"},
    }
    if security_log:
        loggers["astral"]["handlers"] = ["security"]
        handlers["security"] = {
            "class": "logging.handlers.WatchedFileHandler",  # logrotate may move the file
            "filename": security_log,
            "delay": True,
            "formatter": "json_lines",
            "filters": ["security"],
        }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": _build_formatter(style), "json_lines": _build_formatter("json")},
        "filters": {"security": {"()": SecurityFilter}},
        "handlers": handlers,
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": loggers,
    }


def _build_formatter(style: str) -> dict[str, Any]:
    renderer = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact_personal_data,
            renderer,
        ],
        "foreign_pre_chain": _SHARED_PROCESSORS,
    }
