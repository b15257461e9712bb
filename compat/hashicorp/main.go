package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/hashicorp/go-azure-sdk/sdk/auth"
	"github.com/hashicorp/go-azure-sdk/sdk/environments"
)

const library = "github.com/hashicorp/go-azure-sdk/sdk"

func main() {
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run prints the library's version, or what the token for the Resource Manager ("arm") or Storage ("storage") says.
func run(ctx context.Context, args []string) error {
	switch {
	case len(args) == 1 && args[0] == "version":
		return version()
	case len(args) != 1:
		return errors.New("hashicorp version|arm|storage")
	}
	env, err := environments.FromEndpoint(ctx, "https://"+os.Getenv("ARM_METADATA_HOSTNAME"))
	if err != nil {
		return err
	}
	creds, err := credentials(*env)
	if err != nil {
		return err
	}
	api := env.ResourceManager
	if args[0] == "storage" {
		api = env.Storage
	}
	authorizer, err := auth.NewAuthorizerFromCredentials(ctx, creds, api)
	if err != nil {
		return err
	}
	token, err := authorizer.Token(ctx, &http.Request{})
	if err != nil {
		return err
	}
	return says(token.AccessToken)
}

// credentials are those that the providers make of their variables.
func credentials(env environments.Environment) (auth.Credentials, error) {
	c := auth.Credentials{
		Environment: env, TenantID: os.Getenv("ARM_TENANT_ID"), ClientID: os.Getenv("ARM_CLIENT_ID"),
		EnableAuthenticatingUsingClientCertificate: os.Getenv("ARM_CLIENT_CERTIFICATE_PATH") != "",
		ClientCertificatePath:                      os.Getenv("ARM_CLIENT_CERTIFICATE_PATH"),
		ClientCertificatePassword:                  os.Getenv("ARM_CLIENT_CERTIFICATE_PASSWORD"),
		EnableAuthenticatingUsingClientSecret:      os.Getenv("ARM_CLIENT_SECRET") != "",
		ClientSecret:                               os.Getenv("ARM_CLIENT_SECRET"),
		EnableAuthenticatingUsingManagedIdentity:   os.Getenv("ARM_USE_MSI") == "true",
		CustomManagedIdentityEndpoint:              os.Getenv("ARM_MSI_ENDPOINT"),
		EnableAuthenticationUsingOIDC:              os.Getenv("ARM_USE_OIDC") == "true" && os.Getenv("ARM_OIDC_TOKEN_FILE_PATH") != "",
		EnableAuthenticationUsingGitHubOIDC:        os.Getenv("ARM_USE_OIDC") == "true" && os.Getenv("ARM_OIDC_REQUEST_URL") != "",
		OIDCTokenRequestURL:                        os.Getenv("ARM_OIDC_REQUEST_URL"),
		OIDCTokenRequestToken:                      os.Getenv("ARM_OIDC_REQUEST_TOKEN"),
	}
	if c.EnableAuthenticationUsingOIDC {
		text, err := os.ReadFile(os.Getenv("ARM_OIDC_TOKEN_FILE_PATH"))
		if err != nil {
			return c, err
		}
		c.OIDCAssertionToken = strings.TrimSpace(string(text))
	}
	return c, nil
}

func version() error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("the build recorded nothing")
	}
	for _, dep := range info.Deps {
		if dep.Path == library {
			fmt.Println(dep.Version)
			return nil
		}
	}
	return errors.New("the library is not built in")
}

// says prints the claims of a token. It is the caller's own; nobody checks it here.
func says(token string) error {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return fmt.Errorf("a token of %d parts", len(parts))
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return err
	}
	fmt.Println(string(text))
	return nil
}
