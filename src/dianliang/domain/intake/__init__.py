"""Needs: what anybody asks for, with a clock, a promise and a rating."""
