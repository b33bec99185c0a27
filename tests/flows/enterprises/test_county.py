"""Tables in, a run in the background, findings decided and visited, a report with the trail."""

from dataclasses import replace

import pytest

from dianliang.core import jobs
from dianliang.core.checks import InvalidRowsError
from dianliang.core.models import AuditEvent
from dianliang.domain.customers.models import Customer
from dianliang.domain.enterprises import queries
from dianliang.domain.enterprises.models import AnalysisRun, Finding, FirmAnalysis, SupplyContract
from dianliang.domain.enterprises.operations import UnableToAnalyseError
from dianliang.engines.tariffs import Certainty
from dianliang.flows.enterprises import books, firm_files, following, running, tariff_files
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.firms import NOW, firms_of, run_of
from tests.flows.enterprises.county import SPAN


@pytest.fixture
def county(town, tmp_path, settings):
    settings.HOME = tmp_path
    return firms_of(town, tmp_path)


def test_all_firms_are_analysed_in_the_background_and_stored_once(town, county):
    by = town.actor()
    run = running.ask(from_on=SPAN.from_on, until_on=SPAN.until_on, by=by, at=NOW)
    with pytest.raises(UnableToAnalyseError, match="已有一次分析"):
        running.ask(from_on=SPAN.from_on, until_on=SPAN.until_on, by=by, at=NOW)
    while jobs.run_next(owner="test", clock=lambda: NOW):
        pass

    run.refresh_from_db()
    assert (run.status, run.firms, run.analysed) == ("DONE", 3, 2)
    assert run.engine_version == "1"
    rows = queries.firm_rows(queries.ranked(run=run.number, view="", kind="", by=by))
    assert [row.high_cny for row in rows] == sorted((row.high_cny for row in rows), reverse=True)
    assert run.high_cny == pytest.approx(sum(row.high_cny for row in rows))
    unfit = queries.firm_rows(queries.ranked(run=run.number, view="unfit", kind="", by=by))
    assert ["没有读数" in row.problem for row in unfit] == [True]
    assert running.analyse_in_background(
        jobs.JobContext(
            job_id=0,
            payload={"run": run.number},
            created_by="",
            clock=lambda: NOW,
            owner="another",
        )
    ) == {"skipped": "DONE"}
    assert FirmAnalysis.objects.filter(run=run).count() == 3


def test_a_run_that_cannot_be_done_says_why(town, county):
    run = running.ask(from_on=SPAN.from_on, until_on=SPAN.until_on, by=town.actor(), at=NOW)
    next(running.store().root.rglob("*.parquet")).write_bytes(b"nonsense")
    jobs.run_next(owner="test", clock=lambda: NOW)

    run.refresh_from_db()
    assert run.status == "FAILED"
    assert "从备份恢复" in run.words


def test_what_lies_ahead_or_has_no_contract_is_not_analysed(town, county):
    by = town.actor()
    with pytest.raises(InvalidInputError, match="没有过完"):
        running.ask(
            from_on=NOW.date().replace(day=1),
            until_on=NOW.date().replace(month=12, day=1),
            by=by,
            at=NOW,
        )
    SupplyContract.objects.all().delete()
    with pytest.raises(UnableToAnalyseError, match="用电合同"):
        running.ask(from_on=SPAN.from_on, until_on=SPAN.until_on, by=by, at=NOW)


def test_a_finding_is_decided_by_a_person_and_leads_to_a_visit(town, county):
    run_of(town)
    by = town.actor()
    finding = Finding.objects.order_by("-high_cny").filter(is_counted=True)[0]
    before = Finding.objects.values().get(pk=finding.pk)
    with pytest.raises(UnableToAnalyseError, match="先采纳"):
        following.visit(number=finding.number, by=by, at=NOW)
    with pytest.raises(UnableToAnalyseError, match="写明理由"):
        following.decide(number=finding.number, verdict="declined", words=" ", by=by, at=NOW)
    following.decide(number=finding.number, verdict="declined", words="已改造", by=by, at=NOW)
    following.decide(number=finding.number, verdict="accepted", words="", by=by, at=NOW)
    job = following.visit(number=finding.number, by=by, at=NOW)
    with pytest.raises(UnableToAnalyseError, match="已有上门工单"):
        following.visit(number=finding.number, by=by, at=NOW)

    assert job.customer == finding.analysis.customer
    assert finding.number in job.detail
    assert job.checklist
    assert Finding.objects.values().get(pk=finding.pk) == before
    page = queries.firm(finding.analysis.customer.number, by=by)
    row = next(one for one in page.findings if one.number == finding.number)
    assert [one.verdict for one in row.decisions] == ["accepted", "declined"]
    assert row.job_number == job.number
    verbs = set(
        AuditEvent.objects.filter(verb__startswith="enterprises.finding").values_list(
            "verb", flat=True
        )
    )
    assert verbs == {"enterprises.finding.decide", "enterprises.finding.visit"}


