package main

import (
	"errors"
	"fmt"
	"net/url"
)

// settings is all that the program is told. None of it is a secret.
type settings struct {
	accountURL string // of the storage account, https://NAME.blob.core.windows.net
	container  string
	roleARN    string // of the role that the identity may assume
	bucket     string
	audience   string // whom the token for AWS is for: the application's ID URI, which the OIDC provider has as client id
	clientID   string // which user-assigned identity; empty for the only one, or the system-assigned one
	port       string // where the Functions host forwards requests to
	probes     bool   // offer /api/probe
}

// readSettings reads the environment, where the Functions host puts an app's settings.
func readSettings(env func(string) string) (settings, error) {
	s := settings{
		accountURL: env("STORAGE_ACCOUNT_URL"), container: env("STORAGE_CONTAINER"),
		roleARN: env("AWS_ROLE_ARN"), bucket: env("AWS_BUCKET"), audience: env("AWS_AUDIENCE"),
		clientID: env("AZURE_CLIENT_ID"), port: env("FUNCTIONS_CUSTOMHANDLER_PORT"), probes: env("PROBES") == "on",
	}
	if s.port == "" {
		s.port = "8080"
	}
	var missing []error
	for name, value := range map[string]string{
		"STORAGE_ACCOUNT_URL": s.accountURL, "STORAGE_CONTAINER": s.container,
		"AWS_ROLE_ARN": s.roleARN, "AWS_BUCKET": s.bucket, "AWS_AUDIENCE": s.audience,
	} {
		if value == "" {
			missing = append(missing, fmt.Errorf("the setting %s is missing", name))
		}
	}
	if err := errors.Join(missing...); err != nil {
		return s, err
	}
	// A bearer token over plain HTTP is a token given away; azblob refuses it as well, later and less clearly.
	if u, err := url.Parse(s.accountURL); err != nil || u.Scheme != "https" || u.Host == "" {
		return s, fmt.Errorf("STORAGE_ACCOUNT_URL must be an https URL, and is %q", s.accountURL)
	}
	return s, nil
}
