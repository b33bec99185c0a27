"""Journeys of appraisals: lists, duties, rounds, and the records that they are counted from."""
