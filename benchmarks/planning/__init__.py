"""How quickly a county day is planned, and how well beside a peer."""
