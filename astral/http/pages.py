"""The base of all server-rendered pages: strict query strings, error pages, and no caching."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import View
from rest_framework.exceptions import MethodNotAllowed, ValidationError

from astral.http.error_pages import render_error_page
from astral.http.errors import ApiError, build_exception_response, get_page_sentence
from astral.http.field_names import check_field_names
from astral.http.fields import StrictSerializer, TextField
from astral.http.forms import SerializerForm, form_data, remove_empty_fields
from astral.http.views import check_encoding

MAX_URL_LENGTH = 1_000
# GZipMiddleware adds random bytes, so that the size does not reveal the content (BREACH).
_GZIP = GZipMiddleware(lambda request: HttpResponse())


class Page(View):
    """A page. `query_serializer_class` lists its query parameters; by default there are none."""

    http_method_names = ["get", "post", "head"]
    template_name: ClassVar[str]
    query_serializer_class: ClassVar[type[StrictSerializer]] = StrictSerializer
    max_form_bytes: ClassVar[int | None] = None  # None: as DATA_UPLOAD_MAX_MEMORY_SIZE
    form_token: str = ""

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
        self.load_target()
        answer: HttpResponseBase = handler(request, *args, **kwargs)
        return answer

    def _error_response(self, request: HttpRequest, error: Exception) -> HttpResponse:
        """The error page with the API's status and text. Raises other errors again."""
        answer = build_exception_response(error, {})
        if answer is None:
            raise error
        texts = [
            f"{fault['field']}: {fault['message']}" for fault in answer.data["details"].get("errors", ())
        ]
        headers = {name: answer.headers[name] for name in ("Retry-After",) if name in answer.headers}
        if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(
                name.upper() for name in self.http_method_names if hasattr(self, name)
            )
        sentence = get_page_sentence(answer.status_code, answer.data["error"])
        return render_error_page(request, answer.status_code, sentence, texts, headers)

    def check_access(self, request: HttpRequest) -> HttpResponseBase | None:
        """A response that refuses access, such as a redirect to sign in, or None. Raises PermissionDenied."""
        raise NotImplementedError

    def load_target(self) -> None:
        """Load what the address names (`self.kwargs`), before the body is read. Raises 403 or 404."""

    def parameters(self) -> Iterable[str]:
        """The allowed names in the query string. Values are validated where they are read."""
        return self.query_serializer_class._declared_fields

    def given(self) -> QueryDict:
        """The query string without empty values: a form also sends its empty fields."""
        return remove_empty_fields(self.request.GET)

    def parse_query(self, **context: Any) -> dict[str, Any]:
        return self.query_serializer_class.parse(self.given(), **context)

    def save_once(self, save: Callable[[], HttpResponse]) -> HttpResponse:
        """Save a valid form. `ProtectedPage` saves a form that was sent twice once, by its `form_token`."""
        return save()

    def context(self) -> dict[str, Any]:
        """The context that all templates of this kind of page need."""
        return {}

    def page(self, template_name: str = "", **context: Any) -> HttpResponse:
        return render(self.request, template_name or self.template_name, self.context() | context)


class FormTargetPage(Page):
    """A page that receives a form.

    It saves valid values. Otherwise it shows the form again, with the typed values and the errors.
    """

    form_class: ClassVar[type[SerializerForm]]

    def post(self, request: HttpRequest, **address: str) -> HttpResponse:
        form = self.build_form(form_data(request))
        if form.is_valid():
            try:
                self.form_token = form.sent_token
                return self.save_once(lambda: self.save(form.cleaned_data))
            except (ValidationError, ApiError) as refusal:
                form.add_refusal(refusal)
        return self.render_form(form)

    def build_form(self, data: QueryDict | None = None) -> SerializerForm:
        """The form; `data`: the sent fields, None to show the form for the first time."""
        return self.form_class(data)

    def save(self, values: dict[str, Any]) -> HttpResponse:
        """Make the change and redirect.

        Raises ApiError or ValidationError for a refusal to show in the form.
        """
        raise NotImplementedError

    def render_form(self, form: SerializerForm) -> HttpResponse:
        return self.page(form=form)


class FormPage(FormTargetPage):
    """A page around one form, which is sent to the page itself."""

    def get(self, request: HttpRequest, **address: str) -> HttpResponse:
        return self.render_form(self.build_form())


class NextUrlFields(StrictSerializer):
    """`next`: the page to return to. Check it with `safe_redirect_url`."""

    next = TextField(
        required=False, allow_blank=True, max_length=MAX_URL_LENGTH, help_text="The page to show afterwards."
    )


class ActionPage(Page):
    """Runs the action of a button on another page.

    Then it redirects to a page with a notice, or with a warning if the action is refused. `undo_url`: the
    action of the Undo button in the notice; `apply_change` sets it, and without it there is no button.
    """

    serializer_class: ClassVar[type[StrictSerializer]] = StrictSerializer
    return_page: ClassVar[str]  # the URL name of the page to show without `next`
    warning_class: ClassVar[type[ApiError]] = ApiError  # with status 400 or 409; others have an error page
    undo_url: str = ""

    def post(self, request: HttpRequest, **address: str) -> HttpResponse:
        values = self.parse_fields(request)
        next_address = values.pop("next", "")
        try:
            notice = self.apply_change(values)
            messages.success(request, notice, extra_tags=self.undo_url)
        except self.warning_class as refusal:
            if refusal.status_code not in (HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT):
                raise
            messages.warning(request, str(refusal.detail))
        return redirect(safe_redirect_url(request, next_address, self.build_return_url()))

    def parse_fields(self, request: HttpRequest) -> dict[str, Any]:
        """The validated values of what was sent."""
        return self.serializer_class.parse(form_data(request))

    def apply_change(self, values: dict[str, Any]) -> str:
        """Make the change; returns the notice. Raises ApiError 400 or 409 for a refusal."""
        raise NotImplementedError

    def build_return_url(self) -> str:
        return reverse(self.return_page)


class ConfirmedActionPage(ActionPage):
    """An action that `template_name` asks to confirm first."""

    def get(self, request: HttpRequest, **address: str) -> HttpResponse:
        return self.page()


def safe_redirect_url(request: HttpRequest, address: str, otherwise: str) -> str:
    """`address` if it is a page of this server, else `otherwise`. This prevents redirects to other sites."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    is_page = address.startswith("/") and len(address) <= MAX_URL_LENGTH and address.isprintable()
    return address if safe and is_page and not address.startswith("/api/") else otherwise
