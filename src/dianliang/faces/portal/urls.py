"""Addresses of the portal."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.portal import views

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("post/", views.post, name="post"),
    path("post/danger/", views.danger_hint, name="danger_hint"),
    path("q/<str:site_code>/", views.post, name="post_at"),
    path("services/<str:service_code>/", views.post, name="post_for"),
    path("join/<str:number>/", views.join, name="join"),
    path("n/<str:token>/", views.follow, name="follow"),
    path("n/<str:token>/say/", views.say, name="say"),
    path("n/<str:token>/cancel/", views.cancel, name="cancel"),
    path("n/<str:token>/rate/", views.rate, name="rate"),
    path("n/<str:token>/photos/<str:photo_token>/", views.photo, name="photo"),
    path("needs/", views.public, name="public"),
    path("algorithm/", views.algorithm, name="algorithm"),
]
