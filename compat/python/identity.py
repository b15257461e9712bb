"""Asks azure-identity for a token and prints what it says: identity.py CREDENTIAL AUDIENCE [ID].

CREDENTIAL is managed, workload, environment or default; ID is a client id, or NAME=VALUE of a managed identity's selectors.
"""
import base64
import json
import sys

from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    CredentialUnavailableError, DefaultAzureCredential, EnvironmentCredential, ManagedIdentityCredential,
)


def credential(kind, selector):
    if kind == "managed":
        name, _, value = selector.partition("=")
        if not selector:
            return ManagedIdentityCredential()
        if name == "client_id":
            return ManagedIdentityCredential(client_id=value)
        return ManagedIdentityCredential(identity_config={name: value})
    if kind == "workload":  # this version has no class for it: the token file is one more source of a managed identity
        return ManagedIdentityCredential()
    if kind == "environment":
        return EnvironmentCredential()
    return DefaultAzureCredential()


def main():
    kind, audience, *rest = sys.argv[1:]
    try:
        token = credential(kind, rest[0] if rest else "").get_token(audience + "/.default").token
    except (ClientAuthenticationError, CredentialUnavailableError) as refused:
        sys.exit(str(refused))
    part = token.split(".")[1]
    print(json.dumps(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))))


main()
