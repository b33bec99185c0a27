"""Addresses of the console face."""

from django.urls import URLPattern, URLResolver, include, path

from dianliang.faces.console import care, intake, learning, need, people, rules, views, words

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
    path("rules/", rules.rules, name="rules"),
    path("rules/row/", rules.row, name="rules_row"),
    path("rules/upload/", rules.upload, name="rules_upload"),
    path("rules/discard/", rules.discard, name="rules_discard"),
    path("rules/trial/", rules.try_out, name="rules_trial"),
    path("rules/apply/", rules.apply, name="rules_apply"),
    path("rules/restore/", rules.restore, name="rules_restore"),
    path("rules/table.xlsx", rules.sheet, name="rules_sheet"),
    path("words/", words.words, name="words"),
    path("words/try/", words.attempt, name="words_try"),
    path("words/change/", words.change, name="words_change"),
    path("words/back/", words.go_back, name="words_back"),
    path("plans/", include("dianliang.faces.console.planning.urls")),
]
