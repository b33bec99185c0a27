"""Addresses of the pages about talks."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.talks import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.talks, name="talks"),
    path("new/", views.new, name="talk_new"),
    path("book/", views.book, name="talk_book"),
    path("book.xlsx", views.sheet, name="talk_sheet"),
    path("<str:number>/", views.talk, name="talk"),
    path("<str:number>/<str:verb>/", views.act, name="talk_act"),
]
