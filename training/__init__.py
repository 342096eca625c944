"""Models of the project's own, and how they are trained; outside the wheel."""
