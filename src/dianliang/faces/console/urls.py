"""Addresses of the console face."""

from django.urls import URLPattern, URLResolver, include, path

from dianliang.faces.console import care, hot, intake, learning, need, people, views

app_name = "console"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.board, name="board"),
    path("fresh/", views.fresh, name="fresh"),
    path("alarm/", views.alarm, name="alarm"),
    path("bulk/", views.bulk, name="bulk"),
    path("filters/", views.keep_filter, name="keep_filter"),
    path("filters/change/", views.change_filter, name="change_filter"),
    path("intake/", intake.intake, name="intake"),
    path("intake/slots/", intake.slots, name="slots"),
    path("intake/hints/", intake.hints, name="hints"),
    path("paste/", intake.paste, name="paste"),
    path("needs/<str:number>/", need.need, name="need"),
    path("needs/<str:number>/split/", need.split, name="split"),
    path("needs/<str:number>/tell/", need.tell, name="tell"),
    path("needs/<str:number>/photos/<str:token>/", need.photo, name="photo"),
    path("needs/<str:number>/reveal/<int:participant_id>/", need.reveal, name="reveal"),
    path("needs/<str:number>/do/<str:verb>/", need.act, name="act"),
    path("needs/<str:number>/jobs/<str:job_number>/<str:verb>/", need.job, name="need_job"),
    path("care/", care.register, name="care"),
    path("care/open/", care.open_visits, name="care_open"),
    path("care/<str:number>/", care.file, name="care_file"),
    path("care/<str:number>/reveal/", care.reveal, name="care_reveal"),
    path("care/<str:number>/agree/", care.agree, name="care_agree"),
    path("grid/", people.grid, name="grid"),
    path("grid/recruit/", people.recruit, name="grid_recruit"),
    path("grid/<str:number>/<str:verb>/", people.step, name="grid_step"),
    path("hot/", hot.hot, name="hot"),
    path("hot/start/", hot.start, name="hot_start"),
    path("hot/<str:code>/mark/", hot.mark, name="hot_mark"),
    path("learning/", learning.learning, name="learning"),
    path("learning/act/", learning.act, name="learning_act"),
    path("plans/", include("dianliang.faces.console.planning.urls")),
]
