"""What threatens the network and its people (应急): alerts, incidents, warnings of our own."""
