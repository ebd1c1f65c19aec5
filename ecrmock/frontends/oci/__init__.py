"""The registry door: the Docker and OCI distribution API, as ECR speaks it."""
