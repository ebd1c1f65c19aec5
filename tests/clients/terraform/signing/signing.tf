# Signing profiles with every argument that goes with images.

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
    signer = var.ecrmock
    sts    = var.ecrmock
  }
}

variable "ecrmock" {}

variable "team" {
  default = "a"
}

resource "aws_signer_signing_profile" "plain" {
  name        = "plain"
  platform_id = "Notation-OCI-SHA384-ECDSA"
}

resource "aws_signer_signing_profile" "whole" {
  name_prefix = "whole_"
  platform_id = "Notation-OCI-SHA384-ECDSA"

  signature_validity_period {
    value = 5
    type  = "YEARS"
  }

  tags = {
    team = var.team
  }
}

data "aws_signer_signing_profile" "plain" {
  name = aws_signer_signing_profile.plain.name
}

output "arn" {
  value = data.aws_signer_signing_profile.plain.arn
}

output "version_arn" {
  value = aws_signer_signing_profile.plain.version_arn
}

output "platform" {
  value = aws_signer_signing_profile.whole.platform_display_name
}
