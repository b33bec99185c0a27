"""Talks, calls, honours, media reports, brands and an employees' desk of the demo county.

Calls, nominations, brands and letters go through the flows that people use; talks, honours and
media reports are written as they lie, because they have a past.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from dianliang.core.models import User
from dianliang.domain.branches.models import Branch, Posting
from dianliang.domain.directory.models import Unit
from dianliang.domain.honours.models import Honour, MediaReport
from dianliang.domain.programs.models import Activity
from dianliang.domain.talks.models import Promise, Talk
from dianliang.domain.voices.models import Desk, Handler
from dianliang.domain.workforce.models import Person, Team
from dianliang.flows.brands import keeping as brands
from dianliang.flows.demo.county import County
from dianliang.flows.honours import calling, joining
from dianliang.flows.voices import handling, mailbox
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI

GENERATED = "演示数据"
DAY = timedelta(days=1)
TALKS = 12
BRANDS = (
    ("红绿融合·电靓两山", "branch"),
    ("梅溪先锋", "branch"),
    ("凤凰展翼", "branch"),
    ("孝丰心连心", "branch"),
    ("电亮夕阳", "product"),
    ("一电就到家", "product"),
)
"""Names after seed rows 004-14 and 000-26; what is done under them is generated."""
LETTERS = (
    ("life", "宿舍热水晚上十点后没有了，夜班回来洗不上澡。"),
    ("growth", "想参加带电作业培训，名额一直轮不到我们所。"),
    ("work", "抢修班连续三周周末值班，希望排班能轮换。"),
)


def build_honours(county: County, *, by: Actor, at: datetime) -> None:
    """Write all of it."""
    clerk = replace(
        by,
        id="user:party",
        name="党建专责",
        role=Role.PARTY_AFFAIRS,
        unit_path=county.company.path,
        unit_code=county.company.code,
    )
    branches = list(Branch.objects.filter(kind="ordinary").select_related("unit"))
    today = at.astimezone(SHANGHAI).date()
    _link_accounts(county)
    _talks(branches, today=today, at=at)
    _brands(branches, clerk=clerk, today=today, at=at)
    _register(county, today=today, at=at)
    _call(county.stations[0], clerk=clerk, today=today, at=at)
    _voices(county.company, at=at)


def _link_accounts(county: County) -> None:
    """Give the clerk of the demo a person, so that he can lead talks, vote and handle."""
    person = Person.objects.filter(unit=county.company, user=None, is_active=True).first()
    user = User.objects.filter(username="party").first()
    if person is not None and user is not None:
        Person.objects.filter(pk=person.pk).update(user=user)


def _talks(branches: Sequence[Branch], *, today: date, at: datetime) -> None:
    """Write a talk of the secretary with a member in each of some branches, at every step."""
    secretaries = Posting.objects.filter(kind__code="secretary", person__isnull=False)
    leaders = {row.branch_id: row.person for row in secretaries.select_related("person")}
    for place, branch in enumerate(branches[:TALKS]):
        leader = leaders.get(branch.pk)
        others = Person.objects.filter(belongings__branch=branch).exclude(
            pk=leader.pk if leader else 0
        )
        person = others.order_by("-number").first()
        if leader is None or person is None:
            continue
        _talk(place, branch, leader, person, today=today, at=at)


def _talk(
    place: int, branch: Branch, leader: Person, person: Person, *, today: date, at: datetime
) -> None:
    step = ("PLANNED", "HELD", "FOLLOWING", "CLOSED")[place % 4]
    planned = today - timedelta(days=4 * place)
    is_held, is_closed = step != "PLANNED", step == "CLOSED"
    talk = Talk.objects.create(
        number=f"TH{planned:%y%m%d}-9{place:03d}",
        branch=branch,
        leader=leader,
        person=person,
        occasion="regular",
        purpose="了解近期思想和工作状态（演示）",
        notes="工作认真，希望多参加培训（演示）" if is_held else "",
        outcome="培训已安排，本人满意（演示）" if is_closed else "",
        planned_on=planned,
        held_on=planned if is_held else None,
        closed_on=today if is_closed else None,
        due_on=None if is_closed else planned + timedelta(days=14),
        status=step,
        created_at=at,
        is_generated=True,
    )
    if is_held:
        Promise.objects.create(
            talk=talk,
            position=1,
            words="安排一次技能培训（演示）",
            is_leaders=True,
            due_on=planned + timedelta(days=10),
            done_on=today if is_closed else None,
            done_words="已安排（演示）" if is_closed else "",
        )


def _brands(branches: Sequence[Branch], *, clerk: Actor, today: date, at: datetime) -> None:
    """Create brands, approve them by another, and attach activities of their stations."""
    second = replace(clerk, id="user:party2", name="党建主任")
    for place, (name, kind) in enumerate(BRANDS):
        branch = branches[place]
        asked = brands.Asked(
            name=name,
            slogan="人民电业为人民" if kind == "product" else "一支部一品牌",
            kind=kind,
            branch=branch.unit.code,
            unit="",
            intro=f"{name}：{branch.unit.name}面向周边村社的服务品牌（演示）。",
            since=today - 200 * DAY,
            photo=None,
        )
        number = brands.create(asked=asked, by=clerk, at=at).number
        brands.submit(number=number, by=clerk, at=at)
        brands.decide(number=number, verb="approve", reason="同意", by=second, at=at)
        brands.show(number=number, is_public=True, by=clerk, at=at)
        host = branch.unit.parent
        done = Activity.objects.filter(team__unit__path__startswith=host.path if host else "-")
        for activity in done.order_by("-started_at")[:4]:
            brands.attach(number=number, record=activity.number, by=clerk, at=at)


def _register(county: County, *, today: date, at: datetime) -> None:
    """Enter honours of a person, a team, a branch and the company, and media reports."""
    person = Person.objects.filter(unit=county.stations[0], is_active=True).order_by("pk").first()
    team = Team.objects.order_by("pk").first()
    branch = Branch.objects.select_related("unit").first()
    held: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("五一劳动奖章（演示）", "province", "省总工会", {"holder": "person", "person": person}),
        ("金牌共产党员服务队（演示）", "state", "国家电网", {"holder": "team", "team": team}),
        (
            "电网先锋党支部（演示）",
            "province",
            "省电力公司",
            {"holder": "branch", "held_by": branch and branch.unit},
        ),
        ("文明单位（演示）", "city", "市文明办", {"holder": "unit", "held_by": county.company}),
    )
    for place, (title, level, issuer, who) in enumerate(held):
        Honour.objects.create(
            number=f"RY{today:%y%m%d}-9{place:03d}",
            title=title,
            level=level,
            issuer=issuer,
            on=today - timedelta(days=90 * place + 20),
            unit=county.company,
            is_model=place == 0,
            story="二十年走遍山村，把灯点到最远的一户（演示）。" if place == 0 else "",
            created_by=GENERATED,
            created_at=at,
            is_generated=True,
            **who,
        )
    for place, (outlet, level) in enumerate(
        (
            ("人民日报", "state"),
            ("新华社", "state"),
            ("浙江日报", "province"),
            ("安吉新闻", "county"),
        )
    ):
        MediaReport.objects.create(
            number=f"MT{today:%y%m%d}-9{place:03d}",
            outlet=f"{outlet}（演示）",
            level=level,
            title=f"村网共建点亮山村 {place + 1}（演示）",
            on=today - timedelta(days=33 * place + 5),
            unit=county.company,
            created_by=GENERATED,
            created_at=at,
            is_generated=True,
        )


def _call(station: Unit, *, clerk: Actor, today: date, at: datetime) -> None:
    """Open a vote at one station, in which its accounts may take part; nominations are over."""
    before, yesterday = at - DAY, today - DAY
    asked = calling.Asked(
        title="年度黎明式员工（演示）",
        unit=station.code,
        level="company",
        rules="在岗一年以上，安全无违章，群众公认。一人一票，无记名。",
        since=today - 365 * DAY,
        until=today,
        nominate_until=yesterday,
        vote_until=today + 20 * DAY,
        electorate="staff",
        quorum_percent=50,
        ties="deeds",
        notice_working_days=5,
        categories="黎明式员工｜个人｜2",
    )
    call = calling.draft(asked=asked, by=clerk, at=before)
    calling.start(number=call.number, by=clerk, at=before)
    key = str(call.categories.get().pk)
    own = replace(clerk, unit_path=station.path, unit_code=station.code, person_number="demo")
    for person in Person.objects.filter(unit=station, is_active=True).order_by("pk")[:4]:
        put = joining.Put(category=key, subject=person.number, words="任劳任怨，群众公认（演示）")
        made = joining.nominate(number=call.number, put=put, by=own, at=before)
        calling.examine(
            number=call.number, nominee=made.number, verb="pass", reason="", by=clerk, at=before
        )
    calling.take_votes(number=call.number, by=clerk, at=at)


def _voices(company: Unit, *, at: datetime) -> None:
    """Open the company's desk with one handler, and let some letters come in."""
    person = Person.objects.filter(user__username="party").select_related("unit").first()
    if person is None:
        return
    today = at.astimezone(SHANGHAI).date()
    desk = Desk.objects.create(unit=company, is_generated=True)
    Handler.objects.create(
        desk=desk, person=person, from_on=today - 9 * DAY, named_by=GENERATED, is_generated=True
    )
    own = Actor(
        id="user:party",
        name=person.name,
        role=Role.PARTY_AFFAIRS,
        unit_path=company.path,
        unit_code=company.code,
        person_number=person.number,
    )
    numbers = []
    for place, (topic, words) in enumerate(LETTERS):
        written = mailbox.Written(desk=company.code, topic=topic, words=f"{words}（演示）")
        voice = mailbox.write(
            written=written,
            key=f"demo-voice-key-{place:04d}",
            token=f"demo-voice-{place:04d}-{company.pk}",
            admit=lambda: None,
            at=at - timedelta(hours=6 * place + 1),
        )
        numbers.append(voice.number)
    for number in numbers[1:]:
        handling.take(number=number, by=own, at=at)
    handling.answer(number=numbers[-1], words="下月起按四周轮换（演示）。", by=own, at=at)
