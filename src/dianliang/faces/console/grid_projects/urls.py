"""Addresses of the pages about grid projects."""

from django.urls import URLPattern, URLResolver, path

from dianliang.faces.console.grid_projects import books, issues, projects

urlpatterns: list[URLPattern | URLResolver] = [
    path("", projects.listed, name="projects"),
    path("new/", projects.new, name="project_new"),
    path("norms/", books.norms, name="project_norms"),
    path("table.xlsx", books.sheet, name="project_sheet"),
    path("upload/", books.upload, name="project_upload"),
    path("issues/", issues.listed, name="local_issues"),
    path("issues/<str:number>/", issues.one, name="local_issue"),
    path("issues/<str:number>/note/", issues.note, name="local_issue_note"),
    path("issues/<str:number>/unit/", issues.hand_to, name="local_issue_hand_to"),
    path("issues/<str:number>/task/", issues.task, name="local_issue_task"),
    path("issues/<str:number>/files/<str:token>/", issues.file, name="local_issue_file"),
    path("issues/<str:number>/verbs/<str:verb>/", issues.act, name="local_issue_act"),
    path("<str:number>/", projects.one, name="project"),
    path("<str:number>/report/<str:kind>/", books.report, name="project_report"),
    path("<str:number>/edit/", projects.edit, name="project_edit"),
    path("<str:number>/plan/", projects.plan, name="project_plan"),
    path("<str:number>/verdict/<str:verb>/", projects.decide, name="project_decide"),
    path("<str:number>/verbs/<str:verb>/", projects.move, name="project_move"),
    path("<str:number>/steps/<str:code>/<str:verb>/", projects.step, name="project_step"),
    path("<str:number>/seats/", projects.seat, name="project_seat"),
    path("<str:number>/seats/leave/", projects.leave, name="project_leave"),
    path("<str:number>/issue/", issues.new, name="local_issue_new"),
]
