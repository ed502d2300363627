"""The public pages about places: find a point, its page, its calendar file, and the map of dots."""
