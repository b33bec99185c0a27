"""``dianliang certificate``: verify a certificate of hours without an installation or network."""
