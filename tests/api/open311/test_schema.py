"""Whatever is sent to the Open311 endpoints: an answer that their document names, in both forms."""

import pytest

from tests.api.fuzzing import connection_of_the_test, document, each, require_truth, try_with_all

schema = document("/api/open311/v2/openapi.json")
KEY = "open-sesame"


@pytest.fixture
def known(town, settings):
    """A key, and a need to find."""
    settings.OPEN311_KEYS = [KEY]
    need = town.post(area_code="V1")
    with connection_of_the_test():
        yield {
            "service_request_id": need.number,
            "token": town.token(),
            "service_code": "PWR-OUTAGE",
        }


@each(schema)
@pytest.mark.django_db
def test_every_operation_answers_as_its_document_says(operation, known):
    def answered(case):
        require_truth(case)

    try_with_all(schema, operation, answered)


@each(schema.include(path_regex=r"\{"))
@pytest.mark.django_db
def test_what_is_there_is_answered_as_the_document_says(operation, known):
    def answered(case):
        for name in known.keys() & case.path_parameters.keys():
            case.path_parameters[name] = known[name]
        require_truth(case)

    try_with_all(schema, operation, answered)


@each(schema.include(method="POST"))
@pytest.mark.django_db
def test_a_posting_with_a_key_is_answered_as_the_document_says(operation, known):
    def answered(case):
        if isinstance(case.body, dict):
            case.body = {**case.body, "api_key": KEY, "service_code": known["service_code"]}
        require_truth(case)

    try_with_all(schema, operation, answered)
