"""Dianliang (点亮): residents point out needs, teams light up services."""
