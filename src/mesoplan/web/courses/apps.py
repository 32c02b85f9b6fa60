"""The app ``courses``."""

from django.apps import AppConfig


class CoursesConfig(AppConfig):
    """Registers the app under its short name."""

    name = "mesoplan.web.courses"
