"""What threatens the network and its people (应急): public alerts."""
