package azwire

import "time"

// IssuedToken is an access token as a reply tells it.
type IssuedToken struct {
	AccessToken string
	ClientID    string // of the identity; only metadata replies have it
	Resource    string // as asked for
	NotBefore   time.Time
	ExpiresOn   time.Time
	Now         time.Time // when the reply is written; the remaining life counts from here
}

// expiresIn is the remaining life in whole seconds, never negative.
func (t IssuedToken) expiresIn() int64 {
	return max(t.ExpiresOn.Unix()-t.Now.Unix(), 0)
}

// AppendMetadataToken writes the reply to a managed-identity request onto dst. Numbers are strings of digits, and both
// expires_on and expires_in are always there, because some clients read only the one and some only the other.
func AppendMetadataToken(dst []byte, flavour Flavour, t IssuedToken) []byte {
	o := newObject(dst)
	o.token("access_token", t.AccessToken)
	o.text("client_id", t.ClientID)
	o.digits("expires_in", t.expiresIn())
	o.digits("expires_on", t.ExpiresOn.Unix())
	if flavour == IMDS || flavour == CloudShell || flavour == ServiceFabric {
		o.digits("ext_expires_in", t.expiresIn())
		o.digits("not_before", t.NotBefore.Unix())
	}
	o.text("resource", t.Resource)
	o.text("token_type", "Bearer")
	return o.end()
}

// refreshLife is the remaining life from which on a reply says when to ask again.
const refreshLife = 7200

// AppendTokenV2 writes the reply of the v2 token endpoint onto dst: numbers are numbers. A client that keeps a long token
// is told to ask for the next one at half of its life.
func AppendTokenV2(dst []byte, t IssuedToken) []byte {
	o := newObject(dst)
	o.text("token_type", "Bearer")
	o.number("expires_in", t.expiresIn())
	o.number("ext_expires_in", t.expiresIn())
	if t.expiresIn() >= refreshLife {
		o.number("refresh_in", t.expiresIn()/2)
	}
	o.token("access_token", t.AccessToken)
	return o.end()
}

// AppendTokenV1 writes the reply of the v1 token endpoint onto dst: numbers are strings of digits.
func AppendTokenV1(dst []byte, t IssuedToken) []byte {
	o := newObject(dst)
	o.text("token_type", "Bearer")
	o.digits("expires_in", t.expiresIn())
	o.digits("ext_expires_in", t.expiresIn())
	o.digits("expires_on", t.ExpiresOn.Unix())
	o.digits("not_before", t.NotBefore.Unix())
	o.text("resource", t.Resource)
	o.token("access_token", t.AccessToken)
	return o.end()
}
