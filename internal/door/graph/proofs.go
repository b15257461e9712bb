package graph

import (
	"encoding/hex"
	"net/http"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/registration"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/name"
)

// usualSecretLife is how long a secret lives when nobody says.
const usualSecretLife = 365 * 24 * time.Hour

// addPassword makes a secret. It leaves the house here and never again.
func addPassword(c *call) (answer, error) {
	a, err := c.applicationFor(access.ProveApplications)
	if err != nil {
		return answer{}, err
	}
	text, kept := mint.NewClientSecret()
	kept.Start = c.Now()
	m, err := c.members()
	if err != nil {
		return answer{}, err
	}
	if err := only(m, "passwordcredential"); err != nil {
		return answer{}, err
	}
	if v, ok := m["passwordcredential"]; ok && !empty(v) {
		o, ok := v.Object()
		if !ok {
			return answer{}, badBody("The property 'passwordCredential' must be an object.")
		}
		inner, err := lowered(o)
		if err == nil {
			err = only(inner, "displayname", "startdatetime", "enddatetime")
		}
		if err == nil {
			kept.Display, _, err = textOf(inner, "displayName")
		}
		for to, called := range map[*time.Time]string{&kept.Start: "startDateTime", &kept.End: "endDateTime"} {
			if at, bad := instant(inner, called); bad != nil {
				err = bad
			} else if !at.IsZero() {
				*to = at
			}
		}
		if err != nil {
			return answer{}, err
		}
	}
	if kept.End.IsZero() {
		kept.End = kept.Start.Add(usualSecretLife)
	}
	ask := access.DirectoryRequest{Action: access.ProveApplications, Application: a, Target: "applications/" + a.ObjectID.String()}
	err = c.change(ask, func(e *directory.Edit) error {
		_, err := e.ChangeApplication(a.ObjectID, registration.AddSecret(kept))
		return err
	})
	if err != nil {
		return answer{}, err
	}
	shown := text.Reveal()
	return answer{http.StatusOK, textProof{
		Context: c.context("microsoft.graph.passwordCredential"), KeyID: kept.ID.String(), Display: kept.Display, Hint: kept.Hint,
		SecretText: &shown, Start: kept.Start.UTC().Truncate(time.Second), End: kept.End.UTC().Truncate(time.Second),
	}}, nil
}

func removePassword(c *call) (answer, error) {
	a, err := c.applicationFor(access.WriteApplications)
	if err != nil {
		return answer{}, err
	}
	m, err := c.members()
	if err != nil {
		return answer{}, err
	}
	said, _, err := textOf(m, "keyId")
	if err == nil {
		err = only(m, "keyid")
	}
	if err != nil {
		return answer{}, err
	}
	keyID, err := name.ParseGUID(said)
	if err != nil {
		return answer{}, badBody("The property 'keyId' must be a GUID.")
	}
	ask := access.DirectoryRequest{Action: access.WriteApplications, Application: a, Target: "applications/" + a.ObjectID.String()}
	err = c.change(ask, func(e *directory.Edit) error {
		_, err := e.ChangeApplication(a.ObjectID, registration.RemoveSecret(keyID))
		return err
	})
	return answer{status: http.StatusNoContent}, err
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }
