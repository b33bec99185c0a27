"""The design system that all faces share."""
