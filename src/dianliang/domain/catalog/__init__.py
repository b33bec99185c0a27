"""What can be asked for: services, skills, promises, checklists."""
