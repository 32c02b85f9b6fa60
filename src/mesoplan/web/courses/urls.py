"""Addresses of today's work, courses and everything in them."""

from __future__ import annotations

from django.urls import path

from mesoplan.web.accounts.access import pending

urlpatterns = [
    path("", pending, name="today"),
    path("emergency", pending, name="emergency"),
    path("patients/<slug:code>/courses/new", pending, name="course-new"),
    path("courses/<slug:code>/request", pending, name="request"),
    path("courses/<slug:code>/screening", pending, name="screening"),
    path("courses/<slug:code>/plan", pending, name="plan"),
    path("courses/<slug:code>/plan/compare", pending, name="compare"),
    path("courses/<slug:code>/consent", pending, name="consent"),
    path("courses/<slug:code>/session", pending, name="session"),
    path("courses/<slug:code>/follow-up", pending, name="follow-up"),
]
