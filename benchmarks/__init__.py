"""Scripts that measure the project's claims of speed and quality; each one's docstring says how to run it."""
