"""Addresses of today's work, courses and everything in them."""

from __future__ import annotations

from django.urls import path

from mesoplan.web.accounts.access import pending
from mesoplan.web.courses.views import plan, request, screening
from mesoplan.web.courses.views.emergency import emergency, emergency_one, emergency_print

urlpatterns = [
    path("", pending, name="today"),
    path("emergency", emergency, name="emergency"),
    path("emergency/print", emergency_print, name="emergency-print"),
    path("emergency/<slug:name>", emergency_one, name="emergency-one"),
    path("emergency/<slug:name>/print", emergency_print, name="emergency-print-one"),
    path("patients/<slug:code>/courses/new", request.course_new, name="course-new"),
    path("indications", request.indications, name="indications"),
    path("courses/<slug:code>/request", request.request_view, name="request"),
    path("courses/<slug:code>/request/edit", request.request_edit, name="request-edit"),
    path("courses/<slug:code>/request/undo", request.request_undo, name="request-undo"),
    path("courses/<slug:code>/request/repeat", request.course_repeat, name="course-repeat"),
    path("courses/<slug:code>/close", request.course_close, name="course-close"),
    path("courses/<slug:code>/screening", screening.screening_view, name="screening"),
    path(
        "courses/<slug:code>/screening/answer", screening.screening_answer, name="screening-answer"
    ),
    path("courses/<slug:code>/screening/undo", screening.screening_undo, name="screening-undo"),
    path("courses/<slug:code>/override/<slug:rule>", screening.override, name="override"),
    path("courses/<slug:code>/override/<slug:rule>/end", screening.override_end, name="override-end"),
    path("courses/<slug:code>/plan", plan.plan_view, name="plan"),
    path("courses/<slug:code>/plan/live", plan.plan_live, name="plan-live"),
    path("courses/<slug:code>/plan/edit", plan.plan_edit, name="plan-edit"),
    path("courses/<slug:code>/plan/undo", plan.plan_undo, name="plan-undo"),
    path("courses/<slug:code>/plan/release", plan.plan_release, name="plan-release"),
    path("courses/<slug:code>/plan/change", plan.plan_change, name="plan-change"),
    path("courses/<slug:code>/plan/withdraw", plan.plan_withdraw, name="plan-withdraw"),
    path("courses/<slug:code>/plan/compare", plan.compare, name="compare"),
    path("courses/<slug:code>/plan/choose", plan.plan_choose, name="plan-choose"),
    path("courses/<slug:code>/plan/<int:number>", plan.plan_version, name="plan-version"),
    path("courses/<slug:code>/consent", pending, name="consent"),
    path("courses/<slug:code>/session", pending, name="session"),
    path("courses/<slug:code>/follow-up", pending, name="follow-up"),
]
