"""What is no text is seen as such: nothing joins that stood apart, and no database refuses it."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from mesoplan.web.patients.models import AnswerGesture, Patient
from mesoplan.web.patients.queries import answers
from mesoplan.web.project.middleware import readable_text
from tests.lib.intake_page import shown, tap

SIGN = "\N{REPLACEMENT CHARACTER}"


def read(method: str, data: dict[str, str]) -> QueryDict:
    """What a view reads of this data."""
    seen: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    readable_text(view)(getattr(RequestFactory(), method)("/", data))
    found: QueryDict = seen[0].POST if method == "post" else seen[0].GET
    return found


@pytest.mark.parametrize("method", ["get", "post"])
@given(text=st.text(st.characters(codec="utf-8"), max_size=40), key=st.sampled_from(["a", "b\x00"]))
def test_only_control_characters_are_changed_and_none_is_left_out(
    method: str, text: str, key: str
) -> None:
    found = read(method, {key: text})
    [[name, value]] = found.items()
    assert name == key.replace("\x00", SIGN)
    assert isinstance(value, str)
    assert len(value) == len(text)
    for before, after in zip(text, value, strict=True):
        is_control = ord(before) < 32 or 0x7F <= ord(before) < 0xA0
        assert after == (SIGN if is_control and before not in "\t\n\r" else before)


@pytest.mark.django_db
def test_a_number_with_a_control_character_is_no_other_number(
    browser: Client, patient: Patient
) -> None:
    assert tap(browser, patient, "patient.weight_kg", "7\x000").status_code == 422
    assert not AnswerGesture.objects.exists()


@pytest.mark.django_db
def test_a_text_is_kept_with_the_sign(browser: Client, patient: Patient) -> None:
    assert tap(browser, patient, "allergies:add", "la\x02tex\x00").status_code == 200
    assert f"la{SIGN}tex{SIGN}" in str(answers(patient).entries)
    assert f"la{SIGN}tex{SIGN}" in shown(browser, patient, "allergies")


@pytest.mark.django_db
def test_no_page_has_a_control_character_in_its_address(browser: Client) -> None:
    assert browser.get("/patients/%00").status_code == 400
