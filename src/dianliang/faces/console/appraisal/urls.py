"""Addresses of the pages about appraisals."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.appraisal import lists, own, rounds, rulebooks

urlpatterns: list[URLPattern | URLResolver] = [
    path("", lists.task_lists, name="appraisal_lists"),
    path("mine/", own.mine, name="appraisal_mine"),
    path("publish/", lists.publish, name="appraisal_publish"),
    path("lists/<str:number>/", lists.task_list, name="appraisal_list"),
    path("lists/<str:number>/table.xlsx", lists.list_sheet, name="appraisal_list_sheet"),
    path("lists/<str:number>/duties/", lists.duties, name="appraisal_duties"),
    path("lists/<str:number>/do/<str:verb>/", lists.list_act, name="appraisal_list_act"),
    path("duties/<str:number>/", lists.duty, name="appraisal_duty"),
    path("duties/<str:number>/do/<str:verb>/", lists.duty_act, name="appraisal_duty_act"),
    path("duties/<str:number>/files/<str:token>/", lists.duty_file, name="appraisal_duty_file"),
    path("people/<str:number>/", lists.person, name="appraisal_person"),
    path("rules/", rulebooks.books, name="appraisal_books"),
    path("rules/begin/", rulebooks.begin, name="appraisal_begin"),
    path("rules/<str:number>/", rulebooks.book, name="appraisal_book"),
    path("rules/<str:number>/<str:verb>/", rulebooks.book_act, name="appraisal_book_act"),
    path("rounds/", rounds.rounds, name="appraisal_rounds"),
    path("rounds/announce/", rounds.announce, name="appraisal_announce"),
    path("rounds/<str:number>/", rounds.round_, name="appraisal_round"),
    path("rounds/<str:number>/result.<str:kind>", rounds.round_file, name="appraisal_round_file"),
    path("rounds/<str:number>/do/<str:verb>/", rounds.round_act, name="appraisal_round_act"),
    path("rounds/<str:number>/of/<str:subject>/", rounds.subject, name="appraisal_subject"),
    path(
        "rounds/<str:number>/of/<str:subject>/do/<str:verb>/",
        rounds.subject_act,
        name="appraisal_subject_act",
    ),
    path(
        "rounds/<str:number>/of/<str:subject>/files/<str:token>/",
        rounds.mark_file,
        name="appraisal_mark_file",
    ),
    path(
        "rounds/<str:number>/of/<str:subject>/certificate.<str:kind>",
        rounds.certificate,
        name="appraisal_certificate",
    ),
    path("appeals/", rounds.appeals, name="appraisal_appeals"),
    path("appeals/<str:number>/<str:verb>/", rounds.decide, name="appraisal_decide"),
]
