"""Addresses of the pages about charging stations."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.reach import charging

urlpatterns: list[URLPattern | URLResolver] = [
    path("reach/", charging.coverage, name="reach"),
    path("reach/state/", charging.state, name="reach_state"),
    path("reach/table.xlsx", charging.table, name="reach_table"),
]
