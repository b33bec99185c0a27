"""Addresses of the pages about employees' appeals."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.voices import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.voices, name="voices"),
    path("interview/", views.interview, name="voice_interview"),
    path("counts/", views.counts, name="voice_counts"),
    path("counts/desks/", views.keep, name="voice_keep"),
    path("<str:number>/", views.voice, name="voice"),
    path("<str:number>/<str:verb>/", views.act, name="voice_act"),
]
