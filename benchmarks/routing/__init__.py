"""The dispatch engine against its peers, on published instances and on the seeds' cases."""
