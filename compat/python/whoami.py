"""Says whom boto3's default chain finds; a refusal is the exception's type and text, and exit code 1."""
import sys

import boto3

try:
    print(boto3.client("sts").get_caller_identity()["Arn"])
except Exception as error:  # what it is, is what the story asks
    print(type(error).__name__ + ": " + str(error), getattr(error, "response", {}).get("ResponseMetadata", {}).get("RequestId", ""), file=sys.stderr)
    sys.exit(1)
