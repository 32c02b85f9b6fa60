"""Addresses of the site. No address carries anything about a patient: codes are random."""

from __future__ import annotations

from django.urls import include, path

from mesoplan.web.project.views import certificate, certificate_file, health

handler400 = "mesoplan.web.project.failures.bad_request"
handler403 = "mesoplan.web.project.failures.forbidden"
handler404 = "mesoplan.web.project.failures.not_found"
handler500 = "mesoplan.web.project.failures.broken"

urlpatterns = [
    path("health", health, name="health"),
    path("certificate", certificate, name="certificate"),
    path("certificate/file", certificate_file, name="certificate-file"),
    path("", include("mesoplan.web.accounts.urls")),
    path("", include("mesoplan.web.patients.urls")),
    path("", include("mesoplan.web.courses.urls")),
    path("", include("mesoplan.web.upkeep.urls")),
]
