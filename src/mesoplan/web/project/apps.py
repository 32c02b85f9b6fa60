"""The app ``project``."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Registers the app under its short name."""

    name = "mesoplan.web.project"
