"""Places are named by their own names, in their own sense, and never picked silently."""

import csv
from pathlib import Path

import pytest

import dianliang.flows.demo
from dianliang.engines.triage import DEFAULT_LEXICON, AreaCard, Knowledge, NeedText, Triage
from tests.engines.triage.conftest import CASES


def places(triage: Triage, text: str):
    return [(p.name, p.codes) for p in triage.suggest(NeedText(text=text)).places]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("大溪村停电了", [("大溪村", ("V2",))]),
        ("大溪村委会停电了", [("大溪村委会", ("V2",))]),
        ("大溪社区停电了", [("大溪社区", ("V2",))]),
        ("大溪停电了", [("大溪", ("V2",))]),
        ("住在大溪，灯坏了", [("大溪", ("V2",))]),
        ("老汽车站没电", [("老汽车站", ("V11",))]),
        ("余村3组没电", [("余村", ("V1",))]),
        ("天荒坪镇余村没电", [("天荒坪镇", ("T2",)), ("余村", ("V1",))]),
        ("孝丰镇团结没电", [("孝丰镇", ("T3",)), ("团结", ("V3",))]),
        ("团结村没电", [("团结村", ("V3",))]),
    ],
)
def test_names_with_and_without_suffix(triage, text, expected):
    assert places(triage, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "希望公司管一管",
        "大家团结起来",
        "其余村民都有电",
        "我和村干部说过",
        "马上张贴通知",
        "路上有个大坑",
        "大溪路的灯坏了",
    ],
)
def test_ordinary_words_are_not_villages(triage, text):
    assert places(triage, text) == []


def test_two_places_of_one_name_are_both_offered(triage):
    (place,) = triage.suggest(NeedText(text="石龙村停电了")).places

    assert place.is_ambiguous
    assert [c.label for c in place.candidates] == ["递铺街道·石龙村委会", "孝丰镇·石龙社区居委会"]
    assert "2 处同名" in place.reason
    assert "“石龙村”有同名，请选定" in triage.suggest(NeedText(text="石龙村停电了")).notes


def test_a_township_elsewhere_in_the_text_settles_nothing(triage):
    last = triage.suggest(NeedText(text="孝丰镇的亲戚说，石龙村停电了")).places[-1]

    assert last.codes == ("V4", "V5")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("住在天荒坪镇余村3组12号，没电", "天荒坪镇余村3组12号"),
        (
            "家住递铺街道胜利西路88号阳光花园3栋2单元501室",
            "递铺街道胜利西路88号阳光花园3栋2单元501室",
        ),
        ("余村停电了", ""),
        ("希望加快完善道路", ""),
    ],
)
def test_an_address_needs_more_than_a_village(triage, text, address):
    assert triage.suggest(NeedText(text=text)).address_text == address


def test_an_installation_without_areas_still_works():
    empty = Triage.prepare(Knowledge(services=(), areas=(), lexicon=DEFAULT_LEXICON))

    found = empty.suggest(NeedText(text="余村停电了"))

    assert found.places == ()
    assert found.none_of_these


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("我叫王建国，电话13812345678", ["王建国", "13812345678"]),
        ("李师傅说明天来", ["李"]),
        ("手机 138 1234 5678", ["138 1234 5678"]),
        ("身份证330523199001011234", ["330523199001011234"]),
        ("我是余村的", []),
        ("户号1234567890123", []),
    ],
)
def test_what_identifies_a_person_can_be_hidden(triage, text, hidden):
    masks = triage.suggest(NeedText(text=text)).masks

    assert [text[mask.start : mask.end] for mask in masks] == hidden


COUNTY = Path(dianliang.flows.demo.__file__).parent / "data" / "anji" / "areas.csv"


def county() -> tuple[AreaCard, ...]:
    with COUNTY.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["level"] in {"township", "village"}]
    return (
        AreaCard(code="330523", name="安吉县", level="county"),
        *(
            AreaCard(
                code=row["code"], name=row["name"], level=row["level"], parent_code=row["parent"]
            )
            for row in rows
        ),
    )


@pytest.fixture(scope="module")
def anji() -> Triage:
    return Triage(Knowledge(services=(), areas=county(), lexicon=DEFAULT_LEXICON))


