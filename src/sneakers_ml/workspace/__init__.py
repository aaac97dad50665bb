"""Where a workspace's files lie, what params.yaml and the environment say, and DVC with its S3 remote."""
