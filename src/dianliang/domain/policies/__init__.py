"""Lists of policy measures: published, handed to units, done with evidence, approved."""
