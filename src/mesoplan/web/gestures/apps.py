"""The app ``gestures``."""

from django.apps import AppConfig


class GesturesConfig(AppConfig):
    """Registers the app under its short name."""

    name = "mesoplan.web.gestures"
