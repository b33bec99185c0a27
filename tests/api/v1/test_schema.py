"""Whatever a program sends that the OpenAPI document allows or not: an answer that it names."""

import pytest
from django.test import Client

from dianliang.api.v1 import access
from tests.api.fuzzing import connection_of_the_test, document, each, require_truth, try_with_all
from tests.api.v1.test_api import bearer, post

schema = document("/api/v1/openapi.json")


@pytest.fixture
def known(town, monkeypatch):
    """A program that may do everything as often as it likes, and something for it to find."""
    monkeypatch.setattr(access, "MOST_PER_MINUTE", 10**9)
    header = bearer(town)
    kept = post(Client(headers=header)).json()
    town.team("XH", "S1", "repair")
    with connection_of_the_test():
        yield {
            "secret": header["Authorization"],
            "number": kept["number"],
            "token": kept["follow_token"],
        }


@each(schema)
@pytest.mark.django_db
def test_every_operation_answers_as_its_document_says(operation, known):
    def answered(case):
        require_truth(case, Authorization=known["secret"])

    try_with_all(schema, operation, answered)


@each(schema.include(path_regex=r"\{(number|token)\}").exclude(path_regex="^/api/v1/plans"))
@pytest.mark.django_db
def test_what_is_there_takes_anything_as_its_document_says(operation, known):
    def answered(case):
        for name in known.keys() & case.path_parameters.keys():
            case.path_parameters[name] = known[name]
        require_truth(case, Authorization=known["secret"])

    try_with_all(schema, operation, answered)
