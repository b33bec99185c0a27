"""From a target to a job, a visit, evidence: by itself."""

from datetime import timedelta

import pytest

from dianliang.core import jobs as background
from dianliang.core.models import StoredFile
from dianliang.domain.programs import progress
from dianliang.domain.programs.models import Evidence, Target
from dianliang.domain.programs.operations.targets import EvidenceMissingError
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.operations import jobs as job_operations
from dianliang.domain.work.operations.visits import Checked, Record, complete
from dianliang.domain.workforce.models import Person, Team
from dianliang.flows import fieldwork, privacy
from dianliang.flows.campaigns import doing, following, listing, opening, pages
from dianliang.flows.campaigns.opening import UnableToOpenError
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import IllegalTransitionError, InvalidInputError, NotVisibleError
from dianliang.kernel.geo import GeoPoint
from tests.core.test_files import photo
from tests.fieldworld import op
from tests.flows.campaigns.lists import frozen, households, stairwell, table, target
from tests.town import NOON, TODAY


def open_jobs(town, campaign, *, unit="S1", area="", most=100, is_nearby=False):
    return opening.open_batch(
        number=campaign.number,
        area_code=area,
        most=most,
        is_nearby=is_nearby,
        by=town.actor(unit),
        at=NOON,
    )


def stored(number: int) -> StoredFile:
    return StoredFile.objects.create(
        token=f"photo-token-{number:012d}",
        sha256=f"{number:064d}",
        media_type="image/jpeg",
        size_bytes=1,
        created_at=NOON,
    )


def steward(town) -> Actor:
    """A steward of team XH, with an account."""
    user = town.user("steward", Role.STEWARD, "S1")
    Person.objects.filter(number="XH-1").update(user=user)
    return Actor(
        id="user:steward",
        name="电管家",
        role=Role.STEWARD,
        unit_path=town.units["S1"].path,
        unit_code="S1",
        person_number="XH-1",
        team_codes=frozenset({"XH"}),
    )


def visit(town, job: Job, *, status="ARRIVED") -> Visit:
    """Send a team to a job."""
    job_operations.schedule(job=job, by=town.actor("S1"), at=NOON)
    return Visit.objects.create(
        number=f"SM{job.number[2:]}",
        job=job,
        team=Team.objects.get(code="XH"),
        on=TODAY,
        sequence=Visit.objects.count() + 1,
        arrive_at=NOON,
        depart_at=NOON + timedelta(minutes=20),
        status=status,
    )


def finish(town, made: Visit, *, photos=(), findings="", by=None):
    """Finish a visit from the phone."""
    by = by or steward(town)
    ticked = [{"item": item, "ok": True, "note": ""} for item in made.job.checklist]
    sent = op(
        f"done-{made.number}",
        "complete",
        made.number,
        checklist=ticked,
        photos=[file.token for file in photos],
        findings=findings,
    )
    return fieldwork.sync([sent], by=by, at=NOON)


def test_jobs_are_opened_per_area_in_batches_with_what_is_to_be_proved(town):
    rows = [stairwell(1), stairwell(2), stairwell(3, "V2")]
    campaign = frozen(town, table=table(*rows))

    done = [open_jobs(town, campaign, area="V1", most=1) for _ in range(3)]

    assert [batch.opened for batch in done] == [1, 1, 0]
    job = Job.objects.order_by("pk").first()
    assert (job.title, job.area.code, job.unit.code) == ("楼道亮灯：幸福里 1 单元楼道", "V1", "S1")
    assert job.checklist == ["灯亮", "开关完好"]
    assert "须留证：前后对照照片" in job.detail
    assert (job.duration_min, job.priority) == (20, "may")
    assert target(campaign).status == "PLANNED"
    assert target(campaign, 2).status == "OPEN"


def test_those_near_other_work_come_first_when_wanted(town):
    rows = [stairwell(1, "V2"), stairwell(2, "V1"), stairwell(3, "V2")]
    campaign = frozen(town, table=table(*rows))
    place = town.areas["V1"]
    job_operations.open_job(
        title="停电报修",
        area=place,
        point=GeoPoint(place.lat, place.lon),
        unit=town.units["S1"],
        by=town.actor("S1"),
        at=NOON,
    )

    open_jobs(town, campaign, most=1, is_nearby=True)

    assert target(campaign, 1).status == "PLANNED"


def test_a_long_batch_is_opened_in_the_background_and_shows_how_far_it_is(town, monkeypatch):
    monkeypatch.setattr(opening, "AT_ONCE", 2)
    monkeypatch.setattr(opening, "CHUNK", 2)
    campaign = frozen(town, table=table(*(stairwell(n) for n in range(1, 6))))

    assert open_jobs(town, campaign).is_queued
    assert opening.running(campaign) is not None
    doing.correct(
        number=target(campaign).number, is_back=False, reason="重复", by=town.actor("S1"), at=NOON
    )
    assert background.run_next(owner="test", clock=lambda: NOON)

    assert Job.objects.count() == 4
    assert opening.running(campaign) is None


