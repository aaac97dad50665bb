"""index.html: the evaluation as one page that needs nothing else."""
