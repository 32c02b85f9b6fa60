"""The app ``upkeep``."""

from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    """Registers the app under its short name."""

    name = "mesoplan.web.upkeep"
