package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// here is the cloud that the settings describe. The audience is Azure's own.
func here() cloud.Configuration {
	return cloud.Configuration{
		ActiveDirectoryAuthorityHost: os.Getenv("AZURE_AUTHORITY_HOST"),
		Services: map[cloud.ServiceName]cloud.ServiceConfiguration{
			cloud.ResourceManager: {Endpoint: os.Getenv("LANYARD_ARM"), Audience: "https://management.core.windows.net/"},
		},
	}
}

func options() *arm.ClientOptions {
	return &arm.ClientOptions{ClientOptions: policy.ClientOptions{Cloud: here()}}
}

func subscription() string { return os.Getenv("LANYARD_SUBSCRIPTION") }

// credential is what GOCLIENT_CREDENTIAL names; without it the SDK's default chain.
func credential() (azcore.TokenCredential, error) {
	kind, value, _ := strings.Cut(os.Getenv("GOCLIENT_CREDENTIAL"), "=")
	switch kind {
	case "":
		return azidentity.NewDefaultAzureCredential(nil)
	case "managed":
		return azidentity.NewManagedIdentityCredential(nil)
	case "client":
		return azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{ID: azidentity.ClientID(value)})
	case "object":
		return azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{ID: azidentity.ObjectID(value)})
	case "resource":
		return azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{ID: azidentity.ResourceID(value)})
	case "workload":
		return azidentity.NewWorkloadIdentityCredential(nil)
	case "environment":
		return azidentity.NewEnvironmentCredential(nil)
	}
	return nil, fmt.Errorf("there is no credential %q", kind)
}

func tokens() []operation {
	return []operation{{"token", 1, func(ctx context.Context, args []string) (any, error) {
		cred, err := credential()
		if err != nil {
			return nil, err
		}
		token, err := cred.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{args[0] + "/.default"}})
		if err != nil {
			return nil, err
		}
		return claims(token.Token)
	}}}
}

// claims reads what a token says. It is the caller's own; nobody checks it here.
func claims(token string) (any, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("a token of %d parts", len(parts))
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, err
	}
	var out map[string]any
	return out, json.Unmarshal(text, &out)
}
