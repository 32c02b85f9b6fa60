"""Codes of outside systems, each its own type so that one can never pass for another."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mesoplan.vocabulary.errors import ClinicalInputError

_ATC = re.compile(r"[A-Z]\d{2}(?:[A-Z](?:[A-Z](?:\d{2})?)?)?")


@dataclass(frozen=True, slots=True)
class AtcCode:
    """A code of the Anatomical Therapeutic Chemical classification, whole or a prefix.

    Raises:
        ClinicalInputError: the text is no ATC code of two to five levels.
    """

    code: str

    def __post_init__(self) -> None:
        """Refuse what has not the form of an ATC code."""
        if not isinstance(self.code, str) or not _ATC.fullmatch(self.code):
            raise ClinicalInputError(expected="an ATC code such as B01AA03", came=self.code)

    def is_under(self, prefix: AtcCode) -> bool:
        """Whether this code lies in the group that the prefix names."""
        return self.code.startswith(prefix.code)
