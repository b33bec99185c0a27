"""Calls with their nominees, the ballot, the register of honours, media reports."""

from dianliang.domain.honours.models.ballots import Box, Voter
from dianliang.domain.honours.models.calls import Call, Category, Deed, Nominee, Objection
from dianliang.domain.honours.models.register import Holder, Honour, Level, MediaReport

__all__ = [
    "Box",
    "Call",
    "Category",
    "Deed",
    "Holder",
    "Honour",
    "Level",
    "MediaReport",
    "Nominee",
    "Objection",
    "Voter",
]
