"""The page: a Streamlit front end to the same recognizer as the bot's."""
