"""Rows of the clinic and of the people who work there."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from mesoplan.web.accounts.roles import Permission, Role, permissions_of
from mesoplan.web.codes import CODE_LENGTH, new_code


class Clinic(models.Model):
    """A place of work. Every row about a patient belongs to one, and nobody sees across."""

    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)
    name = models.CharField(max_length=200)
    address = models.TextField(blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    emergency_number = models.CharField(max_length=20, blank=True)
    policy = models.CharField(max_length=60)
    time_zone = models.CharField(max_length=60)
    paper = models.CharField(max_length=10, default="a4")
    idle_minutes = models.PositiveSmallIntegerField(default=10)
    next_record_number = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        """Named in the language of the page."""

        verbose_name = _("clinic")

    def __str__(self) -> str:
        """The name on the door."""
        return self.name


class UserManager(BaseUserManager["User"]):
    """Finds a user by the name for signing in, capitals aside."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The user of that name, however it is written."""
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in. ``name`` is shown to colleagues and printed on documents.

    ``must_change_password`` while the password is one that the owner was shown. ``stamp`` is given
    anew to end all browser sessions of the person.
    """

    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="users")
    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=200)
    profession = models.CharField(max_length=100, blank=True)
    is_active = models.BooleanField(default=True)
    pin = models.CharField(max_length=128, blank=True)
    must_change_password = models.BooleanField(default=False)
    stamp = models.CharField(max_length=CODE_LENGTH, default=new_code)
    theme = models.CharField(max_length=10, default="light")
    language = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        """One name for signing in, whatever its capitals."""

        verbose_name = _("user")
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("username"), name="user_name_is_unique")
        ]

    def __str__(self) -> str:
        """The name for signing in."""
        return self.username

    def get_session_auth_hash(self) -> str:
        """What a browser session is bound to: it ends when the password or the stamp changes."""
        return salted_hmac(
            "mesoplan.web.accounts.session", f"{self.password} {self.stamp}", algorithm="sha256"
        ).hexdigest()

    @property
    def initials(self) -> str:
        """Two letters for a small mark: of the last two words, since titles stand first."""
        return "".join(word[0] for word in self.name.split()[-2:]).upper()

    @cached_property
    def role_names(self) -> tuple[str, ...]:
        """The roles of this person, by their short names."""
        return tuple(sorted(row.role for row in self.roles.all()))

    @cached_property
    def role_labels(self) -> str:
        """The roles in words, for the page."""
        return ", ".join(str(Role(role).label) for role in self.role_names)

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """What this person may do."""
        return permissions_of(self.role_names) if self.is_active else frozenset()

    def may(self, permission: Permission) -> bool:
        """Whether this person may do that."""
        return permission in self.permissions


class UserRole(models.Model):
    """One role of one person."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=30, choices=Role.choices)

    class Meta:
        """Each role once."""

        verbose_name = _("role")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "role"], name="user_has_a_role_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]),
                name="user_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        """The role."""
        return self.role
