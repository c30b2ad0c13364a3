"""Reports: files about a whole programme, for people who are not in it."""
