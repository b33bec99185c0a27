"""Who is served: accounts, and customers who need special care."""
