"""Lectures, offers and courses of the demo county, all marked as generated."""

from datetime import datetime, timedelta
from random import Random

from dianliang.domain.catalog.models import Service
from dianliang.domain.directory.models import Unit
from dianliang.domain.programs.models import (
    Course,
    Enrolment,
    Lecturer,
    LectureRequest,
    LectureTopic,
    Offer,
    ServiceWay,
    Session,
)
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Certificate, Person
from dianliang.flows.demo.activities import came, session_of, sign_ups
from dianliang.kernel.calendar import SHANGHAI

LECTURES, LECTURERS = 32, 8
"""Lectures after the figure of seed row 001-13 (30+)."""


def build_teaching(company: Unit, *, rng: Random, at: datetime) -> None:
    """Write lectures that were given and are asked for, what wants a team, and a course."""
    _lectures(company, rng, at=at)
    _offers(company, at=at)
    _course(company, rng, at=at)


def _lectures(company: Unit, rng: Random, *, at: datetime) -> None:
    """Put people with the certificate into the pool, who have given lectures, and ask for two."""
    topics = list(LectureTopic.objects.order_by("code"))
    today = at.astimezone(SHANGHAI)
    certified = Certificate.objects.filter(skill__code="lecture", expires_on__gt=today.date())
    people = [row.person for row in certified.select_related("person").order_by("person__number")]
    pool = Lecturer.objects.bulk_create(
        Lecturer(person=person, most_a_month=4, is_generated=True) for person in people[:LECTURERS]
    )
    if not pool or not topics:
        return
    for n, lecturer in enumerate(pool):
        lecturer.topics.set([topics[n % len(topics)], topics[(n + 2) % len(topics)]])
    sites = list(Site.objects.select_related("area").order_by("code")[:12])
    sessions, pairs = [], []
    for n in range(LECTURES):
        site, topic, lecturer = rng.choice(sites), topics[n % len(topics)], pool[n % len(pool)]
        day = (today - timedelta(days=4 + n * 9)).replace(minute=0, second=0, microsecond=0)
        began = day.replace(hour=15)
        session = session_of(
            f"HD{began:%y%m%d}-7{n:03d}",
            title=f"{topic.name}（{site.name}）"[:60],
            kind="lecture",
            role="guest",
            unit=company,
            area=site.area,
            site=site,
            place=site.name,
            starts_at=began,
            ends_at=began + timedelta(minutes=topic.minutes),
            status="ACCOUNTED",
            served_people=rng.randint(15, 80),
        )
        sessions.append(session)
        pairs.append((session, lecturer.person, "lecturer", "ATTENDED"))
    Session.objects.bulk_create(sessions)
    came(sign_ups(pairs), rng)
    LectureRequest.objects.bulk_create(
        LectureRequest(
            number=f"DJ{today:%y%m%d}-900{n}",
            topic=topics[n],
            unit=company,
            asked_for=asked_for,
            area=sites[n].area,
            site=sites[n],
            wishes=[
                (today + timedelta(days=days)).replace(hour=14, minute=0, second=0).isoformat()
                for days in (6 + n, 8 + n)
            ],
            minutes=topics[n].minutes,
            audience=60,
            words="希望结合身边的例子讲。",
            asked_by="演示数据",
            asked_at=at - timedelta(hours=3 + n),
            is_generated=True,
        )
        for n, asked_for in enumerate(("余村小学", "灵峰街道文化礼堂"))
    )


def _offers(company: Unit, *, at: datetime) -> None:
    """Let some services be grabbed, bid for and booked, and offer a few."""
    services = list(Service.objects.filter(is_active=True, needs_visit=True, element="power")[:3])
    if not services:
        return
    for service, way in zip((services * 3)[:3], ("grab", "bid", "self_book"), strict=True):
        ServiceWay.objects.get_or_create(service=service, way=way)
    area = Site.objects.select_related("area").get(code="ZD-20").area
    today = at.astimezone(SHANGHAI)
    rows = []
    for n, (way, title) in enumerate(
        (("grab", "茶厂用电安检"), ("bid", "文化礼堂线路整治"), ("assign", "老旧小区表箱清洁"))
    ):
        began = (today + timedelta(days=4 + n)).replace(hour=9, minute=0, second=0, microsecond=0)
        rows.append(
            Offer(
                number=f"GY{today:%y%m%d}-900{n}",
                service=services[n % len(services)],
                way=way,
                title=title,
                unit=company,
                area=area,
                starts_at=began,
                ends_at=began + timedelta(hours=3),
                opened_at=at - timedelta(minutes=10),
                grace_until=at + timedelta(minutes=20) if way == "grab" else None,
                bids_until=at + timedelta(hours=23) if way == "bid" else None,
                opened_by="演示数据",
                is_generated=True,
            )
        )
    Offer.objects.bulk_create(rows)


def _course(company: Unit, rng: Random, *, at: datetime) -> None:
    """Run a course of which two sessions were held and one is ahead."""
    site = Site.objects.select_related("area").get(code="ZD-01")
    today = at.astimezone(SHANGHAI)
    volunteer = Certificate.objects.filter(skill__code="volunteer").select_related("skill").first()
    course = Course.objects.create(
        number=f"KC{today:%y%m%d}-9001",
        title="志愿服务上岗培训",
        unit=company,
        words="安全、礼仪、保密三个模块。",
        skill=volunteer.skill if volunteer else None,
        least_percent=80,
        pass_mark=60,
        created_by="演示数据",
        created_at=at - timedelta(days=30),
        is_generated=True,
    )
    sessions = Session.objects.bulk_create(
        session_of(
            f"HD{today:%y%m%d}-910{n}",
            title=f"上岗培训第 {n + 1} 课",
            kind="class",
            role="learner",
            course=course,
            unit=company,
            area=site.area,
            site=site,
            place=site.name,
            starts_at=(today + timedelta(days=days)).replace(hour=14, minute=0, second=0),
            ends_at=(today + timedelta(days=days)).replace(hour=16, minute=0, second=0),
            status="ACCOUNTED" if days < 0 else "ANNOUNCED",
        )
        for n, days in enumerate((-16, -9, 5))
    )
    learners = list(Person.objects.filter(title="网协员", is_active=True)[:12])
    Enrolment.objects.bulk_create(
        Enrolment(course=course, person=person, enrolled_at=course.created_at, mark=mark)
        for person, mark in ((p, rng.choice([55, 72, 80, 91])) for p in learners)
    )
    pairs = [
        (session, person, "learner", _presence(session, rng))
        for session in sessions
        for person in learners
    ]
    signups = sign_ups(pairs)
    came([signup for signup in signups if signup.status == "ATTENDED"], rng)


def _presence(session: Session, rng: Random) -> str:
    if session.status == "ANNOUNCED":
        return "PLACED"
    return "ATTENDED" if rng.random() < 0.85 else "ABSENT"
