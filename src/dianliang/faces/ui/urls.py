"""Addresses of the design system: choosing a role."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.ui import views

app_name = "ui"
urlpatterns: list[URLPattern | URLResolver] = [
    path("roles/", views.roles, name="roles"),
    path("roles/<int:role_id>/", views.act_as, name="act_as"),
]
