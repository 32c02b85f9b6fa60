"""What holds for every request and every answer: text that is text, and the content policy."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.request import UnreadablePostError

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)


def strict_content(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Every answer carries the policy; pages about people are kept by no cache."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = CONTENT_POLICY
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response

    return middleware


_NO_TEXT = {
    number: "\N{REPLACEMENT CHARACTER}"
    for number in (*range(32), *range(0x7F, 0xA0))
    if chr(number) not in "\t\n\r"
}
"""Control characters. Nobody types them, PostgreSQL refuses NUL, and no printer draws them."""


def readable_text(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Control characters that came with a text are seen as such: each becomes a replacement sign.

    Left out they would join what stood apart: ``1``, NUL, ``5`` is not fifteen.

    Raises:
        SuspiciousOperation: there is one in the address, and no page of ours has such an address;
            or the connection broke before all of a form had come.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.translate(_NO_TEXT) != request.path_info:
            message = "a control character in the address"
            raise SuspiciousOperation(message)
        # Both are typed as frozen, and both may be set before the view reads them.
        request.GET = _readable(request.GET)  # type: ignore[assignment]
        if request.method == "POST":
            try:
                request.POST = _readable(request.POST)  # type: ignore[assignment]
            except UnreadablePostError:
                message = "the connection broke while a form was sent"
                raise SuspiciousOperation(message) from None
        return get_response(request)

    return middleware


def _readable(data: QueryDict) -> QueryDict:
    lists = list(data.lists())
    read = [
        (key.translate(_NO_TEXT), [one.translate(_NO_TEXT) for one in values])
        for key, values in lists
    ]
    if read == lists:
        return data
    changed = QueryDict(mutable=True, encoding=data.encoding)
    for key, values in read:
        changed.setlist(key, values)
    changed._mutable = False  # noqa: SLF001 - as Django's own parser leaves it
    return changed
