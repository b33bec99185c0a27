"""Addresses of the pages about duty."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.rosters import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.rosters, name="rosters"),
    path("new/", views.new, name="roster_new"),
    path("<str:number>/swaps/<str:swap>/<str:verb>/", views.swap, name="roster_swap"),
    path("<str:number>/", views.roster, name="roster"),
    path("<str:number>/do/<str:verb>/", views.act, name="roster_act"),
    path("<str:number>/shifts/<int:shift>/", views.shift, name="roster_shift"),
]
