# Beside examples/terraform/main.tf: every other resource, argument and data source that ecrmock can serve.

variable "scan_on_push" {
  default = false
}

variable "scan_type" {
  default = "BASIC"
}

variable "policy_scope" {
  default = "V1"
}

variable "untagged_images" {
  default = 5
}

data "aws_caller_identity" "current" {}

resource "aws_ecr_repository" "plain" {
  name = "plain"
}

resource "aws_ecr_repository" "kms" {
  name                 = "team/kms"
  image_tag_mutability = "MUTABLE"
  force_delete         = false

  image_scanning_configuration {
    scan_on_push = var.scan_on_push
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = "arn:aws:kms:us-east-1:${data.aws_caller_identity.current.account_id}:key/11111111-2222-3333-4444-555555555555"
  }

  timeouts {
    delete = "1m"
  }
}

resource "aws_ecr_repository" "kms_of_aws" {
  name = "team/kms-of-aws"

  encryption_configuration {
    encryption_type = "KMS"
  }
}

resource "aws_ecr_repository" "kms_dsse" {
  name = "team/kms-dsse"

  encryption_configuration {
    encryption_type = "KMS_DSSE"
  }
}

data "aws_iam_policy_document" "kms" {
  statement {
    sid     = "push"
    actions = ["ecr:PutImage", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart"]

    principals {
      type        = "AWS"
      identifiers = [data.aws_caller_identity.current.account_id, "arn:aws:iam::111122223333:root"]
    }

    condition {
      test     = "StringLike"
      variable = "aws:PrincipalArn"
      values   = ["arn:aws:iam::*:role/ci-*"]
    }
  }
}

resource "aws_ecr_repository_policy" "kms" {
  repository = aws_ecr_repository.kms.name
  policy     = data.aws_iam_policy_document.kms.json
}

resource "aws_ecr_registry_policy" "registry" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "replication"
      Effect    = "Allow"
      Principal = { AWS = [for account in var.readers : "arn:aws:iam::${account}:root"] }
      Action    = ["ecr:CreateRepository", "ecr:ReplicateImage"]
      Resource  = ["arn:aws:ecr:us-east-1:${data.aws_caller_identity.current.account_id}:repository/*"]
    }]
  })
}

resource "aws_ecr_account_setting" "policy_scope" {
  name  = "REGISTRY_POLICY_SCOPE"
  value = var.policy_scope
}

resource "aws_ecr_registry_scanning_configuration" "registry" {
  scan_type = var.scan_type

  rule {
    scan_frequency = "SCAN_ON_PUSH"

    repository_filter {
      filter      = "team/*"
      filter_type = "WILDCARD"
    }

    repository_filter {
      filter      = "plain"
      filter_type = "WILDCARD"
    }
  }

  dynamic "rule" {
    for_each = var.scan_type == "ENHANCED" ? ["team/kms"] : []

    content {
      scan_frequency = "CONTINUOUS_SCAN"

      repository_filter {
        filter      = rule.value
        filter_type = "WILDCARD"
      }
    }
  }
}

resource "aws_ecr_account_setting" "scan_type" {
  name  = "BASIC_SCAN_TYPE_VERSION"
  value = "AWS_NATIVE"
}

# What has no archive is all that this version of the provider knows of lifecycle policies.
data "aws_ecr_lifecycle_policy_document" "kms" {
  rule {
    priority    = 2
    description = "Keep the last untagged images"

    selection {
      tag_status   = "untagged"
      count_type   = "imageCountMoreThan"
      count_number = var.untagged_images
    }
  }

  rule {
    priority    = 1
    description = "Expire old builds"

    selection {
      tag_status       = "tagged"
      tag_pattern_list = ["build-*", "*-dev"]
      count_type       = "sinceImagePushed"
      count_unit       = "days"
      count_number     = 14
    }

    action {
      type = "expire"
    }
  }
}

resource "aws_ecr_lifecycle_policy" "kms" {
  repository = aws_ecr_repository.kms.name
  policy     = data.aws_ecr_lifecycle_policy_document.kms.json
}

resource "aws_ecr_lifecycle_policy" "plain" {
  repository = aws_ecr_repository.plain.name
  policy = jsonencode({
    rules = [
      {
        rulePriority = 10
        description  = "Expire all that is old"
        selection = {
          tagStatus   = "any"
          countType   = "sinceImagePushed"
          countUnit   = "days"
          countNumber = 365
        }
        action = { type = "expire" }
      },
      {
        rulePriority = 5
        selection = {
          tagStatus     = "tagged"
          tagPrefixList = ["release-"]
          countType     = "imageCountMoreThan"
          countNumber   = 100
        }
        action = { type = "expire" }
      },
    ]
  })
}
