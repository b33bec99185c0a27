"""A figure that was typed counts as checked once a second person compared it with its document."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dianliang.core.models import AuditEvent
from dianliang.domain.energy.models import Factor, FactorCheck
from dianliang.domain.energy.operations import factors
from dianliang.domain.energy.queries import factors as library
from dianliang.domain.enterprises import operations
from dianliang.domain.enterprises.models import TariffCheck, TariffVersion
from dianliang.flows.enterprises import books, tariff_files
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import DomainError
from tests.claims import filled_account
from tests.faces.test_access import log_in
from tests.town import NOON

FACTORS = "/console/factors/"
SAID = {"document": "生态环境部公告 2025 年第 1 号", "words": "数值、单位、年份逐项对照"}
NEW = {
    "carrier": "货运",
    "kind": "value_chain",
    "level": "own",
    "region": "本单位",
    "unit": "kgCO2/tkm",
    "year": "2025",
    "value": "0.074",
    "source": "承运商报告",
}


def test_who_recorded_a_factor_does_not_check_it_and_another_does_with_what_he_compared(town):
    admin, clerk = log_in(town, Role.ADMINISTRATOR, "LM"), log_in(town, Role.PARTY_AFFAIRS, "LM")
    assert admin.post(f"{FACTORS}keep/", NEW).status_code == 302
    factor = Factor.objects.get(carrier="货运")
    page = f"{FACTORS}one/?series={factor.series}"
    assert "未与原文核对" in clerk.get(page).content.decode()

    own = admin.post(f"{FACTORS}check/", {"code": factor.code, **SAID})
    assert own.status_code == 422
    assert "另一人" in own.content.decode()
    empty = clerk.post(f"{FACTORS}check/", {"code": factor.code, **SAID, "words": ""})
    assert empty.status_code == 422
    assert clerk.post(f"{FACTORS}check/", {"code": factor.code, **SAID}).status_code == 302
    shown = clerk.get(page).content.decode()
    assert "未与原文核对" not in shown
    assert SAID["document"] in shown
    assert clerk.post(f"{FACTORS}check/", {"code": factor.code, **SAID}).status_code == 422
    assert FactorCheck.objects.count() == 1
    assert AuditEvent.objects.filter(verb="energy.factor.check").count() == 1
    assert "不能确认是两个人" in shown
    back = {"code": factor.code, "reason": "公告不是这一年的"}
    station = log_in(town, Role.PARTY_AFFAIRS, "S1")
    for path in ("check/", "uncheck/"):
        assert station.post(f"{FACTORS}{path}", {**back, **SAID}).status_code == 404
    assert clerk.post(f"{FACTORS}uncheck/", {**back, "reason": ""}).status_code == 422
    assert clerk.post(f"{FACTORS}uncheck/", back).status_code == 302
    assert clerk.post(f"{FACTORS}uncheck/", back).status_code == 422
    shown = clerk.get(page).content.decode()
    assert "未与原文核对" in shown
    assert back["reason"] in shown
    assert clerk.post(f"{FACTORS}check/", {"code": factor.code, **SAID}).status_code == 302
    assert FactorCheck.objects.filter(withdrawn_at=None).count() == 1
    commander = log_in(town, Role.COMMANDER, "LM")
    assert commander.post(f"{FACTORS}check/", {"code": factor.code, **SAID}).status_code == 404


@pytest.fixture
def real(town):
    """A tariff that somebody typed from a document, as the desk imported it."""
    told = tariff_files.told(tariff_files.demo()[:1])
    content = told.replace("YS-10KV", "ZJ-10KV").replace('"generated"', '"as-understood"')
    by = town.actor("LM")
    books.bring_tariffs(content=content.encode(), name="电价", by=by, at=NOON)
    return TariffVersion.objects.get(code="ZJ-10KV", version=1)


def test_a_tariff_is_checked_by_another_than_its_importer_and_the_library_says_so(town, real):
    clerk = log_in(town, Role.PARTY_AFFAIRS, "LM")
    address = "/console/enterprises/tariffs/ZJ-10KV.1/"
    assert "还没有人对照文件核对过" in clerk.get(address).content.decode()
    TariffVersion.objects.filter(pk=real.pk).update(imported_id=f"user:{Role.PARTY_AFFAIRS}-LM")
    own = clerk.post(f"{address}check/", SAID)
    assert (own.status_code, "另一人" in own.content.decode()) == (422, True)
    auditor = log_in(town, Role.AUDITOR, "LM")
    assert auditor.post(f"{address}check/", SAID).status_code == 302

    assert TariffCheck.objects.get().words == SAID["words"]
    assert "已对照文件" in auditor.get("/console/enterprises/tariffs/").content.decode()
    (known,) = [one for one in books.known_tariffs() if one.code == "ZJ-10KV"]
    assert known.certainty == "published"
    content = tariff_files.told([tariff_files.of_body(real.body)]).encode()
    again = books.bring_tariffs(content=content, name="电价", by=town.actor("LM"), at=NOON)
    assert again.same == 1


def test_only_the_county_checks_and_a_wrong_check_is_withdrawn_with_its_reason(town, real):
    station, auditor = log_in(town, Role.DISPATCHER, "S1"), log_in(town, Role.AUDITOR, "LM")
    address = "/console/enterprises/tariffs/ZJ-10KV.1/"
    assert station.post(f"{address}check/", SAID).status_code == 404
    assert "我对照了文件" not in station.get(address).content.decode()
    assert auditor.post(f"{address}check/", SAID).status_code == 302

    back = f"{address}uncheck/"
    assert station.post(back, {"reason": "文件是编的"}).status_code == 404
    clerk = log_in(town, Role.PARTY_AFFAIRS, "LM")
    assert clerk.post(back, {"reason": ""}).status_code == 422
    assert clerk.post(back, {"reason": "文件是编的"}).status_code == 302
    assert clerk.post(back, {"reason": "文件是编的"}).status_code == 422
    assert "文件是编的" in clerk.get(address).content.decode()
    assert AuditEvent.objects.get(verb="enterprises.tariffversion.uncheck").reason == "文件是编的"
    (known,) = [one for one in books.known_tariffs() if one.code == "ZJ-10KV"]
    assert known.certainty == "as-understood"
    assert clerk.post(f"{address}check/", SAID).status_code == 302
    assert TariffCheck.objects.filter(withdrawn_at=None).get().checked_name.startswith("party")


def test_an_end_that_was_written_after_the_check_makes_the_check_void(town, real):
    by = town.actor("LM", Role.AUDITOR)
    auditor = replace(by, id="user:auditor")
    books.check_tariff(name="ZJ-10KV.1", by=auditor, at=NOON, **SAID)
    TariffVersion.objects.filter(pk=real.pk).update(valid_until=None)
    operations.end_tariff(
        tariff=real, valid_until=date(2026, 7, 1), body=real.body, by=town.actor("LM"), at=NOON
    )
    made = TariffCheck.objects.get()
    assert (made.withdrawn_words, made.withdrawn_by) == (
        "写上了失效日 2026-07-01，需重新核对",
        town.actor("LM").name,
    )
    books.check_tariff(name="ZJ-10KV.1", by=auditor, at=NOON, **SAID)
    assert TariffCheck.objects.count() == 2


def test_a_second_account_of_the_same_person_is_not_another_person(town, real):
    same = replace(town.actor("LM", Role.AUDITOR), id="user:second", person_number="R1")
    TariffVersion.objects.filter(pk=real.pk).update(imported_person="R1")
    with pytest.raises(DomainError, match="另一人"):
        books.check_tariff(name="ZJ-10KV.1", by=same, at=NOON, **SAID)
    admin = replace(town.actor("LM", Role.ADMINISTRATOR), id="user:first", person_number="R1")
    asked = {**NEW, "series": "货运-own", "name": "货运", "year": 2025}
    factor = factors.keep(asked=asked, reason="", by=admin, at=NOON)
    with pytest.raises(DomainError, match="另一人"):
        factors.check(code=factor.code, by=same, at=NOON, **SAID)
    factors.check(code=factor.code, by=replace(same, person_number="R2"), at=NOON, **SAID)
    assert library.factor(factor.code).check.is_other_known


def test_a_demonstration_tariff_has_nothing_to_be_compared_with(town):
    books.bring_tariffs(
        content=tariff_files.told(tariff_files.demo()).encode(),
        name="电价",
        by=town.actor("LM"),
        at=NOON,
    )
    auditor = log_in(town, Role.AUDITOR, "LM")
    answer = auditor.post("/console/enterprises/tariffs/YS-10KV.1/check/", SAID)

    assert answer.status_code == 422
    assert not TariffCheck.objects.exists()


def test_the_planner_says_how_many_machines_and_days_and_when_nothing_does(town):
    clerk = log_in(town, Role.PARTY_AFFAIRS, "LM")
    page = clerk.get("/console/measure/planner/").content.decode()
    assert "交叉试验" in page
    small = clerk.get("/console/measure/planner/?wanted=1&machines=2").content.decode()
    assert "达不到这个精度" in small
    assert clerk.get("/console/measure/planner/?wanted=0").status_code == 422
    assert clerk.get("/console/measure/planner/?machines=x").status_code == 422


def test_an_administrator_imports_a_table_of_factors_and_carbon_says_what_is_missing(town):
    clerk, admin = (log_in(town, role, "LM") for role in (Role.PARTY_AFFAIRS, Role.ADMINISTRATOR))
    account = f"/console/carbon/{filled_account(town)}/"
    assert "程序不带这类因子" in clerk.get(account).content.decode()
    blank = admin.get(f"{FACTORS}blank.xlsx").content
    table = SimpleUploadedFile("factors.xlsx", blank)
    assert clerk.post(f"{FACTORS}import/", {"table": table}).status_code == 404
    assert admin.post(f"{FACTORS}import/", {}).status_code == 422
    table.seek(0)
    assert admin.post(f"{FACTORS}import/", {"table": table}).status_code == 302
    assert "程序不带这类因子" not in clerk.get(account).content.decode()
