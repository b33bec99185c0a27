"""Addresses of the pages about activities."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.activities import courses, lectures, offers, series, sessions

urlpatterns: list[URLPattern | URLResolver] = [
    path("", sessions.sessions, name="activities"),
    path("new/", sessions.new, name="activity_new"),
    path("lectures/", lectures.lectures, name="lectures"),
    path("lectures/new/", lectures.new, name="lecture_new"),
    path("lectures/pool/", lectures.lecturers, name="lecturers"),
    path("lectures/<str:number>/", lectures.lecture, name="lecture"),
    path("lectures/<str:number>/do/<str:verb>/", lectures.act, name="lecture_act"),
    path("offers/", offers.offers, name="activity_offers"),
    path("offers/new/", offers.new, name="activity_offer_new"),
    path("offers/ways/", offers.ways, name="activity_ways"),
    path("offers/<str:number>/", offers.offer, name="activity_offer"),
    path("offers/<str:number>/do/<str:verb>/", offers.act, name="activity_offer_act"),
    path("courses/", courses.courses, name="courses"),
    path("courses/new/", courses.new, name="course_new"),
    path("courses/lacking/", courses.lacking, name="course_lacking"),
    path("courses/<str:number>/", courses.course, name="course"),
    path("courses/<str:number>/do/<str:verb>/", courses.act, name="course_act"),
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
