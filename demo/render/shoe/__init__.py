"""A sneaker by an invented brand: its shape, its two painted sides, and the solid they are wrapped around."""
