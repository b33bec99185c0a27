"""Carbon accounts: opened, filled from tables, reckoned, stated as claims, printed."""
