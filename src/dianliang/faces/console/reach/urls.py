"""Addresses of the pages about charging stations and zones."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.reach import charging, zones

urlpatterns: list[URLPattern | URLResolver] = [
    path("reach/", charging.coverage, name="reach"),
    path("reach/table.xlsx", charging.table, name="reach_table"),
    path("zone/", zones.zone, name="zone"),
    path("zone/year.xlsx", zones.table, name="zone_table"),
]
