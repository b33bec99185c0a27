"""A year of volunteer actions, after the figures of seed row 000-07."""

from datetime import datetime, timedelta
from random import Random

from dianliang.domain.programs.models import Activity, Participation
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Membership, Team
from dianliang.kernel.calendar import SHANGHAI

ACTIONS = 124
LEADING = 4
"""Every fourth team leads the three after it."""
TITLES = (
    "安全用电进课堂",
    "独居老人用电检查",
    "茶厂用电宣讲",
    "护线爱鸟巡护",
    "节能灯更换",
    "防汛用电知识上门",
    "社区便民服务日",
    "垃圾分类与绿色用电",
)


def build_actions(*, rng: Random, at: datetime) -> None:
    """Write sub-teams, activities and who took part."""
    teams = list(Team.objects.filter(is_volunteer=True))
    for place, team in enumerate(teams):
        team.parent = teams[place - place % LEADING] if place % LEADING else None
    Team.objects.bulk_update(teams, ["parent"])
    members: dict[int, list[int]] = {}
    for team_id, person_id in Membership.objects.filter(team__in=teams).values_list(
        "team_id", "person_id"
    ):
        members.setdefault(team_id, []).append(person_id)
    sites = list(Site.objects.select_related("area"))
    rows, took_part = [], []
    for number in range(ACTIONS):
        team, site = teams[number % len(teams)], rng.choice(sites)
        day = (at - timedelta(days=2 + number * 350 // ACTIONS)).astimezone(SHANGHAI)
        began = day.replace(hour=rng.choice([9, 10, 14]), minute=0, second=0, microsecond=0)
        activity = Activity(
            number=f"XD{began:%y%m%d}-9{number:03d}",
            title=TITLES[number % len(TITLES)],
            team=team,
            area=site.area,
            site=site,
            started_at=began,
            ended_at=began + timedelta(hours=rng.choice([2, 2, 3])),
            served_people=rng.randint(8, 60),
            recorded_by="演示数据",
            is_generated=True,
        )
        rows.append(activity)
        took_part += [
            Participation(activity=activity, person_id=person)
            for person in rng.sample(sorted(members[team.pk]), rng.randint(4, 10))
        ]
    Activity.objects.bulk_create(rows)
    Participation.objects.bulk_create(took_part)
