"""Where the targets of a campaign come from: one query per kind of source, or a table."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.queries import unit_for
from dianliang.domain.key_customers.access import in_force
from dianliang.domain.key_customers.models import SEALED, Grade, KeyCustomer
from dianliang.domain.programs.models import Campaign
from dianliang.domain.programs.operations.campaigns import Aim
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import area_of, county
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Person
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.periods import years_before
from dianliang.kernel.phrases import Phrase

Source = Campaign.Source
MOST_YEARS = 80
OF_PEOPLE = (Source.PEOPLE, Source.MEMBERS)
OF_CUSTOMERS = (Source.OLD_HOUSEHOLDS, Source.ENTERPRISES, Source.SPECIAL)
CUSTOMER_LABELS: Mapping[str, str] = {
    Source.OLD_HOUSEHOLDS: "居民户",
    Source.ENTERPRISES: "企业",
    Source.SPECIAL: "客户",
}
WHO = {
    "volunteers": "在队志愿者",
    "everybody": "全部在岗人员",
}


def checked_query(source: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the conditions of a source as they are kept.

    Raises:
        InvalidInputError: one makes no sense; it is named.
    """
    query: dict[str, Any] = {}
    if source not in Source.values:
        raise InvalidInputError("请选择名单来源。", field="source")
    if source == Source.OLD_HOUSEHOLDS:
        years = str(asked.get("years", ""))
        is_number = years.isascii() and years.isdecimal() and len(years) < 5
        if not (is_number and 0 < int(years) <= MOST_YEARS):
            raise InvalidInputError(
                Phrase("立户年数应为 1 到 %(most)s。", most=MOST_YEARS), field="years"
            )
        query["years"] = int(years)
    if source == Source.SPECIAL:
        query["kinds"] = _some(asked.get("kinds", ()), Customer.SpecialKind.values, "特殊客户类别")
    if source == Source.SITES:
        query["kinds"] = _some(asked.get("kinds", ()), Site.Kind.values, "阵地类别")
    if source == Source.KEY_CUSTOMERS:
        query["grades"] = _some(asked.get("grades", ()), Grade.values, "重要客户等级", "grades")
        kinds = set(asked.get("key_kinds", ()))
        query["kinds"] = [kind for kind in KeyCustomer.Kind.values if kind in kinds]
    if source == Source.PEOPLE:
        query["who"] = asked.get("who") if asked.get("who") in WHO else "volunteers"
    area = str(asked.get("area", ""))
    if area:
        if area_of(area) is None:
            raise InvalidInputError("没有这个区域，请重新选择。", field="area")
        query["area"] = area
    return query


def _some(
    chosen: Iterable[str], known: Iterable[str], label: str, field: str = "kinds"
) -> list[str]:
    kinds = [kind for kind in known if kind in set(chosen)]
    if not kinds:
        raise InvalidInputError(
            Phrase("请至少选择一个%(label)s。", label=Phrase(label)), field=field
        )
    return kinds


def aims(campaign: Campaign, *, on: date) -> list[Aim]:
    """Return the targets that the source names on a day, in the order of their keys.

    Only what the leading unit and its sub-units answer for. Special customers who have not agreed
    are left out: nobody is visited without his consent.
    """
    found = _FINDERS[campaign.source](campaign, on)
    return sorted(found, key=lambda aim: aim.key)


def count(campaign: Campaign, *, on: date) -> int:
    """Return how many targets the source names on a day, without reading them."""
    if campaign.source == Source.TABLE:
        return len(campaign.rows)
    if campaign.source in OF_PEOPLE and county() is None:
        return len(_people(campaign, on))
    return _LISTED[campaign.source](campaign, on).values("pk").count()


def _served(unit: Unit) -> list[str]:
    """Return the paths of the areas that a unit and its sub-units serve."""
    areas = Area.objects.filter(unit__path__startswith=unit.path)
    return sorted(set(areas.values_list("path", flat=True)))


def _in_areas(paths: Iterable[str], lookup: str) -> Q:
    """Return the condition of lying in one of some areas; of none, nothing."""
    return reduce(or_, (Q(**{f"{lookup}__startswith": path}) for path in paths), Q(pk__in=[]))


