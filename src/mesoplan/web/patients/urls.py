"""Addresses of patients, their answers, and the tablet in their hands."""

from __future__ import annotations

from django.urls import path

from mesoplan.web.patients.views import documents, hand_over, intake, people

urlpatterns = [
    path("patients", people.patient_list, name="patients"),
    path("patients/new", people.patient_new, name="patient-new"),
    path("patients/<slug:code>/identity", people.identity, name="identity"),
    path("patients/<slug:code>/intake", intake.intake_page, name="intake"),
    path("patients/<slug:code>/hand-over", hand_over.hand_over_start, name="hand-over-start"),
    path("documents/<slug:code>", documents.document, name="document"),
    path("hand-over", hand_over.hand_over, name="hand-over"),
    path("hand-over/welcome", hand_over.welcome, name="hand-over-welcome"),
    path("hand-over/question/<slug:screen>", hand_over.question, name="hand-over-question"),
    path("hand-over/review", hand_over.review, name="hand-over-review"),
    path("hand-over/pause", hand_over.pause, name="hand-over-pause"),
    path("hand-over/end", hand_over.end, name="hand-over-end"),
    path("hand-over/staff", hand_over.staff, name="hand-over-staff"),
]
