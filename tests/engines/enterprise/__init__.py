"""What a firm's readings say in money."""
