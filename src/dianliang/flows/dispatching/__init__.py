"""Send the teams of an incident where they are needed: tasks, drafts, what-ifs, events."""
