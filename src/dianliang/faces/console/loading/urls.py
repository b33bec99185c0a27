"""Addresses of the pages about the load of transformers."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.loading import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.loading, name="loading"),
    path("judge/", views.judge, name="loading_judge"),
    path("table.xlsx", views.table, name="loading_table"),
    path("<str:number>/", views.transformer, name="loading_one"),
]
