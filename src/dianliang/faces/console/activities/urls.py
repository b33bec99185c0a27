"""Addresses of the pages about activities."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.activities import lectures, series, sessions

urlpatterns: list[URLPattern | URLResolver] = [
    path("", sessions.sessions, name="activities"),
    path("new/", sessions.new, name="activity_new"),
    path("lectures/", lectures.lectures, name="lectures"),
    path("lectures/new/", lectures.new, name="lecture_new"),
    path("lectures/pool/", lectures.lecturers, name="lecturers"),
    path("lectures/<str:number>/", lectures.lecture, name="lecture"),
    path("lectures/<str:number>/do/<str:verb>/", lectures.act, name="lecture_act"),
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
