"""Sessions and open days of the demo county, all marked as generated."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from dianliang.domain.directory.models import Unit
from dianliang.domain.programs.models import (
    Activity,
    Feedback,
    Series,
    Session,
    SessionAttendance,
    SessionNotice,
    Signup,
)
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Membership, Person, Team
from dianliang.kernel.calendar import SHANGHAI

HELD_ACTIONS, OPEN_DAYS = 36, 24
"""Open days after the figure of seed row 003-07 (20+)."""
WORDS = ("讲得清楚", "师傅很耐心", "老人很高兴", "希望多来", "")
AHEAD = (
    (2, 9, "独居老人用电检查", 12, 9),
    (3, 14, "护线爱鸟巡护", 20, 6),
    (5, 9, "社区便民服务日", 8, 11),
    (9, 9, "节能灯更换", None, 4),
)
"""Days ahead, hour, title, places, how many have signed up: more than places wait."""


def build_activities(company: Unit, *, rng: Random, at: datetime) -> None:
    """Write what was held and what is ahead."""
    _held_actions(rng, at=at)
    _open_days(company, rng, at=at)
    _ahead(rng, at=at)


def session_of(number: str, **fields: Any) -> Session:
    """Return a session of the demo, not yet stored."""
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


def came(signups: list[Signup], rng: Random) -> None:
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


def sign_ups(pairs: list[tuple[Session, Person, str, str]]) -> list[Signup]:
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
        session_of(
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
    signups = sign_ups(took_part)
    came(signups, rng)
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
            session_of(
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
    came(sign_ups(pairs), rng)


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
        session = session_of(
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
    signups = sign_ups(pairs)
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
