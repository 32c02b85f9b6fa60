"""The course of a patient: request, plan, consent, sessions, follow-up."""
