"""Addresses of the board face."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.board import views

app_name = "board"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.overview, name="overview"),
    path("records/", views.records, name="records"),
    path("export.xlsx", views.export, name="export"),
]