def test_a_visit_with_its_photos_makes_the_target_done_with_evidence(town):
    town.team("XH", "S1", "repair")
    campaign = frozen(town)
    open_jobs(town, campaign, most=1)
    photos = [stored(1), stored(2), stored(3)]

    (answer,) = finish(town, visit(town, Job.objects.get()), photos=photos, findings="换灯两盏")

    assert answer.outcome == "applied", answer.words
    done = target(campaign)
    assert (done.status, done.visit.number) == ("DONE", Visit.objects.get().number)
    kinds = list(Evidence.objects.values_list("kind", "file__token", "words"))
    assert kinds == [
        ("before", photos[0].token, ""),
        ("photo", photos[1].token, ""),
        ("after", photos[2].token, ""),
        ("words", None, "换灯两盏"),
    ]


@pytest.mark.row("000-15")
def test_live_line_work_is_counted_from_the_jobs_that_did_it(town):
    """A register of work under tension: each one that counts leads to its job and its crew."""
    town.team("XH", "S1", "line")
    poles = [stairwell(n, title=f"10 kV {n} 号杆带电接引") for n in range(1, 4)]
    campaign = frozen(town, title="带电作业", table=table(*poles), proofs=["words"])
    open_jobs(town, campaign)
    jobs = list(Job.objects.order_by("pk"))
    assert len(jobs) == 3
    crew = steward(town)

    for job in jobs[:2]:
        (answer,) = finish(town, visit(town, job), findings="带电接引完成，多供 12 户", by=crew)
        assert answer.outcome == "applied", answer.words

    page = pages.campaign_page(number=campaign.number, area_code="", by=town.actor("S1"))
    (part,) = page.parts
    assert (part.tally.done, part.tally.total) == (2, 3)
    done = Target.objects.filter(campaign=campaign, status="DONE").order_by("pk")
    assert [one.visit.job_id for one in done] == [job.pk for job in jobs[:2]]
    assert {one.visit.team.code for one in done} == {"XH"}


def test_a_visit_without_the_demanded_photos_leaves_the_target_waiting_for_them(town):
    town.team("XH", "S1", "repair")
    campaign = frozen(town)
    open_jobs(town, campaign, most=1)

    finish(town, visit(town, Job.objects.get()), photos=[stored(1)])

    lacking = target(campaign)
    assert (lacking.status, lacking.note) == ("LACKING", "缺前后对照照片")
    with pytest.raises(EvidenceMissingError, match="还缺前后对照照片"):
        doing.complete(number=lacking.number, photos=[], words="", by=town.actor("S1"), at=NOON)
    doing.complete(
        number=lacking.number,
        photos=[("before", photo((40, 30))), ("after", photo((41, 30)))],
        words="",
        by=town.actor("S1"),
        at=NOON,
    )
    assert target(campaign).status == "DONE"


def test_one_picture_given_twice_shows_no_change(town):
    town.team("XH", "S1", "repair")
    campaign, by, same = frozen(town), town.actor("S1"), photo((40, 30))
    number = target(campaign, 1).number

    with pytest.raises(EvidenceMissingError, match="前后是同一张"):
        doing.complete(
            number=number, photos=[("before", same), ("after", same)], words="", by=by, at=NOON
        )

    open_jobs(town, campaign, most=1)
    first, second = stored(1), stored(2)
    StoredFile.objects.update(sha256=first.sha256)
    finish(town, visit(town, Job.objects.get()), photos=[first, second])
    assert target(campaign).status == "LACKING"


def test_evidence_that_is_refused_leaves_nothing_behind(town):
    campaign = frozen(town)

    with pytest.raises(EvidenceMissingError):
        doing.complete(
            number=target(campaign).number,
            photos=[("before", photo((40, 30)))],
            words="好了",
            by=town.actor("S1"),
            at=NOON,
        )

    assert not Evidence.objects.exists()
    assert target(campaign).status == "OPEN"


def test_a_cancelled_job_gives_its_target_back(town):
    campaign = frozen(town)
    open_jobs(town, campaign, most=1)
    job_operations.cancel(job=Job.objects.get(), reason="合并", by=town.actor("S1"), at=NOON)

    assert [following.follow_jobs(at=NOON) for _ in range(2)] == [1, 0]

    assert (target(campaign).status, target(campaign).job) == ("OPEN", None)


def test_a_job_closed_at_the_desk_brings_no_evidence(town):
    campaign = frozen(town)
    open_jobs(town, campaign, most=1)
    job_operations.complete(job=Job.objects.get(), words="", by=town.actor("S1"), at=NOON)

    following.follow_jobs(at=NOON)

    assert target(campaign).status == "LACKING"