def test_a_station_sees_its_own_firms_only_and_others_see_none(town, county):
    run_of(town)
    mine = Finding.objects.filter(analysis__customer__unit__code="S1")[0]
    for by in (town.actor("S2"), town.actor("LM", Role.STEWARD)):
        with pytest.raises(NotVisibleError):
            queries.firm(mine.analysis.customer.number, by=by)
        with pytest.raises(NotVisibleError):
            following.decide(number=mine.number, verdict="accepted", words="", by=by, at=NOW)
    for role in (Role.COMMANDER, Role.PARTY_AFFAIRS, Role.AUDITOR, Role.ADMINISTRATOR):
        watcher = town.actor("LM", role)
        assert queries.firm(mine.analysis.customer.number, by=watcher).findings
        with pytest.raises(NotVisibleError):
            following.decide(number=mine.number, verdict="accepted", words="", by=watcher, at=NOW)


def test_what_was_declined_is_no_longer_in_any_sum(town, county):
    run, by = run_of(town), town.actor()
    dearest = queries.firm_rows(queries.ranked(run=run.number, view="", kind="", by=by))[0]
    before = queries.latest(by=by)
    counted = Finding.objects.filter(analysis__customer__number=dearest.number, is_counted=True)
    first, *others = counted
    following.decide(number=first.number, verdict="declined", words="已改造", by=by, at=NOW)

    after = queries.latest(by=by)
    assert before.high_cny == pytest.approx(run.high_cny)
    assert after.high_cny == pytest.approx(run.high_cny - first.high_cny)
    assert after.low_cny == pytest.approx(run.low_cny - first.low_cny)
    page = queries.firm(dearest.number, by=by)
    assert page.body["high_cny"] == pytest.approx(dearest.high_cny - first.high_cny)
    for one in others:
        following.decide(number=one.number, verdict="declined", words="不改", by=by, at=NOW)
    left = queries.firm_rows(queries.ranked(run=run.number, view="findings", kind="", by=by))
    assert dearest.number not in {row.number for row in left}
    following.decide(number=first.number, verdict="accepted", words="", by=by, at=NOW)
    assert queries.firm(dearest.number, by=by).body["high_cny"] == pytest.approx(first.high_cny)


def finished(run, *, pk, unit, from_on, until_on, firms):
    """Store another finished run of the same firms, as if analysed later."""
    made = AnalysisRun.objects.create(
        number=f"QN-{pk}",
        unit=unit,
        from_on=from_on,
        until_on=until_on,
        status="DONE",
        engine_version="1",
        asked_by="x",
        asked_at=NOW,
        finished_at=NOW,
    )
    for row in FirmAnalysis.objects.filter(run=run, customer__number__in=firms):
        row.pk, row.run = None, made
        row.save()
    return made


def test_a_part_of_the_firms_or_of_the_months_does_not_replace_the_county_run(town, county):
    run, by = run_of(town), town.actor()
    station = town.actor("S1")
    span = {"from_on": run.from_on, "until_on": run.until_on}
    finished(run, pk="S", unit=town.units["S1"], firms=["QY-1"], **span)
    part = {"from_on": run.from_on, "until_on": run.from_on.replace(month=run.from_on.month + 1)}
    finished(run, pk="M", unit=run.unit, firms=["QY-1"], **part)

    assert queries.latest(by=by).number == run.number
    assert queries.firm("QY-1", by=by).run.number == run.number
    assert queries.latest(by=station).number == "QN-S"
    newer = finished(run, pk="N", unit=run.unit, firms=["QY-1", "QY-2", "QY-3"], **span)
    assert queries.latest(by=by).number == newer.number


def test_a_station_counts_its_own_firms_of_a_county_run(town, county):
    run = run_of(town)
    here = queries.latest(by=town.actor("S2"))

    assert here.number == run.number
    assert (here.firms, here.analysed, here.high_cny) == (1, 0, 0)
    assert [(row.firms, row.analysed) for row in queries.runs(by=town.actor("S1"))] == [(2, 2)]
    assert [(row.firms, row.analysed) for row in queries.runs(by=town.actor())] == [(3, 2)]


def test_a_report_is_printed_in_both_forms_and_noted(town, county):
    run_of(town)
    firm = Customer.objects.get(number="QY-1")
    by = town.actor()
    pdf = following.report(number=firm.number, form="pdf", by=by, at=NOW)
    word = following.report(number=firm.number, form="docx", by=by, at=NOW)

    assert pdf.content.startswith(b"%PDF")
    assert word.content.startswith(b"PK")
    trail = AuditEvent.objects.filter(verb="enterprises.firmanalysis.export")
    assert [one.target_id for one in trail] == ["QY-1", "QY-1"]
    with pytest.raises(UnableToAnalyseError, match="没有读数"):
        following.report(number="QY-3", form="pdf", by=by, at=NOW)


