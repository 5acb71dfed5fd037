"""Properties that must hold of whatever Hypothesis draws: never a wrong claim, never an exception."""
