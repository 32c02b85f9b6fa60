"""Addresses of patients, their answers, and the tablet in their hands."""

from __future__ import annotations

from django.urls import path

from mesoplan.web.accounts.access import pending

urlpatterns = [
    path("patients", pending, name="patients"),
    path("patients/new", pending, name="patient-new"),
    path("patients/<slug:code>", pending, name="patient"),
    path("patients/<slug:code>/identity", pending, name="identity"),
    path("patients/<slug:code>/intake", pending, name="intake"),
    path("patients/<slug:code>/hand-over", pending, name="hand-over-start"),
    path("hand-over", pending, name="hand-over"),
]
