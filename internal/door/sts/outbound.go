package sts

import (
	"strconv"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// OutboundDisabled means that the account does not let its principals get tokens for others.
const OutboundDisabled fault.Reason = "sts.outbound_disabled"

// webIdentityToken gives a session a token of our issuer that tells others which principal it is (AWS STS,
// GetWebIdentityToken). Our own doors do not accept it.
func (d Door) webIdentityToken(c *query.Call) (func(*awswire.XML), error) {
	s, err := d.signer(c)
	if err != nil {
		return nil, err
	}
	in, err := decodeOutbound(c.Form)
	if err != nil {
		return nil, err
	}
	rec := &c.Event.Record
	rec.Audience = in.audience[0]
	facts := d.factsOf(c, s)
	access.AddRequestTags(facts, in.tags)
	facts.Set("sts:IdentityTokenAudience", in.audience...)
	facts.Set("sts:SigningAlgorithm", in.algorithm)
	facts.Set("sts:DurationSeconds", strconv.Itoa(int(in.duration/time.Second)))
	decision, err := d.may(c, s, "sts:GetWebIdentityToken", "*", facts)
	if err != nil {
		return nil, err
	}
	if len(in.tags) > 0 {
		if _, err := d.may(c, s, "sts:TagGetWebIdentityToken", "*", facts); err != nil {
			return nil, err
		}
	}
	if account, ok := c.View.Account(s.Account); !ok || !account.Outbound {
		return nil, fault.New(fault.Denied, OutboundDisabled, "Outbound web identity federation is not enabled for this account.")
	}
	req := mint.OutboundRequest{
		Session: s.Session, Principal: s.ARN(nil), Audience: in.audience, Algorithm: in.algorithm, Duration: in.duration,
		Tags: access.PrincipalTags(c.View, s.Session, s.Role), Request: in.tags, Record: c.Event.Draft(),
	}
	if s.Role != nil {
		req.Principal = s.Role.ARN
	}
	req.Record.Decision = &decision
	token, err := d.Mint.Outbound(c.Request.Context(), c.View, req)
	if err != nil {
		return nil, err
	}
	return func(x *awswire.XML) {
		x.Text("WebIdentityToken", token.Token.Reveal())
		x.Time("Expiration", token.Expires)
	}, nil
}

// outbound is the request, decoded.
type outbound struct {
	labels
	audience  []string
	algorithm string
	duration  time.Duration
}

func decodeOutbound(f awswire.Form) (in outbound, err error) {
	if in.audience, err = f.List("Audience", 10); err != nil {
		return in, err
	}
	if len(in.audience) == 0 {
		return in, query.Constraint("[]", "audience", "have length 1 to 10")
	}
	for _, a := range in.audience {
		if a == "" || len(a) > 1000 {
			return in, query.Constraint(a, "audience", "have members of length 1 to 1000")
		}
	}
	in.algorithm = f.Value("SigningAlgorithm")
	if in.algorithm == "ES384" {
		return in, query.Invalid("ES384 is not offered as a signing algorithm; RS256 is.")
	}
	if in.algorithm != "RS256" {
		return in, query.Constraint(in.algorithm, "signingAlgorithm", "satisfy enum value set: [RS256, ES384]")
	}
	in.duration = 300 * time.Second
	if text, has := f.Get("DurationSeconds"); has {
		n, err := strconv.Atoi(text)
		if err != nil || n < 60 || n > 3600 {
			return in, query.Constraint(text, "durationSeconds", "have value between 60 and 3600")
		}
		in.duration = time.Duration(n) * time.Second
	}
	in.labels, err = decodeLabels(f)
	return in, err
}
