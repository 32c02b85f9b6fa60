"""The web product measured side by side in one run: large against small, and against bare Django.

Pages: CPU of the chart of a patient with 1,000 sessions against one with 10, and of the patient
list and its search with 100,000 patients against 1,000; with the number of queries of each.
Requests: creating a patient, opening a chart and saving a gesture on SQLite and on PostgreSQL,
beside a bare Django view that reads nothing, each through the whole of Django in one process.

    python benchmarks/web_product.py [--patients 100000] [--sessions 1000] [--rounds 30]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from django.test import Client

    from mesoplan.web.accounts.models import Clinic, User
    from mesoplan.web.courses.models import PlanVersion

ROOT = Path(__file__).resolve().parent.parent

Row: TypeAlias = dict[str, float]
"""What was measured of one thing."""

SMALL_SESSIONS = 10
SMALL_PATIENTS = 1000
CHUNK = 2000
BARE = "a bare Django view"


def main() -> None:
    """Measure and print, or measure inside an installation where asked to."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--patients", type=int, default=100_000)
    options.add_argument("--sessions", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=30)
    options.add_argument("--inside", choices=["pages", "requests", "bare"])
    chosen = options.parse_args()
    if chosen.inside:
        _inside(chosen)
        return
    with tempfile.TemporaryDirectory(prefix="mesoplan-benchmark-") as folder:
        place = Path(folder)
        databases = {"SQLite": "", "PostgreSQL": _postgresql(place / "postgresql")}
        pages = _run(chosen, "pages", place / "pages", "")
        print(f"CPU, medians of {chosen.rounds} rounds in one process, SQLite")
        for name, row in pages.items():
            small, large = row["small"], row["large"]
            print(
                f"  {name:34} {small['ms']:7.2f} ms  {large['ms']:7.2f} ms  "
                f"ratio {large['ms'] / small['ms']:5.2f}  "
                f"queries {small['queries']} and {large['queries']}"
            )
        for label, address in databases.items():
            rows = _run(chosen, "bare", place / label, "")
            rows |= _run(chosen, "requests", place / label, address)
            bare = rows[BARE]
            print(f"{label}: requests a second in one process, and their CPU beside a bare view")
            for name, row in rows.items():
                print(
                    f"  {name:34} {row['per_second']:8.1f} /s  {row['ms']:7.2f} ms  "
                    f"{row['ms'] / bare['ms']:6.1f} x bare"
                )


def _postgresql(folder: Path) -> str:
    sys.path.insert(0, str(ROOT))
    from tests.lib.installation import throwaway_postgresql

    return throwaway_postgresql(folder)


