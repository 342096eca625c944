"""The daemon and the extraction, and what runs beside them: metrics, health, messages, systemd."""
