"""Addresses of the pages about the relief of transformers."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.relief import prices, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.proposals, name="relief"),
    path("make/", views.make, name="relief_make"),
    path("effects/", views.effects, name="relief_effects"),
    path("prices/", prices.prices, name="relief_prices"),
    path("prices/table.xlsx", prices.table, name="relief_prices_table"),
    path("prices/change/", prices.price, name="relief_price"),
    path("prices/check/", prices.check, name="relief_price_check"),
    path("prices/uncheck/", prices.uncheck, name="relief_price_uncheck"),
    path("<str:number>/", views.proposal, name="relief_one"),
    path("<str:number>/table.xlsx", views.sheet, name="relief_sheet"),
    path("<str:number>/paper.<str:kind>", views.paper, name="relief_paper"),
    path("<str:number>/state/", views.state, name="relief_state"),
    path("<str:number>/<str:transformer>/decide/", views.decide, name="relief_decide"),
    path("<str:number>/<str:transformer>/complete/", views.complete, name="relief_complete"),
]
