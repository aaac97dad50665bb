"""What an item passes through: validation, photos, the journal."""
