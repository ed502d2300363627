"""Files in about places: the points file (afhaalpunten.csv, interface.md §2)."""

from pickup_points.intake.points import BadPointsFile, PointRow, PointsFile, Reject, read

__all__ = ["BadPointsFile", "PointRow", "PointsFile", "Reject", "read"]
