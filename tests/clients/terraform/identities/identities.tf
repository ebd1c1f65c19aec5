# Users, groups, roles and policies as configurations have them, and a repository for them.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

variable "ecrmock" {}

provider "aws" {
  region     = "us-east-1"
  access_key = "123456789012"
  secret_key = "test"

  endpoints {
    ecr = var.ecrmock
    iam = var.ecrmock
    sts = var.ecrmock
  }
}

data "aws_caller_identity" "here" {}

data "aws_iam_policy" "read_only" {
  name = "AmazonEC2ContainerRegistryReadOnly"
}

resource "aws_ecr_repository" "app" {
  name = "team/app"
}

data "aws_iam_policy_document" "pull" {
  statement {
    sid       = "Pull"
    actions   = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [aws_ecr_repository.app.arn]
  }

  statement {
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = ["us-east-1"]
    }
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_user.ci.arn]
    }

    principals {
      type        = "Service"
      identifiers = ["codebuild.amazonaws.com"]
    }
  }
}

resource "aws_iam_policy" "pull" {
  name        = "pull"
  path        = "/teams/"
  description = "Pull the team's images"
  policy      = data.aws_iam_policy_document.pull.json

  tags = {
    team = "app"
  }
}

resource "aws_iam_user" "ci" {
  name                 = "ci"
  path                 = "/machines/"
  permissions_boundary = aws_iam_policy.pull.arn

  tags = {
    team = "app"
  }
}

resource "aws_iam_access_key" "ci" {
  user = aws_iam_user.ci.name
}

resource "aws_iam_access_key" "old" {
  user   = aws_iam_user.ci.name
  status = "Inactive"
}

resource "aws_iam_user_policy" "ci" {
  name   = "own"
  user   = aws_iam_user.ci.name
  policy = data.aws_iam_policy_document.pull.json
}

resource "aws_iam_user_policy_attachment" "ci" {
  user       = aws_iam_user.ci.name
  policy_arn = aws_iam_policy.pull.arn
}

resource "aws_iam_group" "readers" {
  name = "readers"
}

resource "aws_iam_group_membership" "readers" {
  name  = "readers"
  group = aws_iam_group.readers.name
  users = [aws_iam_user.ci.name]
}

resource "aws_iam_group_policy" "readers" {
  name   = "own"
  group  = aws_iam_group.readers.name
  policy = data.aws_iam_policy_document.pull.json
}

resource "aws_iam_group_policy_attachment" "readers" {
  group      = aws_iam_group.readers.name
  policy_arn = data.aws_iam_policy.read_only.arn
}

resource "aws_iam_role" "deploy" {
  name                 = "deploy"
  description          = "Deploys what was built"
  max_session_duration = 7200
  permissions_boundary = data.aws_iam_policy.read_only.arn
  assume_role_policy   = data.aws_iam_policy_document.trust.json

  tags = {
    team = "app"
  }
}

resource "aws_iam_role_policy" "deploy" {
  name   = "own"
  role   = aws_iam_role.deploy.name
  policy = data.aws_iam_policy_document.pull.json
}

resource "aws_iam_role_policy_attachment" "deploy" {
  role       = aws_iam_role.deploy.name
  policy_arn = aws_iam_policy.pull.arn
}

data "aws_iam_user" "ci" {
  user_name  = aws_iam_user.ci.name
  depends_on = [aws_iam_access_key.ci]
}

data "aws_iam_role" "deploy" {
  name = aws_iam_role.deploy.name
}

output "account" {
  value = data.aws_caller_identity.here.account_id
}

output "arns" {
  value = {
    user   = data.aws_iam_user.ci.arn
    group  = aws_iam_group.readers.arn
    role   = data.aws_iam_role.deploy.arn
    policy = aws_iam_policy.pull.arn
  }
}

output "key" {
  value     = { id = aws_iam_access_key.ci.id, secret = aws_iam_access_key.ci.secret }
  sensitive = true
}
