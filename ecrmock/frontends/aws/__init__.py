"""The AWS door: JSON 1.1 for ecr and ecr-public, query and XML for sts and iam, REST with JSON for signer."""
