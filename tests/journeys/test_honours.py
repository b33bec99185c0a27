"""A vote without ballots, a talk of four steps, a brand, a letter: as people press their way."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from dianliang.core.models import User
from dianliang.domain.honours.models import Call, Voter
from dianliang.domain.talks.models import Talk
from dianliang.faces.ui.requests import now
from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests.honourworld import Honoured
from tests.journeys.conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    """A station with a branch, its clerks, and six employees."""
    town = town_builder.build()
    town.user("clerk", Role.PARTY_AFFAIRS, "S1")
    town.user("second", Role.PARTY_AFFAIRS, "S1")
    return Honoured(town, now())


def member(world: Honoured, name: str, role: Role = Role.STEWARD) -> User:
    """An employee who can log in."""
    person = world.person(name)
    world.actor(person, role)
    assert person.user is not None
    return person.user


def rule(page: Page, world: Honoured) -> None:
    """The rules are written down and published."""
    page.goto("/console/honours/calls/new/")
    page.get_by_label("名称", exact=True).fill("年度黎明式员工")
    page.get_by_label("主办单位").select_option("S1")
    page.get_by_label("评选类别，每行一个").fill("黎明式员工｜个人｜1")
    page.get_by_label("评选规则").fill("在岗一年以上，群众公认")
    for label, days in (("事迹起", -90), ("事迹止", 0), ("提名截止", 3), ("投票截止", 5)):
        page.get_by_label(label).fill(f"{world.on + timedelta(days=days)}")
    page.get_by_role("button", name="起草").click()
    page.get_by_role("button", name="发布规则，开始提名").click()
    expect(page.locator("h1 + span")).to_contain_text("提名中")


@pytest.mark.row("000-21")
def test_a_model_is_nominated_voted_in_secret_put_on_notice_and_objected_to(world, browser_of):
    users = [member(world, f"职工{number}") for number in range(5)]
    desk = browser_of(False).new_page()
    log_in(desk, User.objects.get(username="clerk"))
    rule(desk, world)
    call = Call.objects.get()
    phone = browser_of(True).new_page()
    log_in(phone, users[0])
    phone.goto(f"/console/honours/own/{call.number}/")
    phone.get_by_label("自荐（推荐本人）").check()
    phone.get_by_label("推荐理由").fill("二十年守着山里的线路")
    phone.get_by_role("button", name="提名").click()
    desk.goto(f"/console/honours/calls/{call.number}/")
    desk.get_by_role("button", name="审定合格：职工0").click()
    expect(desk.get_by_text("次日起可以开始投票")).to_be_visible()
    Call.objects.update(nominate_until=world.on - timedelta(days=1))
    desk.reload()
    desk.get_by_role("button", name="截止提名，开始投票").click()
    expect(desk.locator("h1 + span")).to_contain_text("投票中")

    for user in users:
        page = browser_of(True).new_page()
        log_in(page, user)
        page.goto(f"/console/honours/own/{call.number}/")
        page.get_by_role("checkbox", name="职工0").check()
        page.get_by_role("button", name="投票").click()
        expect(page.get_by_text("您已经投过票")).to_be_visible()
        expect(page.get_by_role("checkbox")).to_have_count(0)
    assert Voter.objects.filter(has_voted=True).count() == 5

    desk.goto(f"/console/honours/calls/{call.number}/")
    desk.get_by_role("button", name="截止投票，计票").click()
    expect(desk.get_by_text("5 票")).to_be_visible()
    desk.get_by_role("button", name="公示", exact=True).click()
    desk.get_by_role("button", name="公布").click()
    expect(desk.get_by_role("alert")).to_contain_text("期满才能公布")
    visitor = browser_of(True).new_page()
    visitor.goto("/models/")
    visitor.get_by_role("link", name="年度黎明式员工").click()
    visitor.get_by_text("提出异议").click()
    visitor.get_by_label("哪里不实").fill("线路是三个人守的")
    visitor.get_by_label("您的姓名").fill("村民")
    visitor.get_by_label("联系方式").fill("19900001111")
    visitor.get_by_role("button", name="提交异议").click()
    expect(visitor.get_by_text("已收到您的异议")).to_be_visible()


@pytest.mark.row("004-11")
def test_a_talk_goes_through_four_steps_and_the_clerk_sees_no_word(world, browser_of):
    talk, _, _ = world.led()
    page = browser_of(True).new_page()
    log_in(page, User.objects.get(person__pk=talk.leader_id))
    page.goto("/console/talks/")
    page.get_by_role("link", name=talk.number).click()
    page.get_by_label("谈话内容").fill("老人住院，想调近一点")
    page.get_by_label("跟进期限").fill(f"{world.on + timedelta(days=5)}")
    page.get_by_role("button", name="面谈").click()
    page.get_by_text("加一条承诺").click()
    page.get_by_label("承诺做什么").fill("下月调到余村班")
    page.get_by_label("承诺期限").fill(f"{world.on + timedelta(days=5)}")
    page.get_by_role("button", name="加入").click()
    page.get_by_label("回访期限").fill(f"{world.on + timedelta(days=9)}")
    page.get_by_role("button", name="跟进").click()
    page.get_by_text("登记兑现").click()
    page.get_by_label("完成情况").fill("已调岗")
    page.get_by_role("button", name="登记", exact=True).click()
    page.get_by_label("回访情况").fill("安心了")
    page.get_by_role("button", name="回访").click()
    expect(page.locator("h1 + span")).to_contain_text("已回访")
    assert Talk.objects.get().status == "CLOSED"

    desk = browser_of(False).new_page()
    log_in(desk, User.objects.get(username="clerk"))
    desk.goto("/console/talks/book/")
    expect(desk.get_by_role("row").filter(has_text=talk.number)).to_contain_text("已回访")
    expect(desk.get_by_text("老人住院")).to_have_count(0)
    assert desk.goto(f"/console/talks/{talk.number}/").status == 404


@pytest.mark.row("004-14")
@pytest.mark.row("000-26")
@pytest.mark.row("003-19")
def test_a_branch_gives_itself_a_brand_that_a_visitor_sees_with_its_figures(world, browser_of):
    world.party.branch("YS", "S1")
    held = world.party.meeting()
    page = browser_of(False).new_page()
    log_in(page, User.objects.get(username="clerk"))
    page.goto("/console/brands/")
    page.get_by_role("main").get_by_role("link", name="党支部YS").click()
    page.get_by_label("品牌名称").fill("电亮夕阳")
    page.get_by_label("品牌介绍").fill("为独居老人检查用电")
    page.get_by_role("button", name="创建").click()
    page.get_by_label("记录编号").fill(held.number)
    page.get_by_role("button", name="挂上").click()
    expect(page.get_by_text("来自 1 条记录")).to_be_visible()
    page.get_by_role("button", name="提交评审").click()
    second = browser_of(False).new_page()
    log_in(second, User.objects.get(username="second"))
    second.goto(page.url)
    second.get_by_label("评审意见").first.fill("特色鲜明")
    second.get_by_role("button", name="评审通过").click()
    second.get_by_role("button", name="对外展示").click()
    visitor = browser_of(True).new_page()
    visitor.goto("/models/")
    visitor.get_by_role("link", name="电亮夕阳").click()
    expect(visitor.get_by_text("联席会议")).to_be_visible()
    expect(visitor.get_by_text(held.number)).to_have_count(0)


@pytest.mark.row("001-17")
@pytest.mark.row("002-21")
@pytest.mark.row("003-20")
@pytest.mark.row("000-27")
def test_an_honour_and_a_media_report_are_entered_counted_and_shown(world, browser_of):
    world.person("汪志刚")
    page = browser_of(False).new_page()
    log_in(page, User.objects.get(username="clerk"))
    page.goto("/console/honours/new/")
    page.get_by_label("荣誉名称").fill("五一劳动奖章")
    page.get_by_label("级别").select_option("province")
    page.get_by_label("授予单位").fill("省总工会")
    page.get_by_label("授予日期").fill(f"{world.on}")
    page.get_by_label("获得者（编号、编码或全名）").fill("汪志刚")
    page.get_by_role("button", name="登记").click()
    page.get_by_label("事迹简介（留空为不展示）").fill("讲述点灯故事")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="看展示页").click()
    expect(page.get_by_text("讲述点灯故事")).to_be_visible()
    page.goto("/console/honours/")
    expect(page.get_by_role("link", name="省级")).to_contain_text("1")

    page.goto("/console/honours/media/new/")
    page.get_by_label("媒体", exact=True).fill("人民日报")
    page.get_by_label("刊播日期").fill(f"{world.on}")
    page.get_by_label("标题").fill("电力会客厅")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_role("link", name="国家级")).to_contain_text("1")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Excel").click()
    assert saved.value.suggested_filename.startswith("media-")


@pytest.mark.row("000-25")
def test_a_letter_without_a_name_is_answered_and_handled_again(world, browser_of):
    _, handler = world.handler()
    pen = browser_of(True).new_page()
    pen.goto("/mailbox/")
    pen.get_by_label("类别").select_option("life")
    pen.get_by_label("您的诉求").fill("食堂太咸")
    pen.get_by_role("button", name="寄出").click()
    link = pen.get_by_label("查看链接").input_value()
    desk = browser_of(False).new_page()
    log_in(desk, User.objects.get(person__number=handler.person_number))
    desk.goto("/console/voices/")
    desk.get_by_role("row").filter(has_text="生活困难").get_by_role("link").click()
    expect(desk.get_by_text("未留名")).to_be_visible()
    desk.get_by_role("button", name="受理").click()
    desk.get_by_label("答复内容").fill("本周换厨师")
    desk.get_by_role("button", name="答复").click()
    pen.goto(link)
    expect(pen.get_by_text("本周换厨师")).to_be_visible()
    pen.get_by_text("不满意，再办").click()
    pen.get_by_label("哪里还没有解决").fill("还是咸")
    pen.get_by_role("button", name="再办").click()
    expect(pen.locator(".chip").first).to_contain_text("办理中")
    other = browser_of(False).new_page()
    log_in(other, User.objects.get(username="clerk"))
    assert other.goto(desk.url).status == 404
