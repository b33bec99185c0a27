"""Pages about people: roles, certificates, availability, teams."""
