"""What employees have on their minds: confidential, with handlers of its own."""
