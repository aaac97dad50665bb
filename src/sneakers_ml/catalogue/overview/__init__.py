"""The catalogue in figures: what the shops brought, what was joined and why, what was set aside."""
