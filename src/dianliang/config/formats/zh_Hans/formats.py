"""Figures for readers of Chinese: thousands apart by a comma, as ledgers write them."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