def _limited(rows: QuerySet[Any], campaign: Campaign, lookup: str) -> QuerySet[Any]:
    area = area_of(campaign.query.get("area", ""))
    return rows.filter(**{f"{lookup}__startswith": area.path}) if area else rows


def _own(campaign: Campaign) -> Q:
    """Return the condition of being the leading unit's, or of nobody in the areas it serves."""
    own = Q(unit__path__startswith=campaign.unit.path)
    return own | Q(unit=None) & _in_areas(_served(campaign.unit), "area__path")


def _listed_customers(campaign: Campaign, on: date) -> QuerySet[Customer]:
    rows = Customer.objects.filter(_own(campaign))
    if campaign.source == Source.OLD_HOUSEHOLDS:
        since = years_before(on, int(campaign.query["years"]))
        rows = rows.filter(kind=Customer.Kind.RESIDENT, account_opened_on__lte=since)
    elif campaign.source == Source.ENTERPRISES:
        rows = rows.filter(kind=Customer.Kind.ENTERPRISE)
    else:
        kinds = campaign.query["kinds"]
        rows = rows.filter(special_kind__in=kinds, consented_on__isnull=False)
    return _limited(rows, campaign, "area__path")


def _customers(campaign: Campaign, on: date) -> list[Aim]:
    fields = ("pk", "number", "area_id", "unit_id", "account_opened_on")
    label = CUSTOMER_LABELS[campaign.source]
    rows = _listed_customers(campaign, on).values_list(*fields)
    return [
        Aim(
            key=number,
            title=f"{label} {number}" + (f"（{opened:%Y} 年立户）" if opened else ""),
            area_id=area_id,
            unit_id=unit_id or campaign.unit_id,
            due_on=campaign.due_on,
            customer_id=pk,
        )
        for pk, number, area_id, unit_id, opened in rows.iterator(chunk_size=5000)
    ]


def _listed_people(campaign: Campaign, on: date) -> QuerySet[Person]:
    rows = Person.objects.filter(is_active=True, unit__path__startswith=campaign.unit.path)
    if campaign.query.get("who") != "everybody":
        rows = rows.filter(
            Q(memberships__valid_until=None) | Q(memberships__valid_until__gte=on),
            memberships__valid_from__lte=on,
            memberships__team__is_volunteer=True,
        )
    return rows.distinct()


def _listed_members(campaign: Campaign, _on: date) -> QuerySet[Person]:
    """Return the party members of the unit and those below: what each of them writes, he writes."""
    return Person.objects.filter(
        is_active=True, is_party_member=True, unit__path__startswith=campaign.unit.path
    )


def _people(campaign: Campaign, on: date) -> list[Aim]:
    served = Unit.areas.through.objects.order_by("-pk")
    homes: dict[int, int] = dict(served.values_list("unit_id", "area_id"))
    whole = county()
    found = _LISTED[campaign.source](campaign, on)
    listed = found.values_list("pk", "number", "name", "unit_id")
    return [
        Aim(
            key=number,
            title=name,
            area_id=area_id,
            unit_id=unit_id,
            due_on=campaign.due_on,
            person_id=pk,
        )
        for pk, number, name, unit_id in listed
        if (area_id := homes.get(unit_id) or (whole.pk if whole else None))
    ]


def _listed_sites(campaign: Campaign, on: date) -> QuerySet[Site]:
    rows = Site.objects.filter(_own(campaign), kind__in=campaign.query["kinds"])
    return _limited(rows, campaign, "area__path")


def _sites(campaign: Campaign, on: date) -> list[Aim]:
    return [
        Aim(
            key=site.code,
            title=site.name,
            place=site.address,
            area_id=site.area_id,
            unit_id=site.unit_id or campaign.unit_id,
            due_on=campaign.due_on,
            lat=site.lat,
            lon=site.lon,
            site_id=site.pk,
        )
        for site in _listed_sites(campaign, on)
    ]


