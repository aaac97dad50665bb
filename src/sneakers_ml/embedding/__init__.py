"""The stage `embed`: extractors are fitted or exported, and every photo becomes a vector."""
