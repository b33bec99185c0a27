"""Areas and the people who answer for them (责任区): the page, hand-overs, Excel."""
