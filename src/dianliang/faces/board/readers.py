"""Who reads figures, and what a spreadsheet is called on the wire."""

from dianliang.kernel.actor import Role

READERS = (
    Role.DISPATCHER,
    Role.ALLIANCE_UNIT,
    Role.PARTY_AFFAIRS,
    Role.COMMANDER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
