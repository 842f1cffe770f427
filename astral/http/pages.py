"""What every server-rendered page shares: strict questions, errors in plain words, and nothing kept by a cache."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import View
from rest_framework.exceptions import MethodNotAllowed

from astral.http.error_pages import render_error_page
from astral.http.errors import build_exception_response, flatten_field_errors
from astral.http.fields import StrictSerializer, TextField, check_field_names
from astral.http.views import check_encoding

MAX_URL_LENGTH = 1_000
FRAMEWORK_FIELDS = ("csrfmiddlewaretoken",)
# Of a random length, so that its size tells nobody what a page holds (BREACH).
_GZIP = GZipMiddleware(lambda request: HttpResponse())


class Page(View):
    """A page. `query_serializer_class` is what its query string may say; without one it may say nothing."""

    http_method_names = ["get", "post", "head"]
    template_name: ClassVar[str]
    query_serializer_class: ClassVar[type[StrictSerializer]] = StrictSerializer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            answer = self._respond(request, *args, **kwargs)
        except Exception as error:
            answer = self._error_response(request, error)
        answer.headers.setdefault("Cache-Control", "private, no-store")
        patch_vary_headers(answer, ["Cookie"])
        return _GZIP.process_response(request, answer)

    def _respond(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        method = (request.method or "").lower()
        handler = getattr(self, method, None) if method in self.http_method_names else None
        if handler is None:
            raise MethodNotAllowed(method)
        turned_away = self.check_access(request)
        if turned_away is not None:
            return turned_away
        check_encoding(request)
        check_field_names(self.given(), self.parameters())
        answer: HttpResponseBase = handler(request, *args, **kwargs)
        return answer

    def _error_response(self, request: HttpRequest, error: Exception) -> HttpResponse:
        """The API's answer to the same error, in plain words; what the API has no answer for goes on."""
        answer = build_exception_response(error, {})
        if answer is None:
            raise error
        told = [f"{fault['field']}: {fault['message']}" for fault in answer.data["details"].get("errors", ())]
        headers = {name: answer.headers[name] for name in ("Retry-After",) if name in answer.headers}
        if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(
                name.upper() for name in self.http_method_names if hasattr(self, name)
            )
        return render_error_page(request, answer.status_code, answer.data["error"], told, headers)

    def check_access(self, request: HttpRequest) -> HttpResponseBase | None:
        """The answer for whoever may not come in; None for who may. Raises PermissionDenied."""
        raise NotImplementedError

    def parameters(self) -> Iterable[str]:
        """What the query string may say; the values are judged by whoever asks for them."""
        return self.query_serializer_class._declared_fields

    def given(self) -> QueryDict:
        """The query string without what was left empty: a form sends its empty fields too."""
        return remove_empty_fields(self.request.GET)

    def parse_query(self, **context: Any) -> dict[str, Any]:
        return self.query_serializer_class.parse(self.given(), **context)

    def context(self) -> dict[str, Any]:
        """What every template of this kind of page is given."""
        return {}

    def page(self, template_name: str = "", **context: Any) -> HttpResponse:
        return render(self.request, template_name or self.template_name, self.context() | context)


class NextUrlForm(StrictSerializer):
    """A form that leads to where it stood; `safe_redirect_url` judges the address."""

    next = TextField(
        required=False, allow_blank=True, max_length=MAX_URL_LENGTH, help_text="Where to go then."
    )


def remove_empty_fields(given: QueryDict) -> QueryDict:
    kept = QueryDict(mutable=True)
    for name, values in given.lists():
        kept.setlist(name, [value for value in values if value != ""])
        if not kept.getlist(name):
            del kept[name]
    return kept


def form_data(request: HttpRequest) -> QueryDict:
    """The fields of a form that was sent, without the frame's own; empty ones are there."""
    fields = request.POST.copy()
    for name in FRAMEWORK_FIELDS:
        fields.pop(name, None)
    return fields


def errors_by_field(detail: Any) -> Mapping[str, str]:
    """What is wrong with each field of a form, in one text each; under `form` what is wrong with all of it."""
    told: dict[str, str] = {}
    for fault in flatten_field_errors(detail):
        field = fault.field or "form"
        told[field] = f"{told[field]} {fault.message}" if field in told else fault.message
    return told


def safe_redirect_url(request: HttpRequest, address: str, otherwise: str) -> str:
    """`address` where it leads to a page of this server, so that nobody is sent elsewhere by a link."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    ours = address.startswith("/") and len(address) <= MAX_URL_LENGTH and address.isprintable()
    return address if safe and ours and not address.startswith("/api/") else otherwise
