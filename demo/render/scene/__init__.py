"""Photos of a drawn sneaker: camera and light, a shop's studio, and places where people hold up a phone."""
