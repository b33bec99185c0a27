"""Papers that leave the house: one description of a document, printed as PDF and as Word."""
