"""Addresses of the pages about calls, honours and media reports."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.honours import calls, own, register

urlpatterns: list[URLPattern | URLResolver] = [
    path("", register.honours, name="honours"),
    path("new/", register.new, name="honour_new"),
    path("register.xlsx", register.sheet, name="honour_sheet"),
    path("register.pdf", register.paper, name="honour_paper"),
    path("import/", register.upload, name="honour_upload"),
    path("of/<str:number>/", register.honour, name="honour"),
    path("of/<str:number>/photo/", register.photo, name="honour_photo"),
    path("of/<str:number>/<str:verb>/", register.act, name="honour_act"),
    path("media/", register.media, name="media"),
    path("media/new/", register.media_new, name="media_new"),
    path("media/reports.xlsx", register.media_sheet, name="media_sheet"),
    path("calls/", calls.calls, name="honour_calls"),
    path("calls/new/", calls.new, name="honour_call_new"),
    path("calls/<str:number>/", calls.call, name="honour_call"),
    path(
        "calls/<str:number>/examine/<str:part>/<str:verb>/",
        calls.examine,
        name="honour_call_examine",
    ),
    path(
        "calls/<str:number>/decide/<str:part>/<str:verb>/", calls.decide, name="honour_call_decide"
    ),
    path("calls/<str:number>/<str:verb>/", calls.act, name="honour_call_act"),
    path("own/", own.own, name="votes"),
    path("own/<str:number>/", own.call, name="vote"),
    path("own/<str:number>/<str:verb>/", own.act, name="vote_act"),
]
