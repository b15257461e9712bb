package blob

import (
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"time"

	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/door/blob/wire"
)

// maxKeyInfo bounds that body in bytes.
const maxKeyInfo = 4 << 10

// delegationTime is how the times of a key are written.
const delegationTime = "2006-01-02T15:04:05Z"

// userDelegationKey is the answer to Get User Delegation Key.
type userDelegationKey struct {
	XMLName xml.Name `xml:"UserDelegationKey"`
	OID     string   `xml:"SignedOid"`
	TID     string   `xml:"SignedTid"`
	Start   string   `xml:"SignedStart"`
	Expiry  string   `xml:"SignedExpiry"`
	Service string   `xml:"SignedService"`
	Version string   `xml:"SignedVersion"`
	Value   string   `xml:"Value"`
}

// delegationKey gives the caller a key that signs for it. Nothing of the key is kept.
func (d Door) delegationKey(c *call, w http.ResponseWriter) error {
	body, err := c.document(maxKeyInfo)
	if err != nil {
		return err
	}
	start, expiry, err := wire.ParseKeyInfo(body)
	if err != nil {
		return err
	}
	if start.IsZero() {
		start = d.Now().UTC().Truncate(time.Second)
	}
	version := w.Header().Get("x-ms-version")
	key, err := d.Mint.DelegationKey(c.context(), c.v, credential.Delegation{
		Principal: c.principal, AccountUID: c.account.UID, Start: start, Expiry: expiry, Version: version,
	}, c.event.Draft())
	if err != nil {
		return err
	}
	return writeXML(w, userDelegationKey{
		OID: c.principal.ObjectID.String(), TID: c.principal.Tenant.String(), Service: "b", Version: version,
		Start: start.Format(delegationTime), Expiry: expiry.Format(delegationTime),
		Value: base64.StdEncoding.EncodeToString([]byte(key.Reveal())),
	})
}
