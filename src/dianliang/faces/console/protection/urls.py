"""Addresses of guarded events."""

from django.urls import path

from dianliang.faces.console.protection import views

urlpatterns = [
    path("", views.events, name="guard_events"),
    path("<str:number>/", views.event, name="guard_event"),
    path("<str:number>/sheet.xlsx", views.sheet, name="guard_sheet"),
    path("<str:number>/plan/<str:what>/", views.plan, name="guard_plan"),
    path("<str:number>/do/<str:verb>/", views.act, name="guard_act"),
]
