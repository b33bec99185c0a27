"""Every write to needs: `posting` by those who ask, `handling` by those who answer."""
