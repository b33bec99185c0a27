"""Who acts when somebody types a command."""

import getpass
import os

from dianliang.kernel.actor import Actor, Role


def operator() -> Actor:
    """Return the person at the command line, named by the account of the machine."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        name = str(os.getuid())
    return Actor(
        id=f"cli:{name}"[:64],
        name=f"命令行（{name}）"[:64],
        role=Role.ADMINISTRATOR,
        unit_path="/",
        area_path="/",
    )
