"""The demo county: real places of 安吉县, everything else generated, seeded and marked."""