def test_a_tariff_gets_an_end_or_a_new_version_and_never_changes(town, county):
    by = town.actor()
    content = tariff_files.told(tariff_files.demo()).encode()
    same = books.bring_tariffs(content=content, name="电价", by=by, at=NOW)
    assert (same.new, same.ended, same.same) == (0, 0, 3)

    first, second, low = tariff_files.demo()
    changed = tariff_files.told([replace(second, levy_cny_kwh=0.5)]).encode()
    with pytest.raises(InvalidInputError, match="新的版本号"):
        books.bring_tariffs(content=changed, name="电价", by=by, at=NOW)
    third = replace(second, version=3, valid_from=first.valid_until.replace(year=2026))
    with pytest.raises(InvalidInputError, match="重叠"):
        books.bring_tariffs(content=tariff_files.told([third]).encode(), name="电价", by=by, at=NOW)
    ended = replace(second, valid_until=third.valid_from)
    done = books.bring_tariffs(
        content=tariff_files.told([ended, third]).encode(), name="电价", by=by, at=NOW
    )
    assert (done.new, done.ended) == (1, 1)
    assert low in books.known_tariffs()
    assert ended in books.known_tariffs()


def test_only_the_county_changes_the_shared_tariffs_and_nobody_vouches_for_his_own(town, county):
    low = tariff_files.demo()[2]
    ended = tariff_files.told([replace(low, valid_until=NOW.date().replace(day=1))]).encode()
    with pytest.raises(NotVisibleError):
        books.bring_tariffs(content=ended, name="电价", by=town.actor("S1"), at=NOW)
    vouched = replace(low, code="YS-NEW", certainty=Certainty.PUBLISHED)
    with pytest.raises(InvalidInputError, match="不能由导入的人自己写"):
        books.bring_tariffs(
            content=tariff_files.told([vouched]).encode(), name="电价", by=town.actor(), at=NOW
        )
    kept = {(one.code, one.version): one for one in books.known_tariffs()}
    assert kept == {(one.code, one.version): one for one in tariff_files.demo()}


def test_a_contract_names_a_known_firm_tariff_and_meter(town, county):
    table = (
        "客户编号,名称,表号,电价编码,基本电费方式,变压器容量（kVA）\n"
        "QY-9,不认识,M9,YS-10KV,按变压器容量,100\n"
        "QY-2,演示第 2 厂,YS000001,NIX,按变压器容量,四百\n"
    ).encode()
    with pytest.raises(InvalidRowsError) as refusal:
        books.bring_contracts(content=table, name="企业表", by=town.actor(), at=NOW)
    told = "\n".join(refusal.value.rows)
    for words in ("没有客户 QY-9", "NIX 不在电价库", "表号 YS000001 已属于 QY-1", "四百"):
        assert words in told
    assert len(refusal.value.rows) == 4


def test_the_table_that_is_handed_out_can_be_brought_back_as_it_is(town, county):
    by, kept = town.actor(), SupplyContract.objects.order_by("pk").values
    before = list(kept("customer__number", "meters", "way", "standard", "kvarh", "capacity_kva"))
    assert before[0]["kvarh"]

    table = books.contract_table(by=by, at=NOW)
    assert books.bring_contracts(content=table, name="企业表", by=by, at=NOW).firms == 3

    after = list(kept("customer__number", "meters", "way", "standard", "kvarh", "capacity_kva"))
    assert after == before
    assert AuditEvent.objects.filter(verb="enterprises.supplycontract.export").count() == 1
    neighbour = books.contract_table(by=town.actor("S2"), at=NOW)
    mine = firm_files.read(neighbour, name="企业表")
    assert [one.number for one in mine] == ["QY-3"]


def test_a_contract_is_that_of_the_firm_it_names_and_new_meters_are_told(town, county):
    head = "客户编号,名称,表号,电价编码,基本电费方式,变压器容量（kVA）\n"

    def brought(row):
        return books.bring_contracts(
            content=(head + row).encode(), name="企业表", by=town.actor(), at=NOW
        )

    with pytest.raises(InvalidRowsError, match="QY-2 登记的名称是“演示第 2 厂”，表里是“第三厂”"):
        brought("QY-2,第三厂,YS000002,YS-10KV,按变压器容量,100\n")
    same = SupplyContract.objects.get(customer__number="QY-2").meters
    known = brought(f"QY-2,演示第２厂,{'、'.join(same)},YS-10KV,按变压器容量,100\n")
    assert (known.firms, known.other_meters) == (1, ())
    other = brought("QY-2,演示第 2 厂,NEU-1,YS-10KV,按变压器容量,100\n")
    assert other.other_meters == ("QY-2",)


def test_an_abandoned_run_is_told_so(town, county):
    run = running.ask(from_on=SPAN.from_on, until_on=SPAN.until_on, by=town.actor(), at=NOW)
    context = jobs.JobContext(
        job_id=0, payload={"run": run.number}, created_by="", clock=lambda: NOW, owner="x"
    )
    running._given_up(context)
    assert AnalysisRun.objects.get(pk=run.pk).status == "FAILED"
