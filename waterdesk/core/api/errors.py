"""Every refusal of the API is {code, detail} in the caller's language; never HTML."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from waterdesk.core.errors import DeskError

CODES = {
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.AuthenticationFailed: "not_authenticated",
    exceptions.PermissionDenied: "not_allowed",
    exceptions.NotFound: "not_found",
    exceptions.Throttled: "too_many",
    exceptions.ParseError: "malformed",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
}


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: refusals become {code, detail, fields?}; bugs stay bugs."""
    if isinstance(error, DeskError):
        set_rollback()
        return Response(_body(error), status=error.status)
    if isinstance(error, RequestDataTooBig):
        set_rollback()
        return Response(too_big(), status=status.HTTP_400_BAD_REQUEST)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        response.data = _validation(error)
    else:
        code = next((c for kind, c in CODES.items() if isinstance(error, kind)), "refused")
        response.data = {"code": code, "detail": _first_text(response.data)}
    return response


def too_big() -> dict[str, Any]:
    return {"code": "too_big", "detail": _("提交的内容过大。")}


def _body(error: DeskError) -> dict[str, Any]:
    body: dict[str, Any] = {"code": error.code, "detail": str(error.message)}
    if error.fields:
        body["fields"] = {name: str(text) for name, text in error.fields.items()}
    return body


def _validation(error: exceptions.ValidationError) -> dict[str, Any]:
    fields = {
        path.removesuffix("non_field_errors").removesuffix("."): text
        for path, text in _flatten("", error.detail)
    }
    name, text = next(iter(fields.items()))
    detail = f"{name}: {text}" if name else text
    return {"code": "invalid", "detail": detail, "fields": fields}


def _flatten(path: str, detail: Any) -> Any:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _flatten(f"{path}.{name}" if path else str(name), inner)
    elif isinstance(detail, list):
        for inner in detail[:1]:
            yield from _flatten(path, inner)
    else:
        yield path, str(detail)


def _first_text(data: Any) -> str:
    return next((text for _path, text in _flatten("", data)), "")


def json_not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """What an unknown address under /api/ answers."""
    return JsonResponse({"code": "not_found", "detail": _("没有这个地址。")}, status=404)
