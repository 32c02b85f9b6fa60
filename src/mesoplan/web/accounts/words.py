"""The names of audit actions in plain words, for whoever reads what was done."""

from __future__ import annotations

from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

ACTIONS = MappingProxyType(
    {
        "sign-in": _("Signed in"),
        "sign-in.fail": _("Sign-in failed"),
        "sign-in.lockout": _("Name closed after wrong tries"),
        "sign-out": _("Signed out"),
        "lock.open": _("Unlocked the screen"),
        "lock.fail": _("Wrong PIN"),
        "lock.end": _("Signed out after wrong PINs"),
        "second-factor.make": _("Made a second factor"),
        "second-factor.fail": _("Wrong code of a second factor"),
        "second-factor.reset": _("Took away a lost second factor"),
        "recovery-codes.make": _("Made recovery codes"),
        "password.change": _("Changed the password"),
        "password.reset": _("Gave a one-time password"),
        "pin.change": _("Changed the quick PIN"),
        "account.change": _("Changed the own account"),
        "clinic.set-up": _("Set the clinic up"),
        "clinic.change": _("Changed the clinic's data"),
        "clinic.policy": _("Chose a policy"),
        "person.add": _("Added a person"),
        "person.roles": _("Changed roles"),
        "person.deactivate": _("Closed an account"),
        "person.activate": _("Opened an account again"),
        "audit.verify": _("Verified the audit"),
    }
)
"""By the name that stands in the audit. Each action of this program is here (tests hold it)."""


def action_in_words(action: str) -> str:
    """What was done; an action of another version of the program is named as it was recorded."""
    return str(ACTIONS.get(action, action))
