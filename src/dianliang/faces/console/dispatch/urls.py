"""Addresses of the pages about dispatch."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.dispatch import views

OF, ONE = "incidents/<str:number>/dispatch/", "dispatches/<str:number>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path(OF, views.overview, name="incident_dispatches"),
    path(f"{OF}do/<str:verb>/", views.begin, name="incident_dispatch_begin"),
    path(ONE, views.dispatch, name="incident_dispatch"),
    path(f"{ONE}progress/", views.progress, name="incident_dispatch_progress"),
    path(f"{ONE}do/<str:verb>/", views.act, name="incident_dispatch_act"),
]
