"""What others may know about sites."""

from dataclasses import dataclass

from dianliang.domain.venues.models import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """A site as pages need it."""

    code: str
    name: str
    kind_label: str
    area_code: str
    area_name: str
    address: str
    opening_hours: str
    venue_type: str


def site_row(code: str) -> SiteRow | None:
    """Return a site by its code, or None."""
    site = Site.objects.select_related("area").filter(code=code).first()
    if site is None:
        return None
    return SiteRow(
        code=site.code,
        name=site.name,
        kind_label=site.get_kind_display(),
        area_code=site.area.code,
        area_name=site.area.name,
        address=site.address,
        opening_hours=site.opening_hours,
        venue_type=site.venue_type,
    )
