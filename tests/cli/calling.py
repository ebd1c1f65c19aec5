"""What commands ask about: an account at a server in this process, or nobody."""

from ecrmock.dispatch.call import Call
from ecrmock.server import Server
from ecrmock.values.authorization import AccountRoot
from ecrmock.values.names import AccountId, Region

NOBODY = "http://localhost:1"
OTHER = AccountId("111122223333")


def call(server: Server, operation: str, account: AccountId, **parameters: object) -> object:
    call = Call(
        service="ecr",
        operation=operation,
        parameters=parameters,
        credentials=AccountRoot(account),
        region=Region("us-east-1"),
        request_id="request",
    )
    return server.backend.dispatcher.dispatch(call)
