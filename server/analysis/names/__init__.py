"""Which file does an import mean."""
