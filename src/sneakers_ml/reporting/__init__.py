"""What the pages of all reports share: plots and Markdown tables."""
