"""Send what an OpenAPI document allows, and what it does not, to the application itself.

`DIANLIANG_FUZZ_CASES` says how many cases each operation gets: few in the suite, 200 by hand.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.python._constants.orchestrator import make_constants_value_source
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

few_or_many = settings(
    max_examples=int(os.environ.get("DIANLIANG_FUZZ_CASES", "4")),
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)


def document(path: str) -> Any:
    """Return the operations that a served document describes."""
    return schemathesis.openapi.from_wsgi(path, get_wsgi_application())


def each(operations: Any) -> pytest.MarkDecorator:
    """Try a test with each of some operations by its label, on a ground of its own."""
    labels = [found.ok().label for found in operations.get_all_operations()]
    ids = [label.replace(" ", ":") for label in labels]
    return pytest.mark.parametrize("operation", labels, ids=ids)


def try_with_all(operations: Any, label: str, answered: Callable[[Any], None]) -> None:
    """Send an operation everything that is thought of for it.

    Thought of when the test runs: it takes a tenth of a second, and `parametrize` of schemathesis
    does it for all operations in every process that only collects the tests.
    """
    method, _, path = label.partition(" ")
    build_operation_test(
        config=operations.config,
        operation=operations[path][method],
        test_func=few_or_many(answered),
        given_kwargs={},
        feedback=FeedbackSources(constants_value_source=make_constants_value_source(operations)),
    )()


@contextmanager
def connection_of_the_test() -> Iterator[None]:
    """Keep the end of a request from closing the test's transaction, as Django's client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def require_truth(case: Any, **headers: str) -> None:
    """Send a case; the answer is no fault of the server, and one that the document names."""
    answer = case.call(headers={**(case.headers or {}), **headers})
    case.validate_response(
        answer,
        checks=[
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
        ],
    )
