"""The pages of stars and of pairs, for whoever reads figures."""

from dianliang.domain.programs.models import PhotoPair
from dianliang.domain.venues.models import RatingRules, Site
from dianliang.domain.venues.rating import SHIPPED
from dianliang.faces.ui.requests import now
from dianliang.kernel.actor import Role
from tests.browsing import upload
from tests.flows.test_photo_pairs import volunteers
from tests.flows.test_site_ratings import visits
from tests.town import PASSWORD


def reader(client, town, role, unit="S1"):
    town.user(f"r-{role}", role, unit)
    client.login(username=f"r-{role}", password=PASSWORD)
    return client


def said(answer):
    return answer.content.decode()


def rules_form(**changes):
    sent = {"seen": "0", "reason": "年度调整"}
    for criterion in SHIPPED.criteria:
        name = criterion.measure
        sent |= {
            f"weight_{name}": str(criterion.weight),
            f"floor_{name}": str(criterion.floor),
            f"full_{name}": str(criterion.full),
            f"least_{name}": str(criterion.least),
        }
    sent |= {f"step_{star}": str(least) for star, least in SHIPPED.steps}
    return {**sent, **changes}


def test_the_ranking_links_each_figure_to_its_records(client, town):
    Site.objects.filter(code="FW-001").update(unit=town.units["S1"])
    town.team("XH", "S1", "repair")
    visits(town, 3)
    client = reader(client, town, Role.COMMANDER)

    period = "first=2026-11-01&last=2026-11-30"
    page = said(client.get(f"/board/ratings/?{period}"))
    assert "余村电力服务站" in page
    assert "记录不足" in page
    opened = client.get(f"/board/ratings/site/FW-001/visits/?{period}")
    assert said(opened).count("SM-V1-") == 3
    assert client.get("/board/ratings/?of=cell").status_code == 200
    assert client.get("/board/ratings/site/FW-001/score/").status_code == 404
    assert client.get("/board/ratings/star/FW-001/visits/").status_code == 404


def test_an_administrator_publishes_and_others_read(client, town):
    admin = reader(client, town, Role.ADMINISTRATOR, "LM")
    wrong = admin.post("/board/ratings/rules/", rules_form(weight_visits="99"))
    assert (wrong.status_code, "应为 100" in said(wrong)) == (422, True)
    odd = admin.post("/board/ratings/rules/", rules_form(weight_visits="很多"))
    assert "权重应填不小于 0 的数字" in said(odd)

    answer = admin.post("/board/ratings/rules/", rules_form(), follow=True)

    assert "第 1 版" in said(answer)
    assert RatingRules.objects.get().reason == "年度调整"
    client.logout()
    auditor = reader(client, town, Role.AUDITOR)
    page = said(auditor.get("/board/ratings/rules/"))
    assert "年度调整" in page
    assert '<button class="btn primary">' not in page
    assert auditor.post("/board/ratings/rules/", rules_form(seen="1")).status_code == 404


def test_a_deed_is_registered_with_its_pair_and_shown_side_by_side(client, town):
    volunteers(town)
    client = reader(client, town, Role.PARTY_AFFAIRS)
    at = now()
    form = {
        "team": "V",
        "title": "村容整治",
        "area": "V1",
        "started_at": "2026-11-24T09:00",
        "ended_at": "2026-11-24T11:00",
        "people": ["V-0"],
        "served_people": "0",
        "place_1": "线杆",
        "before_1": upload("a.jpg", 1),
        "after_1": upload("b.jpg", 2),
    }
    answer = client.post("/board/volunteers/register/", form)
    assert answer.status_code == 302, said(answer)
    pair = PhotoPair.objects.get()

    page = said(client.get(f"/board/volunteers/pairs/?first=2026-11-01&last={at:%Y-%m-%d}"))

    assert page.count("<img ") == 2
    photo = client.get(f"/board/volunteers/pairs/{pair.activity.number}/{pair.before.token}/")
    assert photo["Content-Type"] == "image/jpeg"
    half = {**form, "before_1": upload("a.jpg", 1), "after_1": ""}
    refused = client.post(
        "/board/volunteers/register/",
        {**half, "started_at": "2026-11-23T09:00", "ended_at": "2026-11-23T10:00"},
    )
    assert (refused.status_code, "缺“整治后”" in said(refused)) == (422, True)
