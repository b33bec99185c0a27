"""What firms could save on electricity: contracts, tariffs, analyses, findings, decisions."""
