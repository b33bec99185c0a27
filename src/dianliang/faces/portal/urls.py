"""Addresses of the portal."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.portal import (
    activities,
    asking,
    booking,
    following,
    notices,
    views,
    volunteers,
)

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
    path("activities/", activities.activities, name="activities"),
    path("activities/<str:number>/", activities.activity, name="activity"),
    path("book/<str:service_code>/", booking.book, name="book"),
    path("b/<str:token>/", booking.booking, name="booking"),
    path("v/", volunteers.mine, name="volunteer_mine"),
    path("v/forget/", volunteers.forget, name="volunteer_forget"),
    path("v/<str:token>/", volunteers.volunteer, name="volunteer"),
    path("v/<str:token>/<str:number>/withdraw/", volunteers.withdraw, name="volunteer_withdraw"),
    path("v/<str:token>/<str:number>/rate/", volunteers.rate, name="volunteer_rate"),
    path("a/<str:code>/", volunteers.arrive, name="arrive"),
    path("needs/", views.public, name="public"),
    path("algorithm/", views.algorithm, name="algorithm"),
]
