"""Faults injected for real (hardening.md F1–F24): killed workers, a database that goes, a full disk, a strange clock."""
