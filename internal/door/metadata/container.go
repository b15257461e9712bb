package metadata

import (
	"net/http"
	"time"

	"github.com/lanyard-id/lanyard/internal/web"
)

// containerCredentials are what AWS_CONTAINER_CREDENTIALS_FULL_URI answers with.
type containerCredentials struct {
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string `json:"SecretAccessKey"` //nolint:gosec // the field's name on the wire
	Token           string `json:"Token"`
	Expiration      string `json:"Expiration"`
	AccountID       string `json:"AccountId"`
	RoleARN         string `json:"RoleArn"`
}

// container gives the calling workload the credentials of its role. A request without the secret is refused, also where
// clients send none because their token file could not be read.
func container(c *host, w http.ResponseWriter) error {
	role, err := c.bound()
	if err != nil {
		return err
	}
	s, err := c.credentials(role)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, containerCredentials{
		AccessKeyID: s.KeyID, SecretAccessKey: s.Secret.Reveal(), Token: s.Token.Reveal(),
		Expiration: s.Expires.UTC().Format(time.RFC3339), AccountID: s.Account.String(), RoleARN: role.ARN.String(),
	})
}
