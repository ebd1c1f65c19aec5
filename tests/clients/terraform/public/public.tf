# A public repository, its policy, and a token for public registries.

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
    ecrpublic = var.ecrmock
    sts       = var.ecrmock
  }
}

variable "ecrmock" {
  type = string
}

variable "about" {
  default = "# About"
}

variable "stage" {
  default = "test"
}

variable "action" {
  default = "ecr-public:PutImage"
}

resource "aws_ecrpublic_repository" "tool" {
  repository_name = "team/tool"
  force_destroy   = true

  catalog_data {
    about_text        = var.about
    architectures     = ["ARM 64", "x86-64"]
    description       = "A tool for everybody."
    logo_image_blob   = filebase64("${path.module}/logo.png")
    operating_systems = ["Linux"]
    usage_text        = "docker run it"
  }

  tags = {
    team  = "tool"
    stage = var.stage
  }
}

resource "aws_ecrpublic_repository" "plain" {
  repository_name = "plain"
}

resource "aws_ecrpublic_repository_policy" "tool" {
  repository_name = aws_ecrpublic_repository.tool.repository_name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "push"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Action    = [var.action, "ecr-public:InitiateLayerUpload"]
    }]
  })
}

data "aws_ecrpublic_authorization_token" "token" {}

output "tool" {
  value = aws_ecrpublic_repository.tool
}

output "user_name" {
  value = data.aws_ecrpublic_authorization_token.token.user_name
}
