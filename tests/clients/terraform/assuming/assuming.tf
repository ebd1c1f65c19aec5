# A repository that is created by a role, which the provider assumes with a user's keys.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

variable "ecrmock" {}
variable "access_key" {}
variable "secret_key" {}
variable "role_arn" {}
variable "repository" {}

provider "aws" {
  region     = "us-east-1"
  access_key = var.access_key
  secret_key = var.secret_key

  assume_role {
    role_arn     = var.role_arn
    session_name = "terraform"
    external_id  = "agreed"
  }

  endpoints {
    ecr = var.ecrmock
    sts = var.ecrmock
  }
}

data "aws_caller_identity" "here" {}

resource "aws_ecr_repository" "app" {
  name = var.repository
}

output "caller" {
  value = data.aws_caller_identity.here.arn
}
