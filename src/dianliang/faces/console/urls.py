"""Addresses of the console face."""

from django.urls import URLPattern, URLResolver, include, path

from dianliang.faces.console import care, drift, intake, learning, need, people, review, views

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
    path("learning/", learning.learning, name="learning"),
    path("learning/act/", learning.act, name="learning_act"),
    path("review/", review.review, name="review"),
    path("review/again/", review.again, name="review_again"),
    path("review/undo/", review.undo, name="review_undo"),
    path("review/doubts/", review.doubts, name="review_doubts"),
    path("review/doubts/settle/", review.settle, name="review_settle"),
    path("review/<str:number>/", review.choose, name="review_choose"),
    path("drift/", drift.drift, name="drift"),
    path("plans/", include("dianliang.faces.console.planning.urls")),
]
