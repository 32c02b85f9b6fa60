"""The app ``accounts``."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers the app under its short name."""

    name = "mesoplan.web.accounts"
