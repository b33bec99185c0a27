"""Addresses of the pages about incidents."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.incidents import bulletins, sources, steps, views

ONE = "incidents/<str:number>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("incidents/", views.incidents, name="incidents"),
    path("incidents/table.xlsx", views.sheet, name="incident_sheet"),
    path("incidents/new/", views.new, name="incident_new"),
    path(ONE, views.incident, name="incident"),
    path(f"{ONE}edit/", views.edit, name="incident_edit"),
    path(f"{ONE}log.xlsx", views.log_sheet, name="incident_log"),
    path(f"{ONE}records/<str:code>/", views.records, name="incident_records"),
    path(f"{ONE}records/<str:code>.xlsx", views.records_sheet, name="incident_records_sheet"),
    path(f"{ONE}warn/", bulletins.warn, name="incident_warn"),
    path(f"{ONE}do/<str:verb>/", steps.act, name="incident_act"),
    path("bulletins/", bulletins.bulletins, name="bulletins"),
    path("bulletins/<str:number>/", bulletins.bulletin, name="bulletin"),
    path("bulletins/<str:number>/message.xml", bulletins.file, name="bulletin_file"),
    path("alert-sources/", sources.sources, name="alert_sources"),
    path("alert-sources/<str:number>/<str:verb>/", sources.act, name="alert_source_act"),
]
