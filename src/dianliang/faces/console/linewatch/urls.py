"""Addresses of the pages about cameras."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.linewatch import cameras, events, spot

urlpatterns: list[URLPattern | URLResolver] = [
    path("", cameras.cameras, name="watch"),
    path("register/", cameras.register, name="watch_register"),
    path("events/", events.events, name="watch_events"),
    path("events/<str:number>/", events.event, name="watch_event"),
    path("events/<str:number>/answer/", events.answer, name="watch_answer"),
    path("events/<str:number>/send/", events.send, name="watch_send"),
    path("events/<str:number>/signs/", events.ask, name="watch_ask"),
    path("events/<str:number>/<str:part>/", events.picture, name="watch_picture"),
    path("week/", events.week, name="watch_week"),
    path("week/paper/", events.paper, name="watch_week_paper"),
    path("deletions/", events.deletions, name="watch_deletions"),
    path("<str:number>/", cameras.camera, name="watch_camera"),
    path("<str:number>/view/", cameras.view, name="watch_view"),
    path("<str:number>/zones/", cameras.zones, name="watch_zones"),
    path("<str:number>/rules/", cameras.rules, name="watch_rules"),
    path("<str:number>/source/", cameras.source, name="watch_source"),
    path("<str:number>/speakers/", spot.add_speaker, name="watch_speakers"),
    path(
        "<str:number>/speakers/<int:serial>/<str:verb>/", spot.act_on_speaker, name="watch_speaker"
    ),
    path("<str:number>/misses/", spot.report_miss, name="watch_miss"),
    path("<str:number>/do/<str:verb>/", cameras.move, name="watch_move"),
    path("<str:number>/proposals/<int:proposal>/", cameras.decide, name="watch_decide"),
    path("<str:number>/signs/<str:code>/", cameras.sign, name="watch_sign"),
    path("<str:number>/signs/<str:code>/photo/", cameras.sign_photo, name="watch_sign_photo"),
]
