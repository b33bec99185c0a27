"""How many entries a second, and how quickly balances are told at a million lines."""
