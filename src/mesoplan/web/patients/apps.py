"""The app ``patients``."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    """Registers the app under its short name."""

    name = "mesoplan.web.patients"
