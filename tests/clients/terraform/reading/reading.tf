# What data sources read; the environment leads the provider to ecrmock.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {}

data "aws_caller_identity" "here" {}

data "aws_ecr_authorization_token" "token" {}

data "aws_ecr_repositories" "all" {}

data "aws_ecr_repository" "app" {
  name = "team/app"
}

data "aws_ecr_image" "tag" {
  repository_name = data.aws_ecr_repository.app.name
  image_tag       = "0.9"
}

data "aws_ecr_image" "digest" {
  repository_name = data.aws_ecr_repository.app.name
  image_digest    = data.aws_ecr_image.tag.image_digest
}

data "aws_ecr_image" "most_recent" {
  repository_name = data.aws_ecr_repository.app.name
  most_recent     = true
}

output "identity" {
  value = data.aws_caller_identity.here
}

output "token" {
  value     = data.aws_ecr_authorization_token.token
  sensitive = true
}

output "repositories" {
  value = data.aws_ecr_repositories.all.names
}

output "repository" {
  value = data.aws_ecr_repository.app
}

output "images" {
  value = {
    tag         = data.aws_ecr_image.tag
    digest      = data.aws_ecr_image.digest
    most_recent = data.aws_ecr_image.most_recent
  }
}
