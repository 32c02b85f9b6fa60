"""Addresses of sign-in, set-up, lock, people and clinic."""

from __future__ import annotations

from django.urls import path

from mesoplan.web.accounts.views import audit, clinic, lock, own, people, set_up, sign_in

urlpatterns = [
    path("set-up", set_up.set_up_page, name="set-up"),
    path("sign-in", sign_in.SignIn.as_view(), name="account_login"),
    path("sign-in/code", sign_in.SecondStep.as_view(), name="mfa_authenticate"),
    path("sign-out", sign_in.SignOut.as_view(), name="account_logout"),
    path("lock", lock.lock_screen, name="lock"),
    path("unlock", lock.unlock, name="unlock"),
    path("unlock/kept", lock.kept_form, name="kept-form"),
    path("welcome", own.first_sign_in, name="first-sign-in"),
    path("account", own.account, name="account"),
    path("account/pin", own.own_pin, name="own-pin"),
    path("account/password", sign_in.OwnPassword.as_view(), name="account_change_password"),
    path("account/prove", sign_in.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("account/prove/code", sign_in.CodeAgain.as_view(), name="mfa_reauthenticate"),
    path("account/second-factor", sign_in.SecondFactor.as_view(), name="mfa_activate_totp"),
    path(
        "account/recovery-codes",
        sign_in.RecoveryCodes.as_view(),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/recovery-codes/new",
        sign_in.NewRecoveryCodes.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path("clinic", clinic.clinic, name="clinic"),
    path("clinic/data", clinic.clinic_data, name="clinic-data"),
    path("clinic/policy", clinic.clinic_policy, name="clinic-policy"),
    path("clinic/people/new", people.new_person, name="person-new"),
    path("clinic/people/<slug:code>", people.person, name="person"),
    path("clinic/people/<slug:code>/change", people.change_person, name="person-change"),
    path("clinic/people/<slug:code>/password", people.one_time_password, name="one-time-password"),
    path("clinic/audit", audit.audit, name="audit"),
    path("clinic/audit/verify", audit.verify, name="audit-verify"),
]
