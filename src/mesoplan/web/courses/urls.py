"""Addresses of today's work, courses and everything in them."""

from __future__ import annotations

from django.urls import path

from mesoplan.web.courses.views import (
    aftercare,
    chart,
    consent,
    followup,
    plan,
    reactions,
    request,
    screening,
    session,
    session_end,
    today,
)
from mesoplan.web.courses.views.emergency import emergency, emergency_one, emergency_print

urlpatterns = [
    path("", today.today, name="today"),
    path("emergency", emergency, name="emergency"),
    path("emergency/print", emergency_print, name="emergency-print"),
    path("emergency/<slug:name>", emergency_one, name="emergency-one"),
    path("emergency/<slug:name>/print", emergency_print, name="emergency-print-one"),
    path("patients/<slug:code>", chart.patient_view, name="patient"),
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
    path(
        "courses/<slug:code>/override/<slug:rule>/end", screening.override_end, name="override-end"
    ),
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
    path("courses/<slug:code>/consent", consent.consent_view, name="consent"),
    path("courses/<slug:code>/consent/live", consent.consent_live, name="consent-live"),
    path("courses/<slug:code>/consent/edit", consent.consent_edit, name="consent-edit"),
    path("courses/<slug:code>/consent/undo", consent.consent_undo, name="consent-undo"),
    path("courses/<slug:code>/consent/new", consent.consent_new, name="consent-new"),
    path("courses/<slug:code>/consent/finalise", consent.consent_finalise, name="consent-finalise"),
    path("courses/<slug:code>/consent/print", consent.consent_print, name="consent-print"),
    path(
        "courses/<slug:code>/consents/<slug:consent>", consent.consent_sealed, name="consent-sealed"
    ),
    path(
        "courses/<slug:code>/consents/<slug:consent>/withdraw",
        consent.consent_withdraw,
        name="consent-withdraw",
    ),
    path("courses/<slug:code>/session", session.session_view, name="session"),
    path("courses/<slug:code>/session/begin", session.session_begin, name="session-begin"),
    path("sessions/<slug:code>", session_end.session_record, name="session-record"),
    path("sessions/<slug:code>/edit", session.session_edit, name="session-edit"),
    path("sessions/<slug:code>/undo", session.session_undo, name="session-undo"),
    path("sessions/<slug:code>/live", session.session_live, name="session-live"),
    path("sessions/<slug:code>/screening", session.session_rescreen, name="session-rescreen"),
    path("sessions/<slug:code>/reaction", session.session_reaction, name="session-reaction"),
    path(
        "sessions/<slug:code>/follow-plan", session.session_follow_plan, name="session-follow-plan"
    ),
    path("sessions/<slug:code>/finalise", session_end.session_finalise, name="session-finalise"),
    path("sessions/<slug:code>/untreated", session_end.session_untreated, name="session-untreated"),
    path("sessions/<slug:code>/amend", session_end.session_amend, name="session-amend"),
    path("courses/<slug:code>/chart", chart.chart_view, name="chart"),
    path("courses/<slug:code>/summary", chart.summary, name="summary"),
    path("follow-ups", followup.follow_ups, name="follow-ups"),
    path("courses/<slug:code>/follow-up", followup.follow_up, name="follow-up"),
    path("courses/<slug:code>/report", followup.course_report, name="course-report"),
    path("contacts/<slug:code>", followup.contact_view, name="contact"),
    path("contacts/<slug:code>/edit", followup.contact_edit, name="contact-edit"),
    path("contacts/<slug:code>/undo", followup.contact_undo, name="contact-undo"),
    path("contacts/<slug:code>/close", followup.contact_close, name="contact-close"),
    path("contacts/<slug:code>/no-answer", followup.contact_no_answer, name="contact-no-answer"),
    path("contacts/<slug:code>/give-up", followup.contact_give_up, name="contact-give-up"),
    path("tasks/<slug:code>/done", followup.task_done, name="task-done"),
    path("courses/<slug:code>/reactions/new", reactions.reaction_new, name="reaction-new"),
    path("reactions/<slug:code>/note", reactions.reaction_note, name="reaction-note"),
    path("sessions/<slug:code>/aftercare", aftercare.aftercare, name="aftercare"),
]
