"""Addresses of the pages about dispatch."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.dispatch import routes, views

OF, ONE = "incidents/<str:number>/dispatch/", "dispatches/<str:number>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path(OF, views.overview, name="incident_dispatches"),
    path(f"{OF}do/<str:verb>/", views.begin, name="incident_dispatch_begin"),
    path(f"{OF}routes/", routes.routes, name="incident_dispatch_routes"),
    path(f"{OF}routes/drawn/", routes.drawn, name="incident_dispatch_routes_drawn"),
    path(f"{OF}routes/crews/<str:code>/", routes.crew, name="incident_dispatch_routes_crew"),
    path(ONE, views.dispatch, name="incident_dispatch"),
    path(f"{ONE}progress/", views.progress, name="incident_dispatch_progress"),
    path(f"{ONE}do/<str:verb>/", views.act, name="incident_dispatch_act"),
]
