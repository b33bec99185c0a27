"""Addresses of the pages about outreach."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.outreach import desk, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.outreaches, name="outreaches"),
    path("new/", views.new, name="outreach_new"),
    path("contacts.xlsx", desk.contacts, name="outreach_contacts"),
    path("receipts.xlsx", desk.receipts, name="outreach_receipts"),
    path("wishes/", desk.wishes, name="outreach_wishes"),
    path("channels/", desk.channels, name="outreach_channels"),
    path("channels/switch/", desk.switch, name="outreach_channel_switch"),
    path("<str:number>/", views.outreach, name="outreach"),
    path("<str:number>/people/", views.people, name="outreach_people"),
    path("<str:number>/people/<int:serial>/", views.person, name="outreach_person"),
    path("<str:number>/record.xlsx", views.record, name="outreach_record"),
    path("<str:number>/batches/<str:batch>/", views.fetch, name="outreach_fetch"),
    path("<str:number>/do/<str:verb>/", views.act, name="outreach_act"),
]
