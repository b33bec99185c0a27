"""Every write to alerts, incidents, periods, warnings and the addresses that are asked."""
