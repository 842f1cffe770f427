"""Counts every answer, and gives the metrics to those who may read them."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST

from astral.http.middleware.caller import get_client_address
from astral.instruments import REQUEST_SECONDS, REQUESTS
from astral.monitoring.scrape import build_scrape

METRICS_PATH = "/metrics"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class MetricsMiddleware:
    """The outermost middleware. A scrape is neither counted nor logged, and works with any host name.

    For others the address does not exist: they get the usual 404.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == METRICS_PATH and request.method == "GET" and may_read_metrics(request):
            body = build_scrape(timezone.now())
            return HttpResponse(body, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
        started = time.perf_counter()
        answer = self.get_response(request)
        method = request.method if request.method in METHODS else "other"
        route = get_route(request)
        REQUESTS.labels(method, route, str(answer.status_code)).inc()
        REQUEST_SECONDS.labels(method, route).observe(time.perf_counter() - started)
        return answer


def may_read_metrics(request: HttpRequest) -> bool:
    """Whether the request has METRICS_TOKEN, or comes from a network of METRICS_NETWORKS."""
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and constant_time_compare(sent, settings.METRICS_TOKEN):
        return True
    address = get_client_address(request) if settings.METRICS_NETWORKS else None
    try:
        return address is not None and any(ip_address(address) in net for net in settings.METRICS_NETWORKS)
    except ValueError:  # a unix socket
        return False


def get_route(request: HttpRequest) -> str:
    """The pattern of the address, such as /api/v1/activities/<id:activity_id>. It holds no id.

    Files are "static". "unmatched": there is no such address, or the request was refused before.
    """
    if request.path.startswith(settings.STATIC_URL):
        return "static"
    match = request.resolver_match
    return f"/{match.route}" if match else "unmatched"
