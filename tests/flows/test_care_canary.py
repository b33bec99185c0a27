"""Fifty planted special customers never show in clear where they should not.

Everything that writes is done to them and everything that reads is asked, by every role of the
neighbouring unit and by the roles of their own unit that have no right. Then logs, caches, the
trail, exports, answers and the very bytes of the database are searched.
"""

import json
import logging
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import ahocorasick
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from dianliang.core.models import AuditEvent
from dianliang.domain.customers.models import Customer
from dianliang.domain.work.models import Job
from dianliang.faces.ui.requests import now
from dianliang.flows import care, care_contacts, care_files, care_sheets, care_unlocks, privacy
from dianliang.kernel.actor import SYSTEM, Role
from dianliang.kernel.errors import NotVisibleError
from tests.faces.test_access import API_OBJECTS, GUARDED, OBJECTS, ROUTES, STAFF, log_in, program
from tests.flows.test_care_unlocks import second

PLANTED = 50
KINDS = [str(value) for value in Customer.SpecialKind.values]


def secrets(n):
    """Return the eight details of the n-th planted customer, each found nowhere else."""
    return {
        "name": f"慕容金丝雀{n:02d}",
        "phone": f"1997766{n:04d}",
        "account_number": f"33052987{n:05d}",
        "address": f"枕流巷金丝雀{n:02d}号",
        "nominee": f"司徒金丝雀{n:02d} 1998877{n:04d}",
        "key_holder": f"钟离金丝雀{n:02d} 1999988{n:04d}",
        "visit_password": f"灯塔暗号{n:02d}",
        "outage_note": f"氧气瓶在金丝雀{n:02d}床下",
    }


def looked_for():
    """Return what finds every planted detail in one pass over a text."""
    found = ahocorasick.Automaton()
    for n in range(PLANTED):
        for value in secrets(n).values():
            for part in value.split(" "):
                found.add_word(part, part)
    found.make_automaton()
    return found


LOOKED_FOR = looked_for()


def leaks(text):
    """Return which planted details a text shows."""
    return sorted({needle for _, needle in LOOKED_FOR.iter(text)})


@pytest.fixture
def planted(town):
    """Plant them in station S1, and let its dispatcher do everything that is done to them."""
    town.team("XH", "S1", "care")
    customers = [
        Customer.objects.create(
            number=f"CANARY{n:02d}",
            kind="resident",
            area=town.areas["V1"],
            unit=town.units["S1"],
            special_kind=KINDS[n % len(KINDS)],
            special_level=1 + n % 3,
            visit_interval_days=30,
            consented_on=now().date() - timedelta(days=60),
            last_visited_on=now().date() - timedelta(days=33),
            **secrets(n),
        )
        for n in range(PLANTED)
    ]
    by, at = town.actor("S1"), now()
    other = second(town)
    care.open_visits(numbers=None, by=by, at=at)
    alert = care_contacts.open_alert(
        kind="fault",
        title="余村线故障",
        starts_at=at,
        ends_at=None,
        area_codes=["T1"],
        villages="",
        by=by,
        at=at,
    )
    for n, customer in enumerate(customers):
        number = customer.number
        care_files.open_file(number=number, by=by, at=at)
        if customer.special_kind == "left_behind_child":
            unlock = care_files.ask_for_minor(number=number, reason="核对", by=by, at=at)
            care_unlocks.decide(number=unlock.number, verb="grant", by=other, at=at)
        care_files.reveal(number=number, reason="核对", by=by, at=at)
        called = {"number": alert.number, "customer": number, "by": by, "at": at}
        care_contacts.reveal_number(**called)
        verb = ("reach", "no_answer", "need_help")[n % 3]
        care_contacts.note_call(**called, verb=verb, note=secrets(n)["outage_note"])
    unlock = care_unlocks.ask_for_export(reason="年度核对", by=by, at=at)
    care_unlocks.decide(number=unlock.number, verb="grant", by=other, at=at)
    clear = care_sheets.export(in_clear=True, reason="年度核对", by=by, at=at)
    privacy.export(customer="CANARY00", reason="本人来函", by=SYSTEM, at=at)
    town.canary = {"alert": alert.number, "unlock": unlock.number}
    assert leaks(unpacked(clear))
    return town


def unpacked(content):
    """Return all text that a workbook holds."""
    with ZipFile(BytesIO(content)) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


