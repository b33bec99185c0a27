"""Before and after: kept with the activity that changed the place (001-18, 001-16)."""

from datetime import timedelta

import pytest

from dianliang.domain.programs.models import Activity, PhotoPair
from dianliang.domain.programs.operations.activities import UnableToRecordActivityError
from dianliang.domain.workforce.models import Team
from dianliang.flows import volunteering
from dianliang.flows.volunteering import Held, Pictures
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.core.test_files import photo
from tests.town import NOON, TODAY

BEFORE, AFTER = photo((40, 30)), photo((44, 30))


def held(*pairs, **changes):
    known = {
        "title": "村容整治",
        "team_code": "V",
        "site_code": "",
        "area_code": "V1",
        "service_code": "",
        "started_at": NOON - timedelta(hours=3),
        "ended_at": NOON - timedelta(hours=1),
        "people": ("V-0",),
        "served_people": 0,
        "words": "",
        "pairs": pairs,
    }
    return Held(**{**known, **changes})


def volunteers(town):
    town.team("V", "S1", "volunteer")
    Team.objects.filter(code="V").update(is_volunteer=True)


def register(town, *pairs, **changes):
    return volunteering.register(held=held(*pairs, **changes), by=town.actor("S1"), at=NOON)


def pair_of(town):
    """Register a pair of station S1; return what its photo's address needs."""
    volunteers(town)
    made = register(town, Pictures(place="线杆", before=BEFORE, after=AFTER))
    return {"activity": made.number, "token": made.pairs.get().before.token}


def shown(town, unit="S1"):
    start = NOON - timedelta(days=1)
    return volunteering.photo_pairs(by=town.actor(unit), start=start, end=NOON, most=9)


@pytest.mark.row("001-18")
@pytest.mark.row("001-16")
def test_pairs_are_kept_in_their_order_and_shown_with_their_deed(town):
    volunteers(town)
    made = register(
        town,
        Pictures(place="文化礼堂门前", before=BEFORE, after=AFTER),
        Pictures(place="村口变压器旁", before=AFTER, after=BEFORE),
    )

    first, second = shown(town)

    assert (first.place, second.place) == ("文化礼堂门前", "村口变压器旁")
    assert (first.activity, first.area_name, first.on) == (made.number, "余村村委会", TODAY)
    content = volunteering.photo_of(activity=made.number, token=first.after, by=town.actor("S1"))
    assert content.startswith(b"\xff\xd8")


def test_the_neighbouring_station_sees_no_pair(town):
    parts = pair_of(town)

    assert shown(town, "S2") == ()
    with pytest.raises(NotVisibleError):
        volunteering.photo_of(**parts, by=town.actor("S2"))
    with pytest.raises(NotVisibleError):
        volunteering.photo_of(activity="XD", token=parts["token"], by=town.actor("S1"))


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (Pictures(place="线杆", before=BEFORE, after=b""), "第 1 组前后对照缺“整治后”"),
        (Pictures(place="线杆", before=b"", after=AFTER), "第 1 组前后对照缺“整治前”"),
        (Pictures(place="", before=BEFORE, after=AFTER), "请填写对照的位置"),
        (Pictures(place="线杆", before=BEFORE, after=b"GIF"), "无法识别这张照片"),
    ],
)
def test_half_a_pair_is_refused_and_nothing_is_written(town, pair, words):
    volunteers(town)

    with pytest.raises(InvalidInputError, match=words):
        register(town, pair)

    assert not Activity.objects.exists()


def test_the_same_photo_twice_shows_no_change(town):
    volunteers(town)

    with pytest.raises(UnableToRecordActivityError, match="同一张照片"):
        register(town, Pictures(place="线杆", before=BEFORE, after=BEFORE))

    assert not PhotoPair.objects.exists()


def test_more_pairs_than_a_page_can_show_are_refused(town):
    volunteers(town)

    with pytest.raises(InvalidInputError, match="最多 6 组"):
        register(town, *[Pictures(place="线杆", before=BEFORE, after=AFTER)] * 7)
