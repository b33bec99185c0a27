"""Addresses of the pages about files of readings."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.readings import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.readings, name="readings"),
    path("look/", views.look, name="readings_look"),
    path("confirm/", views.confirm, name="readings_confirm"),
    path("discard/", views.discard, name="readings_discard"),
]