def addresses(town, role=None):
    """Yield every address of console, board, portal and API, about the planted where it can be.

    Not those that the role cannot open at all: the matrix of access shows that it finds nothing.
    """
    job = Job.objects.filter(customer__isnull=False).first().number
    parts = {
        "customer": {"number": "CANARY01"},
        "alert": {"number": town.canary["alert"]},
        "contact": {
            "number": town.canary["alert"],
            "customer": "CANARY01",
            "verb": "no_answer",
        },
        "unlock": {"number": town.canary["unlock"], "verb": "grant"},
        "event": {"number": AuditEvent.objects.filter(verb="customers.customer.reveal").first().pk},
    }
    for name, path, view in ROUTES:
        if name.startswith(("login", "logout", "set_language", "ui:act_as")):
            continue
        if role is not None and role not in getattr(view, "required_roles", {role}):
            continue
        if "<" not in path:
            yield f"/{path}"
        elif (kind := OBJECTS.get(name)) in parts:
            kwargs = {k: v for k, v in parts[kind].items() if f":{k}>" in path}
            yield reverse(name, kwargs=kwargs)
    yield f"/console/plans/jobs/?q={job}"
    yield "/console/?q=%E9%87%91%E4%B8%9D%E9%9B%80"
    yield "/?q=%E9%87%91%E4%B8%9D%E9%9B%80"


def shown(client, address):
    """Return what an address answers to reading, and to writing about care, as text."""
    texts = []
    answers = [client.get(address)]
    if "care" in address:
        answers.append(client.post(address, {"reason": "核对", "what": "clear"}))
    for answer in answers:
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        is_book = content.startswith(b"PK")
        texts.append(unpacked(content) if is_book else content.decode("utf-8", "replace"))
    return "".join(texts)


@pytest.mark.django_db
@pytest.mark.row("001-10")
def test_no_page_of_another_unit_or_role_shows_a_planted_customer(planted, caplog):
    caplog.set_level(logging.DEBUG)
    where = list(addresses(planted))
    assert len(where) > 60
    found = {}
    for role in STAFF:
        client = log_in(planted, role, "S2")
        for address in addresses(planted, role):
            if bad := leaks(shown(client, address)):
                found[role, address] = bad
    for role in set(STAFF) - {Role.DISPATCHER}:
        client = log_in(planted, role, "S1")
        for address in addresses(planted, role):
            if "care" in address and (bad := leaks(shown(client, address))):
                found[role, address] = bad
    stranger = Client()
    for address in where:
        if bad := leaks(shown(stranger, address)):
            found["stranger", address] = bad
    robot = program(planted, Role.DISPATCHER, "S2")
    for name, path, _ in ROUTES:
        if name.startswith("v1:") and "<" not in path and (bad := leaks(shown(robot, f"/{path}"))):
            found["robot", path] = bad

    assert found == {}
    assert leaks(caplog.text) == []
    assert API_OBJECTS
    assert GUARDED


@pytest.mark.django_db
def test_the_own_desk_sees_them_masked_until_it_asks_and_no_log_keeps_them(planted, caplog):
    caplog.set_level(logging.DEBUG)
    client = log_in(planted, Role.DISPATCHER, "S1")
    for address in ("", "forecast/", "alerts/", "approvals/", "tables/", "CANARY01/log/"):
        assert leaks(client.get(f"/console/care/{address}").content.decode()) == []
    assert leaks(client.get("/console/care/CANARY01/").content.decode()) == []
    masked = client.post("/console/care/tables/export/", {"what": "masked", "reason": "核对"})
    assert leaks(unpacked(masked.content)) == []
    clear = client.post("/console/care/tables/export/", {"what": "clear", "reason": "核对"})
    assert clear.status_code == 422
    assert leaks(clear.content.decode()) == []
    asked = client.post("/console/care/CANARY01/reveal/", {"reason": "核对"})
    assert leaks(asked.content.decode())
    assert asked["Cache-Control"] == "no-store"
    with pytest.raises(NotVisibleError) as refusal:
        care_files.reveal(number="CANARY01", reason="核对", by=planted.actor("S2"), at=now())
    trail = json.dumps(list(AuditEvent.objects.values()), default=str, ensure_ascii=False)

    assert "CANARY01" in trail
    assert leaks(trail + caplog.text + refusal.value.message) == []
    assert leaks(str(getattr(cache, "_cache", {}))) == []


@pytest.mark.django_db(transaction=True)
def test_no_byte_of_the_database_holds_them(planted):
    if connection.vendor == "sqlite":
        path = Path(settings.DATABASES["default"]["NAME"])
        raw = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
        text = raw.decode("utf-8", "replace")
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            text = ""
            for (table,) in cursor.fetchall():
                cursor.execute(f'SELECT t::text FROM "{table}" t')
                text += "\n".join(row[0] for row in cursor.fetchall())

    assert "CANARY01" in text
    assert leaks(text) == []
