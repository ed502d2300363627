"""The rules of interface.md as pure functions: no database, no clock, no framework."""
