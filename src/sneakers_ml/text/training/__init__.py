"""How the text tower and the photo head learn, from captions of the catalogue's photos; serving never imports it."""
