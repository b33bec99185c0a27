"""Who serves: people, teams, certificates, absences."""
