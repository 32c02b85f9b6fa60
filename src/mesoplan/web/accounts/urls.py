"""Addresses of sign-in, set-up, lock, people and clinic."""

from __future__ import annotations

from django.urls import path

from mesoplan.web.accounts.access import pending

urlpatterns = [
    path("set-up", pending, name="set-up"),
    path("lock", pending, name="lock"),
    path("unlock", pending, name="unlock"),
    path("account", pending, name="account"),
    path("clinic", pending, name="clinic"),
    path("sign-in", pending, name="account_login"),
    path("second-factor", pending, name="mfa_activate_totp"),
]
