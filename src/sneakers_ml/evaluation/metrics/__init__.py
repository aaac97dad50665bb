"""Numbers: figures of models and searches, with their intervals. All of it works on arrays."""
