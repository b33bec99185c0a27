"""Addresses of the pages about rooms and gear."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.booking import asking, desk, rooms, using

urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk.calendar, name="booking"),
    path("queue/", desk.queue, name="booking_queue"),
    path("bookings/<str:number>/", desk.one, name="booking_one"),
    path("bookings/<str:number>/reveal/", desk.reveal, name="booking_reveal"),
    path("bookings/<str:number>/rest/", desk.cancel_rest, name="booking_rest"),
    path("bookings/<str:number>/<str:verb>/", desk.act, name="booking_act"),
    path("rooms/", rooms.register, name="booking_rooms"),
    path("rooms/<str:code>/", rooms.room, name="booking_room"),
    path("rooms/<str:code>/book/", asking.new, name="booking_new"),
    path("rooms/<str:code>/change/", rooms.change, name="booking_change"),
    path("rooms/<str:code>/<str:verb>/", rooms.act, name="booking_room_act"),
    path("codes/", rooms.codes, name="booking_codes"),
    path("use/", using.use, name="booking_use"),
    path("use/records/", using.records, name="booking_records"),
    path("use/table.xlsx", using.table, name="booking_use_table"),
]
