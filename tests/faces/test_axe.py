"""Every main page, as wide as a phone and as a desk, light and dark: axe finds nothing serious."""

import pytest

from dianliang.core.models import User
from dianliang.domain.directory.rules import RuleRow
from dianliang.domain.talks.models import Talk
from dianliang.domain.voices.models import Handler
from dianliang.domain.workforce.models import Person, Team
from dianliang.faces.ui.requests import now
from dianliang.flows import hot
from dianliang.flows.alerts import taking
from dianliang.flows.grid_projects import keeping
from dianliang.flows.rules.editing import save_row
from dianliang.kernel.actor import SYSTEM, Role
from tests import claims, honourworld, loaded, projectworld, staff, studied, villages, watchworld
from tests import town as town_builder
from tests.appraisals import appraised
from tests.axe import looked_at
from tests.faces.test_access import CAP, village_together
from tests.flows.bases.things import based
from tests.flows.campaigns.lists import frozen
from tests.flows.test_care import customer
from tests.flows.test_grid_workers import certified
from tests.journeys.conftest import browser_of, log_in
from tests.partyworld import Party

__all__ = ["browser_of"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pages(transactional_db):
    """Addresses with something on them, after the name of whoever may open them."""
    town = town_builder.build()
    town.user("desk", Role.DISPATCHER)
    town.user("admin", Role.ADMINISTRATOR)
    need = town.post("余村文化礼堂电线断了掉在地上", area_code="V1", phone="13812345678", at=now())
    town.post("想给车位装充电桩", area_code="V1", at=now())
    free = [
        "/",
        "/post/",
        "/mine/",
        "/needs/",
        "/algorithm/",
        f"/n/{town.token(1)}/",
        "/login/",
        "/nope/",
    ]
    desk = ["/console/", f"/console/needs/{need.number}/", "/console/intake/", "/console/paste/"]
    desk += [
        "/console/plans/",
        "/console/plans/new/",
        "/board/",
        "/board/records/",
        "/board/?signage=1",
    ]
    town.post("余村文化礼堂电线断了，掉在地上", area_code="V1", at=now())
    hot.look(by=SYSTEM, at=now())
    desk += ["/console/hot/"]
    customer(town)
    certified(town)
    town.team("V", "S1", "volunteer")
    Team.objects.filter(code="V").update(is_volunteer=True)
    desk += ["/console/care/", "/console/care/KH1/", "/console/grid/?view=CERTIFIED"]
    villages.outage(town)
    villages.filed(town)
    of_villages = ("", "V1/", "V1/?on=2020-01-01", "V1/compare/", "transformers/", "feeders/")
    desk += [f"/console/villages/{path}" for path in (*of_villages, "outages/", "stations/")]
    desk += ["/console/review/", "/console/review/?view=second", "/board/bases/"]
    desk += [
        "/board/bases/FW-001/codes/",
        *(f"/board/volunteers/{page}" for page in ("", "actions/", "register/")),
    ]
    told = based(town)["base notice"]["number"]
    desk += [f"/console/bases/{page}" for page in ("", "tree/XL/", "site/FW-001/", "gaps/")]
    desk += [f"/console/bases/{page}" for page in ("standard/", "notices/", f"notices/{told}/")]
    free += ["/bases/FW-001/", "/screen/FW-001/"]
    number = frozen(town).number
    desk += [f"/console/campaigns/{page}" for page in ("", "new/", f"{number}/")]
    desk += [f"/console/campaigns/{number}/targets/", f"/console/campaigns/target/{number}-00001/"]
    desk += ["/console/presence/", "/console/sights/", "/board/ratings/", "/board/ratings/rules/"]
    desk += ["/board/volunteers/pairs/"]
    doubtful = RuleRow(service_code="PWR-LIGHT", area_code="C", unit_code="WTR")
    save_row(place=None, row=doubtful, seen=0, by=town.actor(), at=now())
    together = village_together(town)
    desk += ["/console/charge/", "/console/charge/?view=gaps", "/console/charge/V1/"]
    desk += ["/console/agreements/", f"/console/agreements/{together['agreement']['number']}/"]
    desk += ["/console/powers/", f"/console/powers/{together['power']['number']}/"]
    desk += ["/console/renewal/", "/console/renewal/V1/"]
    kept = staff.things(town)["staff list"]["number"]
    desk += [
        f"/console/staff/{path}" for path in ("", "new/", "people/RY-1/", "expiring/?days=365")
    ]
    desk += [f"/console/staff/{path}" for path in ("twins/", "twins/RY-1/RY-2/", "merges/")]
    desk += [f"/console/staff/{path}" for path in ("teams/", "new-team/", "teams/ZD1/")]
    desk += ["/console/staff/lists/", f"/console/staff/lists/{kept}/"]
    built, on_site = of_projects(town)
    desk += [*of_loading(town), *built]
    upkeep = ["/console/rules/", "/console/rules/?edit=0", "/console/rules/trial/"]
    upkeep += [
        "/console/villages/tables/",
        "/console/words/",
        "/console/words/?q=独居",
        "/console/learning/",
    ]
    upkeep += ["/console/review/", "/console/review/doubts/", "/console/drift/"]
    desk = [*free, "desk", *desk, "admin", *upkeep, "site", *on_site]
    return desk, [*of_watch(town), *of_party(town)]


def of_projects(town):
    """Addresses about grid projects and local issues: of the desk, and of who builds, by phone."""
    built = projectworld.objects(town)
    project, hindered = (built[key]["number"] for key in ("grid project", "local issue"))
    paths = ["", "new/", "norms/", "issues/", f"issues/{hindered}/", f"{project}/"]
    paths += [f"{project}/{page}/" for page in ("plan", "edit", "issue")]
    person = Person.objects.create(number="GC-1", name="现场员", unit=town.units["S1"])
    person.user = town.user("site", Role.STEWARD, "S1")
    person.save()
    keeping.seat(
        number=project,
        post="build",
        person=person.number,
        unit="",
        organisation="",
        from_on=projectworld.BEGAN,
        by=town.actor("S1"),
        at=now(),
    )
    seen = ("", f"{project}/issue/", f"issues/{hindered}/")
    return (
        [f"/console/projects/{path}" for path in paths],
        [f"/field/projects/{path}" for path in seen],
    )


def of_loading(town):
    """Addresses about the load of transformers, charging stations and zones."""
    relieved = loaded.objects(town)["relief proposal"]["number"]
    return [
        *("/console/loading/", "/console/loading/B3/", "/console/relief/effects/"),
        *("/console/relief/", f"/console/relief/{relieved}/", "/console/reach/"),
        "/console/readings/",
        "/console/relief/prices/",
        *("/console/zone/", "/console/powerflow/", "/console/season/"),
        *studied.addresses(town),
    ]


def of_watch(town):
    """Addresses about cameras under lines, at the desk and on the steward's phone."""
    told = watchworld.objects(town)
    camera, event = told["watch camera"]["number"], told["watch event"]["number"]
    keeper = watchworld.steward(town)
    keeper.user = town.user("keeper", Role.STEWARD, "S1")
    keeper.save()
    desk = (
        *("", f"{camera}/", f"{camera}/zones/", "week/?day=2026-11-24", "deletions/"),
        *("events/?view=all", f"events/{event}/"),
    )
    phone = ("keeper", "/field/guarded/", "/field/missed/")
    return ["desk", *(f"/console/watch/{page}" for page in desk), *phone]


def of_party(town):
    """Addresses about ratings, talks, honours, brands, appeals and alerts, after who opens them."""
    Party(town, now()).branch("S1P", "S1")
    told = {**appraised(town), **honourworld.objects(town), **claims.objects(town)}
    number = {kind: values["number"] for kind, values in told.items()}
    rated = "/console/appraisal/"
    clerk = [
        *(f"{rated}{page}" for page in ("", "rules/", "rounds/", "rounds/?kind=contest")),
        *(f"{rated}{page}" for page in ("appeals/", f"lists/{number['task list']}/")),
        *(f"{rated}lists/{number['task list']}/duties/", f"{rated}duties/{number['duty']}/"),
        *(f"{rated}rules/{number['rule book']}/", f"{rated}rounds/{number['round']}/"),
        f"{rated}rounds/{number['appraised']}/of/{told['appraised']['subject']}/",
        f"{rated}people/{number['duty holder']}/",
        *(f"/console/honours/{page}" for page in ("", "new/", f"of/{number['honour']}/")),
        *(f"/console/honours/{page}" for page in ("calls/", "calls/new/", "media/", "media/new/")),
        f"/console/honours/calls/{number['call']}/",
        *(f"/console/{page}" for page in ("claims/new/", f"claims/{number['claim']}/")),
        *("/console/carbon/new/", "/console/carbon/?year=2026", "/console/measure/rollup/"),
        *("/console/measure/", "/console/measure/new/"),
        f"/console/carbon/{number['carbon account']}/",
        f"/console/measure/{number['measurement']}/",
        *("/console/factors/one/?series=电力-平均-浙江-2023", "/console/claims/"),
        *("/console/factors/", "/console/measure/planner/"),
        *(f"/console/brands/{page}" for page in ("", "new/", f"{number['brand']}/")),
        *("/console/talks/book/", "/console/voices/counts/", f"{rated}mine/"),
    ]
    talk, handler = Talk.objects.get(), Handler.objects.get()
    leads = ["/console/talks/", "/console/talks/new/", f"/console/talks/{talk.number}/"]
    voter = ["/console/honours/own/", f"/console/honours/own/{number['call']}/"]
    hears = [f"/console/voices/{page}" for page in ("", "interview/", f"{number['voice']}/")]
    (alert,) = taking.take_in(
        files=[("rain.xml", (CAP / "rainstorm.xml").read_bytes())], by=town.actor(), at=now()
    )
    town.user("clerk", Role.PARTY_AFFAIRS, "S1")
    return [
        *("/models/", "/mailbox/", "clerk", *clerk),
        *(talk.leader.user.username, *leads, *voter),
        *(handler.person.user.username, *hears),
        *("desk", "/console/alerts/", f"/console/alerts/{alert.number}/"),
    ]


@pytest.mark.slow
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(pages, browser_of):
    page = browser_of(True).new_page()
    found = []
    everywhere, newer = pages
    for path in [*everywhere, *newer]:
        if not path.startswith("/"):
            log_in(page, User.objects.get(username=path))
        else:
            found += looked_at(page, path)

    assert found == []
