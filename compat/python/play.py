"""What the plays with boto3 share: steps with a name, and refusals that are held to a code and printed with the request id, so
that the story can ask why."""
import sys

from botocore.exceptions import ClientError


def same(got, wanted):
    if got != wanted:
        sys.exit("got %r, wanted %r" % (got, wanted))


def refused(code, do, **named):
    """Holds a call to a code and gives the text of the refusal."""
    try:
        do(**named)
    except ClientError as error:
        same(error.response["Error"]["Code"], code)
        print("refused", code, error.response["ResponseMetadata"]["RequestId"])
        return error.response["Error"]["Message"]
    sys.exit("wanted %s, and it was allowed" % code)


def refused_as(kind, code, do, **named):
    """Does so, and wants the service's own type of exception."""
    def typed(**same_named):
        try:
            do(**same_named)
        except ClientError as error:
            same(type(error), kind)
            raise
    return refused(code, typed, **named)


def play(steps):
    for name, step in steps.items():
        step()
        print("ok", name)
