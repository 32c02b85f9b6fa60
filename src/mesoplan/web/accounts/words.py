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
        "account.reset": _("Reset an account on the computer itself"),
        "clinic.set-up": _("Set the clinic up"),
        "clinic.change": _("Changed the clinic's data"),
        "clinic.policy": _("Chose a policy"),
        "person.add": _("Added a person"),
        "person.roles": _("Changed roles"),
        "person.deactivate": _("Closed an account"),
        "person.activate": _("Opened an account again"),
        "audit.verify": _("Verified the audit"),
        "backup.make": _("Made a backup"),
        "backup.restore": _("Restored a backup"),
        "demonstration.start": _("Started the demonstration"),
        "patient.read": _("Opened the chart"),
        "patient.register": _("Registered a patient"),
        "patient.change": _("Changed who a patient is"),
        "intake.answer": _("Entered answers of the intake"),
        "hand-over.start": _("Handed the tablet to the patient"),
        "hand-over.finish": _("The patient finished the questions"),
        "hand-over.end": _("Took the tablet back"),
        "document.file": _("Filed a document"),
        "document.read": _("Opened a document"),
        "gesture.write": _("Entered something"),
        "gesture.undo": _("Took an entry back"),
        "gesture.redo": _("Made an entry again"),
        "course.start": _("Started a course"),
        "course.read": _("Opened a course"),
        "course.close": _("Closed a course"),
        "override.record": _("Overrode a finding"),
        "override.end": _("Ended an override"),
        "plan.release": _("Released a plan"),
        "plan.supersede": _("Superseded a plan"),
        "plan.withdraw": _("Withdrew a plan"),
        "consent.begin": _("Began a consent"),
        "consent.print": _("Printed a consent"),
        "consent.consented": _("Sealed a consent"),
        "consent.declined": _("Recorded that consent was declined"),
        "consent.withdraw": _("Recorded that consent was withdrawn"),
        "session.begin": _("Began a session"),
        "session.rescreen": _("Screened again before a session"),
        "session.follow-plan": _("Took the newer plan for a session"),
        "session.finalise": _("Finalised a session"),
        "session.end-untreated": _("Ended a session without treatment"),
        "session.amend": _("Amended a session"),
        "contact.open": _("Planned a follow-up"),
        "contact.read": _("Opened a follow-up"),
        "contact.report": _("Took a report of the patient"),
        "contact.try": _("Tried to reach the patient"),
        "contact.close": _("Closed a follow-up"),
        "reaction.record": _("Recorded a reaction"),
        "reaction.note": _("Noted how a reaction went on"),
        "task.open": _("Opened a task"),
        "task.close": _("Closed a task"),
        "export.patient": _("Exported a patient"),
        "export.clinic": _("Exported the clinic"),
    }
)
"""By the name that stands in the audit. Each action of this program is here (tests hold it)."""


def action_in_words(action: str) -> str:
    """What was done; an action of another version of the program is named as it was recorded."""
    return str(ACTIONS.get(action, action))
