"""Addresses for programs."""

from django.urls import URLPattern, URLResolver, path, register_converter

from dianliang.api import alerts, booking, calendar, geojson, outreach
from dianliang.api.open311 import views as open311

app_name = "api"
V2 = "open311/v2/"


class FormConverter:
    """The two forms of an Open311 answer."""

    regex = "json|xml"

    def to_python(self, value: str) -> str:
        """Return the form as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Return the form as it is."""
        return value


register_converter(FormConverter, "form")

urlpatterns: list[URLPattern | URLResolver] = [
    path("alerts.atom", alerts.feed, name="alerts"),
    path("alerts/<str:number>.xml", alerts.message, name="alert"),
    path("areas.geojson", geojson.areas, name="areas"),
    path("needs.geojson", geojson.needs, name="needs"),
    path("bookables/<str:token>.ics", booking.bookable, name="bookable_calendar"),
    path("sites/<str:token>.ics", booking.site, name="site_calendar"),
    path("teams/<str:token>.ics", calendar.team, name="team_calendar"),
    path("outreach/<str:code>/receipts/", outreach.receipts, name="outreach_receipts"),
    path(f"{V2}openapi.json", open311.openapi, name="open311_openapi"),
    path(f"{V2}discovery.<form:form>", open311.discovery, name="discovery"),
    path(f"{V2}services.<form:form>", open311.services, name="services"),
    path(f"{V2}services/<str:code>.<form:form>", open311.definition, name="definition"),
    path(f"{V2}requests.<form:form>", open311.requests, name="requests"),
    path(f"{V2}requests/<str:number>.<form:form>", open311.single, name="request"),
    path(f"{V2}tokens/<str:value>.<form:form>", open311.token, name="token"),
]
