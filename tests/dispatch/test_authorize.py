"""Step 2, authorize: while nothing is enforced, nobody is asked. What is enforced is in test_access.py."""

from ecrmock.dispatch.authorize import Authorization
from ecrmock.dispatch.call import Call
from ecrmock.operations.table import OPERATIONS
from ecrmock.store.store import Store
from ecrmock.values.authorization import AccessKey, Decision, ServicePrincipal, root_of
from ecrmock.values.names import AccountId, Region, partition_of

ACCOUNT, REGION = AccountId("123456789012"), Region("us-east-1")
UNSIGNED = AccessKey(None)
ROOT = root_of(ACCOUNT, partition_of(REGION))


def decision(operation: str, credentials=UNSIGNED, *, is_enforced=True) -> Decision:
    service, _, name = operation.partition(":")
    call = Call(
        service=service,
        operation=name,
        parameters={},
        credentials=credentials,
        region=REGION,
        request_id="1",
    )
    authorization = Authorization(Store(), is_enforced=is_enforced)
    return authorization.authorize(
        call, OPERATIONS[service, name].action, ROOT, account=ACCOUNT, now=None
    )


def test_while_nothing_is_enforced_everything_is_allowed():
    found = decision("ecr:PutImage", is_enforced=False)
    assert (found.allowed, found.reason) == (True, "IAM policies are not enforced")


def test_what_takes_no_action_needs_no_permission():
    assert decision("ecrmock:CheckLogin").reason == "Allowed: it needs no permission"


def test_ecr_itself_may_do_what_follows_from_an_event():
    found = decision("ecr:BatchDeleteImage", ServicePrincipal("ecr.amazonaws.com"))
    assert (found.allowed, found.reason) == (True, "Allowed: ECR itself does it")
