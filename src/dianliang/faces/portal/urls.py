"""Addresses of the portal."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.portal import asking, certificates, following, giving, hours, notices, views

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
    path("hours/", hours.notices, name="hour_notices"),
    path("hours/<str:number>/", hours.notice, name="hour_notice"),
    path("hours/<str:number>/<str:record>/object/", hours.appeal, name="hour_appeal"),
    path("certificates/", certificates.certificates, name="certificates"),
    path("certificates/keys.json", certificates.keys, name="certificate_keys"),
    path("certificates/revoked.json", certificates.revoked, name="certificate_revoked"),
    path("donations/", giving.donations, name="donations"),
    path("donations/<str:number>/", giving.donation, name="donation"),
    path("pairings/<str:token>/", giving.pairing, name="pairing"),
    path("needs/", views.public, name="public"),
    path("algorithm/", views.algorithm, name="algorithm"),
]
