package mint

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Why an AWS principal gets no token of our issuer.
const (
	// OutlivesSession means that the token would hold longer than the session that asks for it.
	OutlivesSession fault.Reason = "sts.outlives_session"
	// PayloadTooLarge means that the token's tags and audiences are more than a token holds.
	PayloadTooLarge fault.Reason = "sts.payload_too_large"
)

// maxOutbound bounds the claims of such a token in bytes.
const maxOutbound = 8 << 10

// OutboundRequest asks for a token of our issuer that says to others which AWS principal a session is, after access has decided
// that it may be had.
type OutboundRequest struct {
	Session   *credential.Session
	Principal name.ARN // the role, or the root of the account
	Audience  []string
	Algorithm string // RS256
	Duration  time.Duration
	Tags      map[string]string // of the principal and its session
	Request   map[string]string // of this request
	Record    audit.Record      // what the door knows of the request; mint adds what it issued
}

// Outbound is such a token. No door of this house accepts it.
type Outbound struct {
	Token   secret.Text
	Expires time.Time
}

// outboundClaims are the claims as AWS names them (IAM User Guide, "Token claims" of outbound identity federation).
type outboundClaims struct {
	Issuer   string         `json:"iss"`
	Audience any            `json:"aud"` // one text, or a list of several
	Subject  string         `json:"sub"`
	IssuedAt int64          `json:"iat"`
	Expires  int64          `json:"exp"`
	ID       string         `json:"jti"`
	AWS      outboundDetail `json:"https://sts.amazonaws.com/"`
}

type outboundDetail struct {
	Account   string            `json:"aws_account"`
	Principal string            `json:"principal_id"`
	Region    string            `json:"source_region,omitempty"`
	Tags      map[string]string `json:"principal_tags,omitempty"`
	Request   map[string]string `json:"request_tags,omitempty"`
}

// Outbound signs a token for an AWS principal. It never holds longer than the session that asks. The faults' reasons are
// Held, NoSigner, OutlivesSession, PayloadTooLarge and audit.Unavailable.
func (m *Mint) Outbound(ctx context.Context, v *view.View, req OutboundRequest) (Outbound, error) {
	if err := open(v); err != nil {
		return Outbound{}, err
	}
	now := m.Now().Truncate(time.Second)
	expires := now.Add(req.Duration)
	if expires.After(req.Session.Expires) {
		return Outbound{}, fault.New(fault.Denied, OutlivesSession,
			"The requested token duration would extend the session beyond its original expiration time.")
	}
	signer := m.Keys.Signer(req.Algorithm)
	if signer == nil {
		return Outbound{}, fault.New(fault.Internal, NoSigner, "").Because(fmt.Errorf("no key signs %q", req.Algorithm))
	}
	c := outboundClaims{
		Issuer: v.Installation().IssuerAWS(req.Session.Account), Audience: req.Audience, Subject: req.Principal.String(),
		IssuedAt: now.Unix(), Expires: expires.Unix(), ID: newID(),
		AWS: outboundDetail{
			Account: req.Session.Account.String(), Principal: req.Principal.String(), Region: v.Installation().Region,
			Tags: req.Tags, Request: req.Request,
		},
	}
	if len(req.Audience) == 1 {
		c.Audience = req.Audience[0]
	}
	b, err := json.Marshal(c)
	if err != nil {
		return Outbound{}, fmt.Errorf("write outbound claims: %w", err)
	}
	if len(b) > maxOutbound {
		return Outbound{}, fault.New(fault.Invalid, PayloadTooLarge, "The token's payload has %d bytes, the limit is %d.", len(b), maxOutbound)
	}
	text, err := signer.Sign(b)
	if err != nil {
		return Outbound{}, err
	}
	rec := req.Record
	rec.Outcome, rec.TokenID, rec.Account, rec.Rev = audit.Issued, c.ID, req.Session.Account, v.Rev()
	if err := m.Ledger.Ledger(ctx, rec); err != nil { // durable before anybody sees it
		return Outbound{}, err
	}
	return Outbound{Token: secret.Text(text), Expires: expires}, nil
}
