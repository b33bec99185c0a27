"""Addresses of the console face."""

from django.urls import URLPattern, URLResolver, include, path

from dianliang.faces.console import care, people, views

app_name = "console"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.board, name="board"),
    path("bulk/", views.bulk, name="bulk"),
    path("filters/", views.keep_filter, name="keep_filter"),
    path("intake/", views.intake, name="intake"),
    path("intake/hints/", views.hints, name="hints"),
    path("paste/", views.paste, name="paste"),
    path("needs/<str:number>/", views.need, name="need"),
    path("needs/<str:number>/split/", views.split, name="split"),
    path("needs/<str:number>/tell/", views.tell, name="tell"),
    path("needs/<str:number>/photos/<str:token>/", views.photo, name="photo"),
    path("needs/<str:number>/reveal/<int:participant_id>/", views.reveal, name="reveal"),
    path("needs/<str:number>/do/<str:verb>/", views.act, name="act"),
    path("care/", care.register, name="care"),
    path("care/open/", care.open_visits, name="care_open"),
    path("care/<str:number>/", care.file, name="care_file"),
    path("care/<str:number>/reveal/", care.reveal, name="care_reveal"),
    path("care/<str:number>/agree/", care.agree, name="care_agree"),
    path("grid/", people.grid, name="grid"),
    path("grid/recruit/", people.recruit, name="grid_recruit"),
    path("grid/<str:number>/<str:verb>/", people.step, name="grid_step"),
    path("plans/", include("dianliang.faces.console.planning.urls")),
]
