package mint

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Notice is what a foreign verifier is told at one time: whose tokens ended. It gives nobody anything, so no record of it
// is kept; it is signed here because only mint has what leaves the house signed.
type Notice struct {
	Tenant  name.GUID
	To      name.GUID // object id of the caller that asked
	Nonce   string    // the caller's own, by which it knows that the answer is not an old one
	Since   string    // the cursor that was asked about
	Cursor  string    // where to go on
	Full    bool      // this is all there is, not only what is new since the cursor
	More    bool      // there is more at once
	Wait    time.Duration
	Revoked []*view.Revocation
}

// NoticeType is the type in the header of a notice. No reader of tokens accepts it, and a reader of notices nothing else.
const NoticeType = "lanyard-revocations+jwt"

// noticeClaims is a notice as it is signed.
type noticeClaims struct {
	Issuer   string        `json:"iss"`
	Audience string        `json:"aud"`
	IssuedAt int64         `json:"iat"`
	Tenant   string        `json:"tid"`
	Nonce    string        `json:"nonce"`
	Inc      string        `json:"inc"`
	Since    string        `json:"since"`
	Cursor   string        `json:"cursor"`
	Full     bool          `json:"full"`
	More     bool          `json:"more"`
	Wait     int64         `json:"wait"` // seconds until the next answer at the latest, if the caller asks again at once
	Revoked  []noticeEntry `json:"revoked"`
}

// noticeEntry is one principal: its tokens from before a revision are dead, or all of them.
type noticeEntry struct {
	ObjectID string `json:"oid"`
	Before   int64  `json:"before,omitempty"`
	Gone     bool   `json:"gone,omitempty"`
}

// Notice signs a notice. The faults' reasons are Held and NoSigner.
func (m *Mint) Notice(v *view.View, n Notice) (string, error) {
	if err := open(v); err != nil {
		return "", err
	}
	plain := m.Keys.Signer("ES256")
	if plain == nil {
		return "", fault.New(fault.Internal, NoSigner, "")
	}
	signer, err := plain.Typed(NoticeType)
	if err != nil {
		return "", fault.New(fault.Internal, NoSigner, "").Because(err)
	}
	c := noticeClaims{
		Issuer: v.Installation().IssuerV2(n.Tenant), Audience: n.To.String(), IssuedAt: m.Now().Unix(), Tenant: n.Tenant.String(),
		Nonce: n.Nonce, Inc: v.Installation().Incarnation, Since: n.Since, Cursor: n.Cursor, Full: n.Full, More: n.More,
		Wait: int64(n.Wait / time.Second), Revoked: make([]noticeEntry, len(n.Revoked)),
	}
	for i, r := range n.Revoked {
		c.Revoked[i] = noticeEntry{ObjectID: r.Principal.String(), Before: r.Before, Gone: r.Gone}
	}
	b, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("write notice: %w", err)
	}
	return signer.Sign(b)
}
