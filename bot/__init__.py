"""Telegram front end: a photo comes in, the brand and the most similar sneakers go out. Never imports torch."""
