"""Addresses of the pages about claims and factors."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.claims import factors, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("claims/", views.claims, name="claims"),
    path("claims/new/", views.new, name="claim_new"),
    path("claims/<str:number>/", views.claim, name="claim"),
    path("claims/<str:number>/<str:verb>/", views.act, name="claim_act"),
    path("factors/", factors.factors, name="factors"),
    path("factors/one/", factors.factor, name="factor"),
    path("factors/keep/", factors.keep, name="factor_keep"),
]
