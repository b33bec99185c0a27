"""Sessions, open days, lectures, offers and courses of the demo county, all marked as generated."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from dianliang.domain.catalog.models import Service
from dianliang.domain.directory.models import Unit
from dianliang.domain.programs.models import (
    Activity,
    Course,
    Enrolment,
    Feedback,
    Lecturer,
    LectureRequest,
    LectureTopic,
    Offer,
    Series,
    ServiceWay,
    Session,
    SessionAttendance,
    SessionNotice,
    Signup,
)
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Certificate, Membership, Person, Team
from dianliang.kernel.calendar import SHANGHAI

HELD_ACTIONS, OPEN_DAYS, LECTURES, LECTURERS = 36, 24, 32, 8
"""Open days and lectures after the figures of seed rows 003-07 (20+) and 001-13 (30+)."""
WORDS = ("讲得清楚", "师傅很耐心", "老人很高兴", "希望多来", "")
AHEAD = (
    (2, 9, "独居老人用电检查", 12, 9),
    (3, 14, "护线爱鸟巡护", 20, 6),
    (5, 9, "社区便民服务日", 8, 11),
    (9, 9, "节能灯更换", None, 4),
)
"""Days ahead, hour, title, places, how many have signed up: more than places wait."""


def build_activities(company: Unit, *, rng: Random, at: datetime) -> None:
    """Write what was held, what is ahead, and what is open."""
    _held_actions(rng, at=at)
    _open_days(company, rng, at=at)
    _lectures(company, rng, at=at)
    _ahead(rng, at=at)
    _offers(company, at=at)
    _course(company, rng, at=at)


def _session(number: str, **fields: Any) -> Session:
    known: dict[str, Any] = {
        "kind": "action",
        "role": "volunteer",
        "created_by": "演示数据",
        "is_generated": True,
    }
    session = Session(number=number, **{**known, **fields})
    session.signup_until = session.starts_at
    session.created_at = session.starts_at - timedelta(days=7)
    return session


def _came(signups: list[Signup], rng: Random) -> None:
    """Write when people came and went: most by the code on site, some without a place."""
    rows = []
    for signup in signups:
        session = signup.session
        start, end = session.starts_at, session.ends_at
        dice = rng.random()
        away = rng.randint(3, 180)
        doubts = ["no_place"] if dice < 0.06 else ["no_code", "no_place"] if dice < 0.12 else []
        has_place = not doubts
        gone = rng.random() > 0.05
        rows.append(
            SessionAttendance(
                signup=signup,
                way="captain" if "no_code" in doubts else "code",
                checked_in_at=start - timedelta(minutes=rng.randint(-8, 20)),
                away_m=away if has_place else None,
                accuracy_m=rng.randint(8, 40) if has_place else None,
                checked_out_at=end + timedelta(minutes=rng.randint(-5, 20)) if gone else None,
                out_way="code" if gone else "",
                out_away_m=away if gone and has_place else None,
                doubts=doubts,
                noted_by=signup.person.name,
                noted_at=start,
            )
        )
    SessionAttendance.objects.bulk_create(rows)


def _signups(pairs: list[tuple[Session, Person, str, str]]) -> list[Signup]:
    """Sign people up: session, person, role, status."""
    return Signup.objects.bulk_create(
        Signup(
            session=session,
            person=person,
            role=role,
            channel="portal",
            status=status,
            signed_at=session.created_at + timedelta(minutes=place),
            is_generated=True,
        )
        for place, (session, person, role, status) in enumerate(pairs)
    )


def _held_actions(rng: Random, *, at: datetime) -> None:
    """Give the latest recorded actions the sessions from which they came: none is counted twice."""
    found = Activity.objects.filter(is_generated=True, ended_at__lt=at, session=None)
    actions = list(found.select_related("team__unit", "site", "area").order_by("-started_at"))
    sessions = Session.objects.bulk_create(
        _session(
            f"HD{action.number[2:]}",
            title=action.title,
            unit=action.team.unit,
            team=action.team,
            area=action.area,
            site=action.site,
            place=action.site.name if action.site else "",
            starts_at=action.started_at,
            ends_at=action.ended_at,
            places=12,
            is_public=True,
            status="ACCOUNTED",
            served_people=action.served_people,
            activity=action,
        )
        for action in actions[:HELD_ACTIONS]
    )
    of_action = {session.activity_id: session for session in sessions}
    took_part = [
        (of_action[row.activity_id], row.person, "volunteer", "ATTENDED")
        for action in actions[:HELD_ACTIONS]
        for row in action.participations.select_related("person")
    ]
    signups = _signups(took_part)
    _came(signups, rng)
    Feedback.objects.bulk_create(
        Feedback(
            signup=signup,
            stars=rng.choice([3, 4, 5, 5, 5]),
            words=rng.choice(WORDS),
            at=signup.session.ends_at + timedelta(hours=rng.randint(1, 30)),
        )
        for signup in signups
        if rng.random() < 0.3
    )


def _open_days(company: Unit, rng: Random, *, at: datetime) -> None:
    """Hold 会客日 every second Wednesday, and go on holding it."""
    site = Site.objects.select_related("area").get(code="ZD-20")
    today = at.astimezone(SHANGHAI)
    wednesday = (today - timedelta(days=(today.weekday() - 2) % 7 or 7)).date()
    series = Series.objects.create(
        number=f"XL{today:%y%m%d}-9001",
        title="白茶会客厅·会客日",
        kind="open_day",
        role="guest",
        unit=company,
        area=site.area,
        site=site,
        words="有什么用电的事，来坐坐、聊聊，能办的当场办。",
        frequency="weekly",
        every=2,
        weekdays=[2],
        begins_at=today.replace(hour=9, minute=0, second=0, microsecond=0).time(),
        minutes=150,
        starts_on=wednesday - timedelta(days=14 * OPEN_DAYS),
        ahead_days=30,
        made_until=today.date(),
        created_by="演示数据",
        created_at=at,
        is_generated=True,
    )
    sessions = []
    for n in range(OPEN_DAYS):
        on = wednesday - timedelta(days=14 * n)
        began = datetime.combine(on, series.begins_at, SHANGHAI)
        sessions.append(
            _session(
                f"HD{began:%y%m%d}-8{n:03d}",
                title=series.title,
                kind="open_day",
                role="guest",
                series=series,
                series_on=on,
                unit=company,
                area=site.area,
                site=site,
                place=site.name,
                starts_at=began,
                ends_at=began + timedelta(minutes=series.minutes),
                is_public=True,
                status="ACCOUNTED",
                served_people=rng.randint(6, 25),
            )
        )
    stored = Session.objects.bulk_create(sessions)
    hosts = list(Person.objects.filter(title="志愿者", is_active=True)[: 2 * OPEN_DAYS])
    pairs = [
        (session, hosts[2 * n + k], "attendant", "ATTENDED")
        for n, session in enumerate(stored)
        for k in range(2)
        if len(hosts) > 2 * n + k
    ]
    _came(_signups(pairs), rng)


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
        session = _session(
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
    _came(_signups(pairs), rng)
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


def _ahead(rng: Random, *, at: datetime) -> None:
    """Announce what is to come, one with people waiting, and let one go on just now."""
    teams = list(Team.objects.filter(is_volunteer=True).select_related("unit").order_by("code"))
    sites = list(Site.objects.select_related("area").order_by("code")[:8])
    today = at.astimezone(SHANGHAI)
    plans = [(*plan, "ANNOUNCED") for plan in AHEAD] + [(0, 0, "茶厂用电宣讲", 12, 8, "UNDER_WAY")]
    sessions, pairs = [], []
    for n, (days, hour, title, places, count, status) in enumerate(plans):
        team, site = teams[n % len(teams)], sites[n % len(sites)]
        began = (today + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
        began = began.replace(hour=hour) if days else at - timedelta(minutes=40)
        session = _session(
            f"HD{today:%y%m%d}-900{n}",
            title=title,
            unit=team.unit,
            team=team,
            area=site.area,
            site=site,
            place=site.name,
            words="请穿马甲，带水。工具由队里准备。",
            contact="0572-5300000",
            starts_at=began,
            ends_at=began + timedelta(hours=2),
            places=places,
            is_public=True,
            is_changing_code=not days,
            status=status,
        )
        session.created_at = at - timedelta(days=2)
        sessions.append(session)
        for place, row in enumerate(_members(team)[:count]):
            is_placed = places is None or place < places
            pairs.append((session, row, "volunteer", "PLACED" if is_placed else "WAITING"))
    Session.objects.bulk_create(sessions)
    signups = _signups(pairs)
    SessionNotice.objects.bulk_create(
        SessionNotice(
            signup=signup,
            kind="placed" if signup.status == "PLACED" else "waiting",
            words=f"“{signup.session.title}”"
            + ("报名成功。" if signup.status == "PLACED" else "名额已满，您在候补。"),
            at=signup.signed_at,
        )
        for signup in signups
    )
    here = [s for s in signups if s.session.status == "UNDER_WAY"][:6]
    Signup.objects.filter(pk__in=[s.pk for s in here]).update(status="ATTENDED")
    SessionAttendance.objects.bulk_create(
        SessionAttendance(
            signup=signup,
            way="code",
            checked_in_at=signup.session.starts_at - timedelta(minutes=rng.randint(1, 15)),
            away_m=rng.randint(5, 120),
            accuracy_m=20,
            noted_by=signup.person.name,
            noted_at=signup.session.starts_at,
        )
        for signup in here
    )


def _members(team: Team) -> list[Person]:
    found = Membership.objects.filter(team=team, valid_until=None, person__is_active=True)
    return [row.person for row in found.select_related("person").order_by("person__number")[:20]]


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
        _session(
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
    signups = _signups(pairs)
    _came([signup for signup in signups if signup.status == "ATTENDED"], rng)


def _presence(session: Session, rng: Random) -> str:
    if session.status == "ANNOUNCED":
        return "PLACED"
    return "ATTENDED" if rng.random() < 0.85 else "ABSENT"