def _listed_keys(campaign: Campaign, on: date) -> QuerySet[KeyCustomer]:
    """Return the key customers in force; of all kinds where none is named."""
    rows = KeyCustomer.objects.filter(
        in_force(on), unit__path__startswith=campaign.unit.path, grade__in=campaign.query["grades"]
    )
    kinds = campaign.query["kinds"]
    return _limited(rows.filter(kind__in=kinds) if kinds else rows, campaign, "area__path")


def _keys(campaign: Campaign, on: date) -> list[Aim]:
    return [
        Aim(
            key=row.number,
            title=f"{row.get_grade_display()} {row.name}",
            place=row.address,
            area_id=row.area_id,
            unit_id=row.unit_id,
            due_on=campaign.due_on,
            lat=row.lat,
            lon=row.lon,
            key_customer_id=row.pk,
        )
        for row in _listed_keys(campaign, on).defer(*SEALED)
    ]


def _listed_villages(campaign: Campaign, on: date) -> QuerySet[Area]:
    rows = Area.objects.filter(_in_areas(_served(campaign.unit), "path"), level=Area.Level.VILLAGE)
    return _limited(rows, campaign, "path")


def _villages(campaign: Campaign, on: date) -> list[Aim]:
    return [
        Aim(
            key=area.code,
            title=area.name,
            area_id=area.pk,
            unit_id=owner(area, campaign.unit).pk,
            due_on=campaign.due_on,
            lat=area.lat,
            lon=area.lon,
        )
        for area in _listed_villages(campaign, on)
    ]


def owner(area: Area, lead: Unit) -> Unit:
    """Return the unit that answers for power in an area, if it is below the leading one."""
    unit, _ = unit_for(service=None, area=area)
    return unit if unit.path.startswith(lead.path) else lead


def _table(campaign: Campaign, on: date) -> list[Aim]:
    return [Aim(**{**row, "due_on": date.fromisoformat(row["due_on"])}) for row in campaign.rows]


_LISTED: Mapping[str, Callable[[Campaign, date], QuerySet[Any]]] = {
    **dict.fromkeys(OF_CUSTOMERS, _listed_customers),
    Source.PEOPLE: _listed_people,
    Source.MEMBERS: _listed_members,
    Source.SITES: _listed_sites,
    Source.KEY_CUSTOMERS: _listed_keys,
    Source.VILLAGES: _listed_villages,
}
_FINDERS: Mapping[str, Callable[[Campaign, date], list[Aim]]] = {
    **dict.fromkeys(OF_CUSTOMERS, _customers),
    Source.PEOPLE: _people,
    Source.MEMBERS: _people,
    Source.SITES: _sites,
    Source.KEY_CUSTOMERS: _keys,
    Source.VILLAGES: _villages,
    Source.TABLE: _table,
}


def linked(campaign: Campaign, key: str) -> dict[str, int]:
    """Return the record of ours that a key added by hand names, where the source lists records.

    Raises:
        InvalidInputError: the leading unit has no such record, or its customer has not agreed.
    """
    rows: QuerySet[Any]
    if campaign.source in OF_CUSTOMERS:
        name, rows = "customer_id", Customer.objects.filter(_own(campaign), number=key)
        if campaign.source == Source.SPECIAL:
            rows = rows.filter(consented_on__isnull=False)
    elif campaign.source in OF_PEOPLE:
        own = Person.objects.filter(unit__path__startswith=campaign.unit.path)
        name, rows = "person_id", own.filter(number=key)
    elif campaign.source == Source.KEY_CUSTOMERS:
        own_keys = KeyCustomer.objects.filter(unit__path__startswith=campaign.unit.path)
        name, rows = "key_customer_id", own_keys.filter(number=key)
    elif campaign.source == Source.SITES:
        name, rows = "site_id", Site.objects.filter(_own(campaign), code=key)
    else:
        return {}
    found = rows.first()
    if found is None:
        message = Phrase(
            "本单位范围内没有编码为 %(key)s 的记录（特殊客户还须本人同意），请核对。", key=key
        )
        raise InvalidInputError(message, field="key")
    return {name: found.pk}
