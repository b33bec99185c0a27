"""The routes of the product, for tests that must hold for each of them."""

from django.urls.resolvers import URLPattern, URLResolver


def walk(patterns, prefix="", names=""):
    """Yield the name, the address and the view of each route."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            name = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from walk(pattern.url_patterns, prefix + str(pattern.pattern), name)
        elif isinstance(pattern, URLPattern):
            yield f"{names}{pattern.name}", prefix + str(pattern.pattern), pattern.callback
