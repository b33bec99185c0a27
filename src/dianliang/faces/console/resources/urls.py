"""Addresses of gear, loans, stores, shelves and requests."""

from django.urls import path

from dianliang.faces.console.resources import loans, requests, shelf, stores, things

urlpatterns = [
    path("", things.gear, name="gear"),
    path("table.xlsx", things.sheet, name="gear_sheet"),
    path("labels.pdf", things.labels, name="gear_labels"),
    path("new/", things.new, name="gear_new"),
    path("loans/", loans.loans, name="gear_loans"),
    path("loans/new/", loans.new, name="gear_loan_new"),
    path("loans/<str:number>/", loans.loan, name="gear_loan"),
    path("loans/<str:number>/photos/<str:token>/", loans.photo, name="gear_loan_photo"),
    path("loans/<str:number>/do/<str:verb>/", loans.act, name="gear_loan_act"),
    path("stores/", stores.stores, name="stores"),
    path("stores/<str:code>/", stores.store, name="store"),
    path("stores/<str:code>/log/", stores.log, name="store_log"),
    path("stores/<str:code>/log/table.xlsx", stores.log_sheet, name="store_log_sheet"),
    path("stores/<str:code>/labels.pdf", stores.labels, name="store_labels"),
    path("stores/<str:code>/do/<str:verb>/", stores.act, name="store_act"),
    path("counts/<str:number>/", stores.count, name="store_count"),
    path("counts/<str:number>/do/<str:verb>/", stores.count_act, name="store_count_act"),
    path("items/", stores.items, name="stock_items"),
    path("items/upload/", stores.upload, name="stock_items_upload"),
    path("items/table.xlsx", stores.items_sheet, name="stock_items_sheet"),
    path("shelves/<str:code>/", shelf.shelf, name="shelf"),
    path("shelves/<str:code>/back/", shelf.give_back, name="shelf_back"),
    path("shelves/<str:code>/<str:item>/", shelf.take, name="shelf_take"),
    path("requests/", requests.board, name="gear_requests"),
    path("requests/new/", requests.new, name="gear_request_new"),
    path("requests/teams/", requests.strength, name="gear_strength"),
    path("requests/<str:number>/", requests.request_page, name="gear_request"),
    path("requests/<str:number>/do/<str:verb>/", requests.act, name="gear_request_act"),
    path("cards/<str:number>/", things.card, name="gear_card"),
    path("cards/<str:number>/papers/<str:token>/", things.paper, name="gear_paper"),
    path("cards/<str:number>/do/<str:verb>/", things.act, name="gear_act"),
]
