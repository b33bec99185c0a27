"""Fetch a small file from an address that somebody typed in, without being led elsewhere.

Only http and https; the name is resolved once, every address of it must be public (or lie in a
network that the operator allows), and the connection goes to the very address that was checked.
Each redirect is a new address and checked alike. Size and time have limits.
"""

from dianliang.integrations.web.fetching import Fetched, Fetcher, NotFetchedError, check_url

__all__ = ["Fetched", "Fetcher", "NotFetchedError", "check_url"]
