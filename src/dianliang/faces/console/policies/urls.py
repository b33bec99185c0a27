"""Addresses of the pages about policy lists."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.policies import duties, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.policies, name="policies"),
    path("new/", views.new, name="policy_new"),
    path("measures.xlsx", views.template, name="policy_template"),
    path("duties/", duties.duties, name="policy_duties"),
    path("duties/<str:number>/", duties.duty, name="policy_duty"),
    path("duties/<str:number>/do/<str:verb>/", duties.act, name="policy_duty_act"),
    path("duties/<str:number>/files/<str:token>/", duties.file, name="policy_duty_file"),
    path("<str:number>/", views.policy, name="policy"),
    path("<str:number>/paper/", views.paper, name="policy_paper"),
    path("<str:number>/export.<str:form>", views.export, name="policy_export"),
    path("<str:number>/do/<str:verb>/", views.act, name="policy_act"),
]
