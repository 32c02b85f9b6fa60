"""Rows as JSON and back, by the types of the models as they were at a given migration."""

from __future__ import annotations

import base64
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models


def to_json(value: object) -> Any:  # noqa: ANN401 - any JSON value
    """The value of a column as JSON."""
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    return value


def from_json(value: Any, field: models.Field[Any, Any]) -> Any:  # noqa: ANN401 - any column
    """The value of a column from JSON."""
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value)
    if isinstance(field, models.ForeignKey):
        return field.target_field.to_python(value)
    return field.to_python(value)