def test_villages_of_a_real_county_are_resolved_and_words_are_not(anji):
    names = {area.code: area.name for area in county()}
    right = wrong = missed = 0
    with (CASES / "county.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    for row in rows:
        named = row["expected"].replace(";", ",").split(",")
        wanted = {frozenset(part.split("|")) for part in named if part}
        found = {
            frozenset(names[code] for code in place.codes)
            for place in anji.suggest(NeedText(text=row["text"])).places
        }
        right += len(wanted & found)
        wrong += len(found - wanted)
        missed += len(wanted - found)

    assert len(rows) >= 150
    assert right / (right + wrong) >= 0.97
    assert right / (right + missed) >= 0.97


OLD = AreaCard(code="V1", name="老庄村", level="village", parent_code="T1", successor_code="V2")
NEW = AreaCard(code="V2", name="新塘村", level="village", parent_code="T1")
NEXT_DOOR = AreaCard(code="V9", name="高桥村", level="village", parent_code="T9", is_outside=True)
SMALL = (
    AreaCard(code="C1", name="安吉县", level="county"),
    AreaCard(code="T1", name="溪龙乡", level="township", parent_code="C1"),
    AreaCard(code="T9", name="禹越镇", level="township", is_outside=True),
    OLD,
    NEW,
    NEXT_DOOR,
    AreaCard(code="R1", name="茶乡大道", level="road", parent_code="T1"),
)


def small(*more: AreaCard) -> Triage:
    return Triage(Knowledge(services=(), areas=(*SMALL, *more), lexicon=DEFAULT_LEXICON))


def test_a_name_that_is_no_longer_official_leads_to_its_successor_and_says_so():
    (place,) = small().suggest(NeedText(text="老庄村停电了")).places

    assert place.codes == ("V2",)
    assert place.candidates[0].label == "溪龙乡·新塘村"
    assert "“老庄村”已撤并或更名，现为溪龙乡·新塘村" in place.reason


def test_renamings_that_run_in_a_circle_end_somewhere():
    circle = (
        AreaCard(code="A", name="甲塘村", level="village", successor_code="B"),
        AreaCard(code="B", name="乙塘村", level="village", successor_code="A"),
    )

    (place,) = small(*circle).suggest(NeedText(text="甲塘村停电")).places

    assert len(place.codes) == 1


def test_a_neighbour_is_recognised_as_outside():
    township, village = small().suggest(NeedText(text="禹越镇高桥村停电")).places

    assert (township.codes, village.codes) == (("T9",), ("V9",))
    assert "不在本服务区" in village.reason


def test_a_county_leads_to_its_village_and_is_no_finding_itself():
    (place,) = small().suggest(NeedText(text="浙江省湖州市安吉县新塘村停电")).places

    assert place.codes == ("V2",)


@pytest.mark.parametrize("lead", ["三角塘镇", "K3县", "临安市", "茅竹乡"])
def test_the_same_name_behind_a_foreign_township_is_somewhere_else(lead):
    assert small().suggest(NeedText(text=f"{lead}新塘村停电")).places == ()


@pytest.mark.parametrize("lead", ["我们镇", "本乡", "各镇"])
def test_our_own_township_unnamed_is_no_foreign_one(lead):
    assert small().suggest(NeedText(text=f"{lead}新塘村停电")).places


def test_a_road_of_the_gazetteer_is_named():
    (place,) = small().suggest(NeedText(text="茶乡大道上的灯坏了")).places

    assert place.codes == ("R1",)


@pytest.mark.parametrize("after", ["路的灯坏了", "街18号没电", "小区没电", "公寓电梯停了"])
def test_a_road_behind_its_township_is_no_village_of_the_same_name(anji, after):
    (place,) = anji.suggest(NeedText(text=f"梅溪镇板桥{after}")).places

    assert place.name == "梅溪镇"


def test_two_places_joined_are_both_found(anji):
    found = anji.suggest(NeedText(text="余村和大溪都停电了")).places

    assert [place.name for place in found] == ["余村", "大溪"]


@pytest.mark.parametrize(
    "suffix", ["村", "村委会", "村委", "村民委员会", "居委会", "社区", "社区居委会"]
)
def test_every_usual_suffix_means_the_same_village(anji, suffix):
    (place,) = anji.suggest(NeedText(text=f"高家堂{suffix}停电了")).places

    assert [candidate.label for candidate in place.candidates] == ["山川乡·高家堂村委会"]
