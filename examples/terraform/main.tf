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
  access_key = "123456789012" # an account id; any other key is the default account's
  secret_key = "test"

  endpoints {
    ecr = var.ecrmock
    sts = var.ecrmock
  }
}

variable "ecrmock" {
  default = "http://localhost:5327"
}

variable "image_tag_mutability" {
  default = "IMMUTABLE"
}

variable "stage" {
  default = "test"
}

variable "readers" {
  type    = list(string)
  default = ["111122223333"]
}

data "aws_caller_identity" "here" {}

resource "aws_ecr_repository" "app" {
  name                 = "team/app"
  image_tag_mutability = var.image_tag_mutability
  force_delete         = true

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "AES256"
  }

  tags = {
    team  = "app"
    stage = var.stage
  }
}

resource "aws_ecr_repository_policy" "app" {
  repository = aws_ecr_repository.app.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "pull"
      Effect    = "Allow"
      Principal = { AWS = [for account in var.readers : "arn:aws:iam::${account}:root"] }
      Action    = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    }]
  })
}

output "repository_url" {
  value = aws_ecr_repository.app.repository_url
}

output "account" {
  value = data.aws_caller_identity.here.account_id
}
