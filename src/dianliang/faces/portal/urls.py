"""Addresses of the portal."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.portal import asking, bases, booking, following, notices, views

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("post/", asking.post, name="post"),
    path("post/hints/", asking.hints, name="hints"),
    path("post/photos/<str:token>/", asking.draft, name="draft"),
    path("q/<str:site_code>/", asking.post, name="post_at"),
    path("services/<str:service_code>/", asking.post, name="post_for"),
    path("join/<str:number>/", asking.join, name="join"),
    path("mine/", following.mine, name="mine"),
    path("n/<str:token>/", following.follow, name="follow"),
    path("n/<str:token>/say/", following.say, name="say"),
    path("n/<str:token>/cancel/", following.cancel, name="cancel"),
    path("n/<str:token>/rate/", following.rate, name="rate"),
    path("n/<str:token>/photos/<str:photo_token>/", following.photo, name="photo"),
    path("h/<str:token>/", notices.notice, name="notice"),
    path("h/<str:token>/<str:number>/claim/", notices.claim, name="notice_claim"),
    path("book/", booking.bookables, name="bookables"),
    path("book/<str:code>/", booking.book, name="book"),
    path("b/<str:token>/", booking.booking, name="booking"),
    path("b/<str:token>/cancel/", booking.cancel, name="booking_cancel"),
    path("k/<str:token>/", booking.door, name="door"),
    path("bases/<str:code>/", bases.base, name="base"),
    path("screen/worker.js", bases.worker, name="screen_worker"),
    path("screen/<str:code>/", bases.screen, name="screen"),
    path("screen/<str:code>/photos/<str:token>/", bases.photo, name="screen_photo"),
    path("needs/", views.public, name="public"),
    path("algorithm/", views.algorithm, name="algorithm"),
]
