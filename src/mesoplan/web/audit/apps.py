"""The app ``audit``."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Registers the app under its short name."""

    name = "mesoplan.web.audit"
