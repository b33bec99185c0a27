"""What residents and firms see: phone-first, no account needed."""
