"""The base of all server-rendered pages: strict query strings, error pages, and no caching."""

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
from astral.http.errors import build_exception_response, flatten_field_errors, get_page_sentence
from astral.http.fields import StrictSerializer, TextField, check_field_names
from astral.http.views import check_encoding

MAX_URL_LENGTH = 1_000
FRAMEWORK_FIELDS = ("csrfmiddlewaretoken",)
# GZipMiddleware adds random bytes, so that the size does not reveal the content (BREACH).
_GZIP = GZipMiddleware(lambda request: HttpResponse())


class Page(View):
    """A page. `query_serializer_class` lists its query parameters; by default there are none."""

    http_method_names = ["get", "post", "head"]
    template_name: ClassVar[str]
    query_serializer_class: ClassVar[type[StrictSerializer]] = StrictSerializer
    max_form_bytes: ClassVar[int | None] = None  # None: as DATA_UPLOAD_MAX_MEMORY_SIZE

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
        refusal = self.check_access(request)
        if refusal is not None:
            return refusal
        check_encoding(request)
        check_field_names(self.given(), self.parameters())
        answer: HttpResponseBase = handler(request, *args, **kwargs)
        return answer

    def _error_response(self, request: HttpRequest, error: Exception) -> HttpResponse:
        """The error page with the API's status and text. Raises the error again if the API has no response for it."""
        answer = build_exception_response(error, {})
        if answer is None:
            raise error
        messages = [
            f"{fault['field']}: {fault['message']}" for fault in answer.data["details"].get("errors", ())
        ]
        headers = {name: answer.headers[name] for name in ("Retry-After",) if name in answer.headers}
        if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(
                name.upper() for name in self.http_method_names if hasattr(self, name)
            )
        sentence = get_page_sentence(answer.status_code, answer.data["error"])
        return render_error_page(request, answer.status_code, sentence, messages, headers)

    def check_access(self, request: HttpRequest) -> HttpResponseBase | None:
        """A response that refuses access, such as a redirect to sign in; None to allow it. Raises PermissionDenied."""
        raise NotImplementedError

    def parameters(self) -> Iterable[str]:
        """The allowed names in the query string. Values are validated where they are read."""
        return self.query_serializer_class._declared_fields

    def given(self) -> QueryDict:
        """The query string without empty values: a form also sends its empty fields."""
        return remove_empty_fields(self.request.GET)

    def parse_query(self, **context: Any) -> dict[str, Any]:
        return self.query_serializer_class.parse(self.given(), **context)

    def context(self) -> dict[str, Any]:
        """The context that all templates of this kind of page need."""
        return {}

    def page(self, template_name: str = "", **context: Any) -> HttpResponse:
        return render(self.request, template_name or self.template_name, self.context() | context)


class NextUrlForm(StrictSerializer):
    """A form that returns to the page it was on. Check the address with `safe_redirect_url`."""

    next = TextField(
        required=False, allow_blank=True, max_length=MAX_URL_LENGTH, help_text="The page to show afterwards."
    )


def remove_empty_fields(given: QueryDict) -> QueryDict:
    filled = QueryDict(mutable=True)
    for name, values in given.lists():
        if filled_values := [value for value in values if value != ""]:
            filled.setlist(name, filled_values)
    return filled


def form_data(request: HttpRequest) -> QueryDict:
    """The fields of a sent form, including empty ones, without the CSRF token."""
    fields = request.POST.copy()
    for name in FRAMEWORK_FIELDS:
        fields.pop(name, None)
    return fields


def errors_by_field(detail: Any) -> Mapping[str, str]:
    """One error text for each field of a form; errors of the whole form are under `form`."""
    texts: dict[str, str] = {}
    for error in flatten_field_errors(detail):
        field = error.field or "form"
        texts[field] = f"{texts[field]} {error.message}" if field in texts else error.message
    return texts


def safe_redirect_url(request: HttpRequest, address: str, otherwise: str) -> str:
    """`address` if it is a page of this server, else `otherwise`. This prevents redirects to other sites."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    is_page = address.startswith("/") and len(address) <= MAX_URL_LENGTH and address.isprintable()
    return address if safe and is_page and not address.startswith("/api/") else otherwise
