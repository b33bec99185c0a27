"""Addresses of the pages about activities."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.activities import series, sessions

urlpatterns: list[URLPattern | URLResolver] = [
    path("", sessions.sessions, name="activities"),
    path("new/", sessions.new, name="activity_new"),
    path("series/", series.series, name="activity_series"),
    path("series/new/", series.new, name="activity_series_new"),
    path("series/<str:number>/", series.one, name="activity_series_one"),
    path("series/<str:number>/do/<str:verb>/", series.act, name="activity_series_act"),
    path("<str:number>/", sessions.session, name="activity"),
    path("<str:number>/screen/", sessions.screen, name="activity_screen"),
    path("<str:number>/attendance.xlsx", sessions.export, name="activity_export"),
    path("<str:number>/photos/<str:token>/", sessions.photo, name="activity_photo"),
    path("<str:number>/do/<str:verb>/", sessions.act, name="activity_act"),
]
