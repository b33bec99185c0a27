"""``dianliang plan``: the routing engine on files, without an installation."""
