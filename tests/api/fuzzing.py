"""Send what an OpenAPI document allows, and what it does not, to the application itself.

`DIANLIANG_FUZZ_CASES` says how many cases each operation gets: few in the suite, 200 by hand.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
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
