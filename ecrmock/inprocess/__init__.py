"""The in-process door: ``mock_ecr`` and the hook that answers boto3 without a server."""
