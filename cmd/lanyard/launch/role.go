package launch

import (
	"cmp"
	"net/url"
	"path/filepath"
	"strings"
)

// roleTokenFile holds the launch's secret for the container endpoint. Clients send its bytes as they are, so that there is
// no line end in it.
const roleTokenFile = "aws-token"

// WebTokenFile holds the token with which clients of AWS assume a role as a web identity.
const WebTokenFile = "web-identity-token"

// webIdentity gives an Azure workload the way of clients to a role by a token file, and no other.
func webIdentity(f Facts) []Setting {
	return []Setting{
		{"AWS_WEB_IDENTITY_TOKEN_FILE", filepath.Join(f.Folder, WebTokenFile)},
		{"AWS_ROLE_ARN", f.WebRole},
		{"AWS_ROLE_SESSION_NAME", sessionName(f.Launch.As)},
	}
}

// sessionName makes the last part of who runs a name that AWS takes for a session: 2 to 64 letters, digits and _+=,.@-.
func sessionName(as string) string {
	plain := func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("_+=,.@-", c) {
			return c
		}
		return '-'
	}
	called := strings.Map(plain, siteName(as))
	if len(called) < 2 {
		called = "as-" + called
	}
	return called[:min(len(called), 64)]
}

// containerURL is the container endpoint; empty for a server without the door.
func containerURL(f Facts) string {
	if base := f.Status.URLs["metadata"]; base != "" {
		return base + "/v1/credentials"
	}
	return ""
}

// role gives an AWS workload one way to the credentials of its role, and no other.
func role(f Facts) []Setting {
	fenced := []Setting{{"AWS_EC2_METADATA_DISABLED", "true"}, {"AWS_EC2_METADATA_V1_DISABLED", "true"}}
	base := f.Status.URLs["metadata"]
	switch {
	case f.WebRole != "":
		return append(fenced, webIdentity(f)...)
	case !AWSWorkload(f.Launch.As) || f.Launch.Secret == "" || base == "":
		return fenced
	case f.Flavour == IMDS: // its clients have no header for a secret: the launcher knows who asks, or it is in the path
		return []Setting{
			{"AWS_EC2_METADATA_SERVICE_ENDPOINT", cmp.Or(f.Relay, base+"/launch/"+url.PathEscape(f.Launch.Secret))},
			{"AWS_EC2_METADATA_V1_DISABLED", "true"},
		}
	case f.Flavour == Process: // in the configuration file, see Furnish
		return fenced
	}
	return append(fenced,
		Setting{"AWS_CONTAINER_CREDENTIALS_FULL_URI", containerURL(f)},
		Setting{"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", filepath.Join(f.Folder, roleTokenFile)})
}

// Helper is the command that prints the credentials of an AWS workload's role, for a client that runs one; program is this
// one. It asks the container endpoint like any client: a workload has no way to the operator's socket.
func Helper(program string, f Facts) []string {
	return []string{program, "credentials", "--endpoint", containerURL(f), "--token-file", filepath.Join(f.Folder, roleTokenFile)}
}

// azureSecret is what clients of Azure show. A workload in AWS's words has no identity in a tenant: its secret is in its
// file, and in no variable that everything it starts inherits.
func azureSecret(f Facts) string {
	if f.Launch.Secret == "" || AWSWorkload(f.Launch.As) {
		return noSecret
	}
	return f.Launch.Secret
}
