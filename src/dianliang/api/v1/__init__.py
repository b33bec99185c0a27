"""The project's own interface for programs, described by its OpenAPI document."""
