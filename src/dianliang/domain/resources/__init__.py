"""What one works with: gear with its state, loans and tests; stores with stock."""