def test_a_visit_that_nobody_followed_is_caught_up_with(town):
    town.team("XH", "S1", "repair")
    campaign = frozen(town, proofs=["words"])
    open_jobs(town, campaign, most=1)
    made = visit(town, Job.objects.get())
    record = Record(checklist=(Checked("灯亮", True), Checked("开关完好", True)), findings="好")
    complete(visit=made, record=record, by=steward(town), at=NOON)

    following.follow_jobs(at=NOON)

    assert target(campaign).status == "DONE"


def test_a_target_left_undone_says_why_and_can_be_tried_again(town):
    campaign, by = frozen(town), town.actor("S1")
    number = target(campaign).number
    for reason, note in (("", ""), ("x", ""), ("other", " ")):
        with pytest.raises(InvalidInputError):
            doing.give_up(number=number, reason=reason, note=note, by=by, at=NOON)

    doing.give_up(number=number, reason="nobody_in", note="三次", by=by, at=NOON)

    (row,) = progress.reasons(campaign, by=by)
    assert (row.label, row.count) == ("多次上门无人", 1)
    doing.try_again(number=number, by=by, at=NOON)
    assert (target(campaign).status, target(campaign).reason) == ("OPEN", "")


def test_nothing_is_done_twice(town):
    campaign, by = frozen(town, proofs=["words"]), town.actor("S1")
    number = target(campaign).number
    doing.complete(number=number, photos=[], words="灯亮", by=by, at=NOON)

    for act in (
        lambda: doing.complete(number=number, photos=[], words="", by=by, at=NOON),
        lambda: doing.give_up(number=number, reason="gone", note="", by=by, at=NOON),
        lambda: doing.correct(number=number, is_back=False, reason="错了", by=by, at=NOON),
    ):
        with pytest.raises(IllegalTransitionError):
            act()


def test_jobs_are_opened_only_while_the_campaign_runs(town):
    campaign = frozen(town)
    listing.move(number=campaign.number, verb="close", reason="到期", by=town.actor("S1"), at=NOON)

    with pytest.raises(UnableToOpenError):
        open_jobs(town, campaign)
    with pytest.raises(InvalidInputError):
        doing.complete(
            number=target(campaign).number, photos=[], words="", by=town.actor("S1"), at=NOON
        )


def test_a_batch_that_waits_opens_nothing_once_the_campaign_is_closed(town, monkeypatch):
    monkeypatch.setattr(opening, "AT_ONCE", 2)
    campaign = frozen(town)
    assert open_jobs(town, campaign).is_queued
    listing.move(number=campaign.number, verb="close", reason="到期", by=town.actor("S1"), at=NOON)

    assert background.run_next(owner="test", clock=lambda: NOON)

    assert not Job.objects.exists()
    assert set(Target.objects.values_list("status", flat=True)) == {"OPEN"}


def test_a_target_without_a_place_is_counted_not_lost(town):
    town.areas["V2"].lat = town.areas["V2"].lon = None
    town.areas["V2"].coordinate_source = ""
    town.areas["V2"].save()
    campaign = frozen(town, table=table(stairwell(1, "V2"), stairwell(2)))

    batch = open_jobs(town, campaign)

    assert (batch.opened, batch.without_place) == (1, 1)


def test_a_page_of_a_target_shows_its_evidence_to_its_unit_only(town):
    campaign = frozen(town)
    number = target(campaign).number

    page = pages.target_page(number=number, by=town.actor("S1"))

    assert page.verbs == {"complete", "plan", "lack", "give_up", "exclude"}
    for unit in ("S2", "WTR"):
        with pytest.raises(NotVisibleError):
            pages.target_page(number=number, by=town.actor(unit))


def test_a_customer_who_is_erased_leaves_a_count_and_nothing_else(town):
    households(town, 1)
    campaign = frozen(
        town, source="old_households", query={"years": "20"}, table=None, proofs=["words"]
    )
    doing.complete(
        number=target(campaign).number,
        photos=[("photo", photo((40, 30)))],
        words="老人在家，已换开关",
        by=town.actor("S1"),
        at=NOON,
    )

    admin = town.actor("LM", Role.ADMINISTRATOR)
    privacy.erase(customer="KH000001", reason="本人要求", by=admin, at=NOON)

    erased = target(campaign)
    assert (erased.status, erased.customer) == ("DONE", None)
    assert not Evidence.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_target_that_was_finished_at_the_desk_sends_nobody_there_any_more(town):
    campaign = frozen(town, proofs=["photo"])
    open_jobs(town, campaign)
    first, second = target(campaign), target(campaign, 1)
    doing.complete(
        number=first.number,
        photos=[("photo", photo())],
        words="",
        by=town.actor("S1"),
        at=NOON,
    )

    assert Job.objects.get(pk=first.job_id).status == "CANCELLED"
    assert Job.objects.get(pk=second.job_id).status == "OPEN"
