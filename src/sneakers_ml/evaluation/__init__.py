"""The stage `evaluate`: how good the brand models and the similarity search are, and where they fail."""
