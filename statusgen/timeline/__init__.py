"""An incident over time: updates become intervals, days and uptime."""
