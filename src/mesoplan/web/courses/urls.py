"""Addresses of today's work, courses and everything in them."""

from __future__ import annotations

from django.urls import path

from mesoplan.web.accounts.access import pending
from mesoplan.web.courses.views import request

urlpatterns = [
    path("", pending, name="today"),
    path("emergency", pending, name="emergency"),
    path("patients/<slug:code>/courses/new", request.course_new, name="course-new"),
    path("indications", request.indications, name="indications"),
    path("courses/<slug:code>/request", request.request_view, name="request"),
    path("courses/<slug:code>/request/edit", request.request_edit, name="request-edit"),
    path("courses/<slug:code>/request/undo", request.request_undo, name="request-undo"),
    path("courses/<slug:code>/request/repeat", request.course_repeat, name="course-repeat"),
    path("courses/<slug:code>/close", request.course_close, name="course-close"),
    path("courses/<slug:code>/screening", pending, name="screening"),
    path("courses/<slug:code>/plan", pending, name="plan"),
    path("courses/<slug:code>/plan/compare", pending, name="compare"),
    path("courses/<slug:code>/consent", pending, name="consent"),
    path("courses/<slug:code>/session", pending, name="session"),
    path("courses/<slug:code>/follow-up", pending, name="follow-up"),
]
