"""Tables, plots and failure sheets: figures as files for people and for DVC."""
