"""Signing rules of a seed as a call to ECR."""

from collections.abc import Mapping
from typing import Any

from ecrmock.seeding.stage import Stage
from ecrmock.values.signer import profile_arn
from ecrmock.values.signing import SigningConfiguration, SigningRepositoryFilter, SigningRule

_WILDCARD_MATCH = "WILDCARD_MATCH"


def put_rules(stage: Stage, registry: Mapping[str, Any]) -> None:
    """Put the signing rules of a registry, if the seed has any; its own images come without signatures."""
    if "signing" in registry:
        rules = tuple(_rule(stage, rule) for rule in registry["signing"])
        configuration = SigningConfiguration(rules=rules)
        stage.at("signing").call("PutSigningConfiguration", signing_configuration=configuration)


def _rule(stage: Stage, rule: Mapping[str, Any]) -> SigningRule:
    profile = rule["profile"]
    is_arn = profile.startswith("arn:")
    filters = tuple(
        SigningRepositoryFilter(filter=wildcard, filter_type=_WILDCARD_MATCH)
        for wildcard in rule.get("repositories", ())
    )
    return SigningRule(
        signing_profile_arn=(
            profile if is_arn else profile_arn(stage.account, stage.region, profile)
        ),
        repository_filters=filters or None,
    )
