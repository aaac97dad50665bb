"""The drawing: `shoe` makes a sneaker from its brand's habits, `scene` photographs it."""
