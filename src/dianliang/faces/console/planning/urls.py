"""Addresses of the planning pages."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.planning import disruption, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.plans, name="plans"),
    path("new/", views.new, name="plan_new"),
    path("new/teams/", views.teams, name="plan_teams"),
    path("new/check/", views.check, name="plan_check"),
    path("<slug:number>/", views.plan, name="plan"),
    path("<slug:number>/progress/", views.progress, name="plan_progress"),
    path("<slug:number>/sheets/", views.sheets, name="plan_sheets"),
    path("<slug:number>/urgent/", views.offer, name="plan_urgent"),
    path("<slug:number>/happened/", disruption.happened, name="plan_happened"),
    path("<slug:number>/why/<slug:job>/", views.why, name="plan_why"),
    path("<slug:number>/publish/", views.publish, name="plan_publish"),
    path("<slug:number>/do/<slug:verb>/", views.act, name="plan_act"),
]
