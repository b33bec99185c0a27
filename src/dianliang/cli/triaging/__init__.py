"""``dianliang triage``: the triage engine on texts and files, with or without an installation."""
