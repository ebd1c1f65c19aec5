terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region     = "us-east-1"
  access_key = "123456789012"
  secret_key = "test"

  endpoints {
    ecr = var.ecrmock
    sts = var.ecrmock
  }
}

variable "ecrmock" {}

variable "secret" {
  default = "hub-AbCdEf"
}

resource "aws_ecr_pull_through_cache_rule" "quay" {
  ecr_repository_prefix = "quay"
  upstream_registry_url = "quay.io"
}

resource "aws_ecr_pull_through_cache_rule" "hub" {
  ecr_repository_prefix = "hub"
  upstream_registry_url = "registry-1.docker.io"
  credential_arn        = "arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/${var.secret}"
}

resource "aws_ecr_pull_through_cache_rule" "west" {
  ecr_repository_prefix      = "west"
  upstream_registry_url      = "111122223333.dkr.ecr.us-west-2.amazonaws.com"
  upstream_repository_prefix = "team"
  custom_role_arn            = "arn:aws:iam::123456789012:role/cache"
}

data "aws_ecr_pull_through_cache_rule" "hub" {
  ecr_repository_prefix = aws_ecr_pull_through_cache_rule.hub.ecr_repository_prefix
}

output "hub" {
  value = data.aws_ecr_pull_through_cache_rule.hub
}

resource "aws_ecr_replication_configuration" "west" {
  replication_configuration {
    rule {
      destination {
        region      = "us-west-2"
        registry_id = "123456789012"
      }
      destination {
        region      = "us-east-1"
        registry_id = "111122223333"
      }
      repository_filter {
        filter      = "prod"
        filter_type = "PREFIX_MATCH"
      }
    }
  }
}

resource "aws_ecr_repository_creation_template" "prod" {
  prefix               = "prod"
  description          = "what is made for production"
  applied_for          = ["PULL_THROUGH_CACHE", "REPLICATION"]
  image_tag_mutability = var.mutability
  custom_role_arn      = "arn:aws:iam::123456789012:role/templates"

  encryption_configuration {
    encryption_type = "AES256"
  }

  resource_tags = {
    team = "a"
  }

  lifecycle_policy = jsonencode({
    rules = [{
      rulePriority = 1
      selection = {
        tagStatus   = "untagged"
        countType   = "sinceImagePushed"
        countUnit   = "days"
        countNumber = 14
      }
      action = { type = "expire" }
    }]
  })

  repository_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "pull"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Action    = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    }]
  })
}

variable "mutability" {
  default = "IMMUTABLE"
}
