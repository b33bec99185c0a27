"""Whatever is sent to the Open311 endpoints: an answer that their document names, in both forms."""

import pytest

from tests.api.fuzzing import connection_of_the_test, document, few_or_many, require_truth

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


@schema.parametrize()
@few_or_many
@pytest.mark.django_db
def test_every_operation_answers_as_its_document_says(case, known):
    require_truth(case)


@schema.include(path_regex=r"\{").parametrize()
@few_or_many
@pytest.mark.django_db
def test_what_is_there_is_answered_as_the_document_says(case, known):
    for name in known.keys() & case.path_parameters.keys():
        case.path_parameters[name] = known[name]
    require_truth(case)


@schema.include(method="POST").parametrize()
@few_or_many
@pytest.mark.django_db
def test_a_posting_with_a_key_is_answered_as_the_document_says(case, known):
    if isinstance(case.body, dict):
        case.body = {**case.body, "api_key": KEY, "service_code": known["service_code"]}
    require_truth(case)
