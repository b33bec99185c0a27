"""``dianliang lineguard``: watch films and cameras without an installation, and measure it."""
