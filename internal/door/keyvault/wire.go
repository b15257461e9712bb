package keyvault

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

// bundle is a secret as answers show it.
type bundle struct {
	Value       *revealed  `json:"value,omitempty"`
	ID          string     `json:"id"`
	ContentType string     `json:"contentType,omitempty"`
	Attributes  attributes `json:"attributes"`
	Tags        view.Tags  `json:"tags,omitempty"`
}

// deletedBundle is a deleted secret. Times are seconds since 1970.
type deletedBundle struct {
	RecoveryID string `json:"recoveryId"`
	Deleted    int64  `json:"deletedDate"`
	Purge      int64  `json:"scheduledPurgeDate"`
	bundle
}

// revealed is a value on its way to whoever may get it. Only JSON shows it; all else prints a mask.
type revealed struct{ secret.Text }

// MarshalJSON writes the value itself.
func (r revealed) MarshalJSON() ([]byte, error) { return json.Marshal(r.Reveal()) }

// attributes are what is known of a version. Times are seconds since 1970.
type attributes struct {
	Enabled       bool   `json:"enabled"`
	NotBefore     *int64 `json:"nbf,omitempty"`
	Expires       *int64 `json:"exp,omitempty"`
	Created       int64  `json:"created"`
	Updated       int64  `json:"updated"`
	RecoveryLevel string `json:"recoveryLevel"`
	Days          int    `json:"recoverableDays"`
}

// usualDays is the retention of a vault that chose none; another one is "customized".
const usualDays = 90

// bundle shows a version without its value; id is the name that it has in this answer.
func (c *call) bundle(v *view.SecretVersion, id string) bundle {
	days := c.vault.VaultRules().RetentionDays
	level := "Recoverable+Purgeable"
	if days != usualDays {
		level = "CustomizedRecoverable+Purgeable"
	}
	return bundle{
		ID: id, ContentType: v.ContentType, Tags: v.Tags,
		Attributes: attributes{
			Enabled: !v.Disabled, NotBefore: seconds(v.NotBefore), Expires: seconds(v.Expires),
			Created: v.Created.Unix(), Updated: v.Updated.Unix(), RecoveryLevel: level, Days: days,
		},
	}
}

// deleted shows a deleted secret by its newest version.
func (c *call) deleted(s *view.Secret, v *view.SecretVersion, id string) deletedBundle {
	return deletedBundle{
		RecoveryID: c.home() + "/deletedsecrets/" + s.Name, Deleted: s.Deleted.Unix(), Purge: s.Purge.Unix(), bundle: c.bundle(v, id),
	}
}

func seconds(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	n := t.Unix()
	return &n
}

// home is the vault's address in identifiers, the same however the vault was reached: clients take names apart by it.
func (c *call) home() string {
	return "https://" + strings.ToLower(c.vault.ID.Name()) + "." + hostIn(c.v.Installation().URLs["keyvault"])
}

func (c *call) idOf(s *view.Secret) string { return c.home() + "/secrets/" + s.Name }

func (c *call) versionID(v *view.SecretVersion) string {
	return c.home() + "/secrets/" + v.Secret + "/" + v.ID
}
