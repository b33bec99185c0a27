"""Put people on duty: make a roster, arrange it, change it by hand, publish it, exchange turns."""