def _run(chosen: argparse.Namespace, what: str, data: Path, address: str) -> dict[str, Any]:
    """Measure inside an installation of its own, in a process of its own."""
    variables = {key: value for key, value in os.environ.items() if not key.startswith("MESOPLAN_")}
    variables |= {
        "MESOPLAN_DATA": str(data),
        "MESOPLAN_HOSTS": "testserver",
        "DJANGO_SETTINGS_MODULE": "mesoplan.web.project.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "scripts")]),
    }
    if address:
        variables["MESOPLAN_DATABASE_URL"] = address
    done = subprocess.run(
        [
            sys.executable,
            __file__,
            f"--inside={what}",
            f"--patients={chosen.patients}",
            f"--sessions={chosen.sessions}",
            f"--rounds={chosen.rounds}",
        ],
        env=variables,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _inside(chosen: argparse.Namespace) -> None:
    if chosen.inside == "bare":
        print(json.dumps(_bare(chosen)))
        return
    import django

    django.setup()
    from mesoplan.web.upkeep.prepare import prepare

    prepare()
    found = _pages(chosen) if chosen.inside == "pages" else _requests(chosen)
    print(json.dumps(found))


def _expect(answered: bool) -> None:  # noqa: FBT001 - says whether the page answered as it should
    """Stop where a page did not answer: a failure measures nothing."""
    if not answered:
        raise RuntimeError("a page did not answer as it should")


def _cpu(act: Callable[[], object], rounds: int) -> float:
    """Median CPU of one act in ms."""
    act()
    found = []
    for _ in range(rounds):
        begin = time.process_time()
        act()
        found.append((time.process_time() - begin) * 1000)
    return statistics.median(found)


def _page(client: Client, address: str, rounds: int, data: dict[str, str] | None = None) -> Row:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def open_page() -> None:
        answer = client.post(address, data) if data else client.get(address)
        _expect(answer.status_code == 200)

    open_page()
    with CaptureQueriesContext(connection) as queries:
        open_page()
    count = len(queries)
    return {"ms": _cpu(open_page, rounds), "queries": count}


def _pages(chosen: argparse.Namespace) -> dict[str, dict[str, Row]]:
    from django.urls import reverse
    from tests.lib.clinic import a_clinic, a_patient, a_released_plan, a_user, signed_in

    from mesoplan.web.accounts.roles import Role

    rows: dict[str, dict[str, Row]] = {}
    clinic = a_clinic()
    physician = a_user(clinic, Role.PHYSICIAN, Role.OWNER)
    client = signed_in(physician)
    charts = {}
    for size, count in (("small", SMALL_SESSIONS), ("large", chosen.sessions)):
        patient = a_patient(clinic, physician, family_name=f"Chart{size}")
        _many_sessions(a_released_plan(patient, physician), physician, count)
        charts[size] = _page(client, reverse("patient", args=[patient.code]), chosen.rounds)
    rows[f"chart, {SMALL_SESSIONS} and {chosen.sessions} sessions"] = charts
    lists, searches, slips = {}, {}, {}
    for size, count in (("small", SMALL_PATIENTS), ("large", chosen.patients)):
        other = a_clinic(name=f"Clinic {size}")
        person = a_user(other, Role.PHYSICIAN, name=f"Dr {size.title()}")
        _many_patients(other, person, count)
        browser = signed_in(person)
        address = reverse("patients")
        lists[size] = _page(browser, address, chosen.rounds)
        searches[size] = _page(browser, address, chosen.rounds, {"q": "Zzyzx Marta"})
        slips[size] = _page(browser, address, chosen.rounds, {"q": "Zzyxz"})
    title = f"{SMALL_PATIENTS} and {chosen.patients} patients"
    rows[f"list, {title}"] = lists
    rows[f"search, {title}"] = searches
    rows["search with a slip"] = slips
    return rows


def _many_patients(clinic: Clinic, by: User, count: int) -> None:
    """Patients with names of all kinds, one of them rare; written many at a time."""
    from datetime import date, timedelta

    from django.utils import timezone

    from mesoplan.web.patients.models import Patient, SearchKey
    from mesoplan.web.patients.search import keys_of

    syllables = ["ma", "ri", "lo", "ten", "sa", "ver", "kim", "ano", "dor", "lis", "pe", "gal"]
    now = timezone.now()
    for begin in range(0, count, CHUNK):
        batch = []
        for number in range(begin, min(begin + CHUNK, count)):
            one, rest = number % 12, number // 12
            family = (syllables[one] + syllables[rest % 12] + syllables[rest // 12 % 12]).title()
            family = "Zzyzx" if number == count // 2 else f"{family}{syllables[rest // 144 % 12]}"
            batch.append(
                Patient(
                    clinic=clinic,
                    record_number=number + 1,
                    family_name=family,
                    given_name="Marta" if number % 2 else "Jonas",
                    birth_date=date(1940, 1, 1) + timedelta(days=number % 25000),
                    telephone=f"+39 06 {number:07}",
                    sort_name=family.casefold(),
                    created_at=now,
                    opened_at=now,
                    created_by=by,
                )
            )
        made = Patient.objects.bulk_create(batch)
        SearchKey.objects.bulk_create(
            SearchKey(patient=patient, clinic=clinic, key=key)
            for patient in made
            for key in keys_of(patient)
        )


def _many_sessions(plan: PlanVersion, by: User, count: int) -> None:
    """Finalised sessions of one plan, as rows: what a chart reads of them."""
    from datetime import timedelta
    from decimal import Decimal

    from django.utils import timezone

    from mesoplan.web.courses.models import Contact, Session

    now = timezone.now()
    sessions = Session.objects.bulk_create(
        Session(
            course=plan.course,
            plan=plan,
            number=number,
            begun_at=now - timedelta(days=7 * (count - number)),
            begun_by=by,
            scale="nrs-pain",
            score=Decimal(number % 10),
            record={
                "day": (now - timedelta(days=7 * (count - number))).date().isoformat(),
                "zones": [],
            },
            verification={"comparisons": []},
            sealed_at=now - timedelta(days=7 * (count - number)),
            sealed_by=by,
        )
        for number in range(1, count + 1)
    )
    Contact.objects.bulk_create(
        Contact(
            clinic=plan.course.patient.clinic,
            patient=plan.course.patient,
            session=session,
            what="Message or call",
            due=session.begun_at.date() + timedelta(days=2),
            latest=session.begun_at.date() + timedelta(days=3),
        )
        for session in sessions
    )


def _requests(chosen: argparse.Namespace) -> dict[str, Row]:
    from datetime import date, timedelta
    from itertools import count

    from django.urls import reverse
    from tests.lib.clinic import a_clinic, a_patient, a_user, signed_in

    from mesoplan.web.accounts.roles import Role

    clinic = a_clinic()
    physician = a_user(clinic, Role.PHYSICIAN, Role.OWNER)
    client = signed_in(physician)
    patient = a_patient(clinic, physician)
    numbers = count(1)
    chart, intake = (reverse(name, args=[patient.code]) for name in ("patient", "intake"))

    def create() -> None:
        number = next(numbers)
        # Another day of birth for each, or the page would ask whether it is the same person.
        day = date(1930, 1, 1) + timedelta(days=number)
        fields = {"family_name": f"Neu{number:07}", "given_name": "Anna", "sex": "female"}
        answer = client.post(reverse("patient-new"), fields | {"birth_date": day.isoformat()})
        _expect(answer.status_code == 302)

    def gesture() -> None:
        value = str(50 + next(numbers) % 50)
        answer = client.post(
            intake,
            {
                "patient.weight_kg": value,
                "gesture_field": "patient.weight_kg",
                "said_by": "patient",
            },
        )
        _expect(answer.status_code in {200, 302})

    def open_chart() -> None:
        _expect(client.get(chart).status_code == 200)

    acts: dict[str, Callable[[], object]] = {
        "create a patient": create,
        "open a chart": open_chart,
        "save a gesture": gesture,
    }
    return {name: _rate(act, chosen.rounds * 10) for name, act in acts.items()}


def _bare(chosen: argparse.Namespace) -> dict[str, Row]:
    """A view that answers two words, in a project with nothing else."""
    import django
    from django.conf import settings
    from django.http import HttpResponse
    from django.urls import path

    settings.configure(ALLOWED_HOSTS=["testserver"], ROOT_URLCONF=__name__)
    globals()["urlpatterns"] = [path("bare", lambda _: HttpResponse("bare view"))]
    django.setup()
    from django.test import Client

    client = Client()

    def ask() -> None:
        _expect(client.get("/bare").status_code == 200)

    return {BARE: _rate(ask, chosen.rounds * 10)}


def _rate(act: Callable[[], object], times: int) -> Row:
    act()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(times):
        act()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"per_second": times / wall, "ms": cpu / times * 1000}


if __name__ == "__main__":
    main()
