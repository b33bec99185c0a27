"""Who works with hours, who reads them, who certifies."""

from dianliang.kernel.actor import Role

REVIEWERS = (Role.PARTY_AFFAIRS, Role.DISPATCHER, Role.ADMINISTRATOR)
READERS = (*REVIEWERS, Role.COMMANDER, Role.AUDITOR)
ISSUERS = (Role.PARTY_AFFAIRS, Role.ADMINISTRATOR)
