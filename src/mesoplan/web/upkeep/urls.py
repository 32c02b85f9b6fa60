"""Addresses of the readable copy."""

from __future__ import annotations

from django.urls import path

from mesoplan.web.upkeep.views import export_clinic, export_patient

urlpatterns = [
    path("patients/<slug:code>/export", export_patient, name="patient-export"),
    path("clinic/export", export_clinic, name="clinic-export"),
]
