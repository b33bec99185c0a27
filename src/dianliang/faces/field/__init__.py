"""What stewards and captains carry: an offline-first phone app."""
