"""Addresses of the pages about brands."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.brands import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.brands, name="brands"),
    path("new/", views.new, name="brand_new"),
    path("<str:number>/", views.brand, name="brand"),
    path("<str:number>/logo/", views.logo, name="brand_logo"),
    path("<str:number>/page.pdf", views.paper, name="brand_paper"),
    path("<str:number>/<str:verb>/", views.act, name="brand_act"),
]
