"""What people give and what is kept for them: sessions, lectures, courses, hours, rooms, gifts."""

from django.db.models import Case, Count, F, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce

from dianliang.domain.hours import access as hours
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.ledger.models import Book, Drive, Gift
from dianliang.domain.programs import session_access as programs
from dianliang.domain.programs.models import Course, LectureRequest, Session
from dianliang.domain.venues.booking import access as booking
from dianliang.domain.venues.models import Booking
from dianliang.flows.themes.shapes import (
    SERVICE,
    WORDS,
    Attribute,
    Figure,
    Kind,
    Rows,
    ones_if,
    within,
)
from dianliang.kernel.actor import Actor

HELD = ("ANNOUNCED", "UNDER_WAY", "ENDED", "ACCOUNTED")
THERE = Count("signups", filter=Q(signups__status="ATTENDED"), distinct=True)
YUAN = Case(
    When(book__quantity=Book.Quantity.FEN, then=F("amount") / 100),
    default=Value(0),
    output_field=IntegerField(),
)
SITE = Attribute(code="site", label="阵地", lookup="site__code", hint="阵地编码")


def _hours() -> Rows:
    """Return published time that stands: what was taken back counts no more."""
    return HourRecord.objects.filter(status="PUBLISHED", reverses=None, reversal=None)


def _seen_hours(by: Actor) -> Rows:
    return hours.visible(by).filter(status="PUBLISHED", reverses=None, reversal=None)


def _bookings() -> Rows:
    return Booking.objects.filter(
        is_closure=False, status__in=["APPROVED", "IN_USE", "ENDED", "NO_SHOW"]
    )


def _seen_bookings(by: Actor) -> Rows:
    return _bookings().filter(bookable__in=booking.readable(by))


def _gifts() -> Rows:
    return Gift.objects.filter(entry__reversed_by=None)


SERVING_KINDS: tuple[Kind, ...] = (
    Kind(
        code="session",
        label="活动场次",
        whole=lambda: Session.objects.filter(status__in=HELD),
        visible=lambda by: programs.sessions(by).filter(status__in=HELD),
        title="title",
        day="starts_at",
        unit="unit",
        figures=(
            Figure(code="session", label="活动场次", unit="场"),
            Figure(code="session.there", label="场次到场", unit="人次", value=THERE),
        ),
        attributes=(
            SERVICE,
            WORDS,
            SITE,
            Attribute(code="series", label="系列", lookup="series__number", hint="系列编号"),
            Attribute(code="kind", label="活动类别", lookup="kind", hint="类别编码"),
        ),
    ),
    Kind(
        code="lecture",
        label="点讲单",
        whole=lambda: LectureRequest.objects.exclude(status="WITHDRAWN"),
        visible=lambda by: programs.lectures(by).exclude(status="WITHDRAWN"),
        title="topic__name",
        day="asked_at",
        unit="unit",
        figures=(
            Figure(code="lecture", label="点讲单", unit="张"),
            Figure(
                code="lecture.given",
                label="已讲宣讲",
                unit="场",
                value=ones_if(session__status="ACCOUNTED"),
            ),
        ),
        attributes=(
            Attribute(code="topic", label="宣讲主题", lookup="topic__code", hint="主题编码"),
        ),
    ),
    Kind(
        code="course",
        label="课程",
        whole=lambda: Course.objects.exclude(status="CANCELLED"),
        visible=lambda by: Course.objects.filter(programs.within(by)).exclude(status="CANCELLED"),
        title="title",
        day="created_at",
        unit="unit",
        figures=(
            Figure(code="course", label="课程", unit="门"),
            Figure(
                code="course.passed",
                label="课程合格",
                unit="人次",
                value=Count("enrolments", filter=Q(enrolments__status="PASSED"), distinct=True),
            ),
        ),
        attributes=(WORDS,),
    ),
    Kind(
        code="hour",
        label="志愿时长",
        whole=_hours,
        visible=_seen_hours,
        title="content",
        day="started_at",
        unit="unit",
        figures=(
            Figure(code="hour", label="服务时长记录", unit="条"),
            Figure(
                code="hour.minutes",
                label="已公布服务时长",
                unit="分钟",
                value=F("minutes"),
            ),
        ),
        attributes=(
            Attribute(code="words", label="内容含有", lookup="content__icontains", hint="词语"),
            Attribute(code="team", label="队伍", lookup="team__code", hint="队伍编码"),
            Attribute(code="role", label="身份", lookup="role", hint="身份"),
        ),
    ),
    Kind(
        code="booking",
        label="场室预约",
        whole=_bookings,
        visible=_seen_bookings,
        title="bookable__name",
        day="starts_at",
        unit="bookable__unit",
        figures=(
            Figure(code="booking", label="场室预约", unit="次"),
            Figure(
                code="booking.people",
                label="预约使用",
                unit="人次",
                value=Coalesce(F("persons_count"), 0, output_field=IntegerField()),
            ),
        ),
        attributes=(
            Attribute(code="room", label="场室器材", lookup="bookable__code", hint="场室器材编号"),
            Attribute(code="site", label="阵地", lookup="bookable__site__code", hint="阵地编码"),
        ),
    ),
    Kind(
        code="drive",
        label="募捐项目",
        whole=lambda: Drive.objects.exclude(status="DRAFT"),
        visible=lambda by: within(Drive.objects.exclude(status="DRAFT"), "unit", by),
        title="title",
        day="opens_on",
        unit="unit",
        is_instant=False,
        figures=(Figure(code="drive", label="募捐项目", unit="个"),),
        attributes=(WORDS,),
    ),
    Kind(
        code="gift",
        label="捐赠",
        whole=_gifts,
        visible=lambda by: within(_gifts(), "drive__unit", by),
        title="drive__title",
        day="on",
        unit="drive__unit",
        is_instant=False,
        opens="drive__number",
        figures=(
            Figure(code="gift", label="捐赠", unit="笔"),
            Figure(code="gift.yuan", label="捐款（每笔舍去角分）", unit="元", value=YUAN),
        ),
        attributes=(
            Attribute(code="drive", label="募捐项目", lookup="drive__number", hint="项目编号"),
        ),
    ),
)
