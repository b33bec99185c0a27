"""Addresses of the pages about firms' electricity."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.enterprises import tariffs, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.firms, name="enterprises"),
    path("ask/", views.ask, name="enterprise_ask"),
    path("contracts/", views.contracts, name="enterprise_contracts"),
    path("contracts.xlsx", views.template, name="enterprise_template"),
    path("tariffs/", tariffs.library, name="enterprise_tariffs"),
    path("tariffs/<str:number>/", tariffs.tariff, name="enterprise_tariff"),
    path("tariffs.xlsx", tariffs.template, name="enterprise_tariff_template"),
    path("firms/<str:number>/", views.firm, name="enterprise"),
    path("firms/<str:number>/report.<str:form>", views.report, name="enterprise_report"),
    path("firms/<str:number>/link/", views.give_link, name="enterprise_link"),
    path("links/<str:number>/back/", views.take_link_back, name="enterprise_link_back"),
    path("tariffs/<str:number>/check/", tariffs.check, name="enterprise_tariff_check"),
    path("tariffs/<str:number>/uncheck/", tariffs.uncheck, name="enterprise_tariff_uncheck"),
    path("findings/<str:number>/", views.finding, name="enterprise_finding"),
    path("findings/<str:number>/do/<str:verb>/", views.finding_act, name="enterprise_finding_act"),
]
