"""Words that every floor uses: actors, places, times, lifecycles, errors. Pure Python."""
