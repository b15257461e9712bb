package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// Proof says what opened a store. Nothing in it is a secret: ids, names and times.
type Proof struct {
	Kind           string    `json:"kind"`
	Token          *Claims   `json:"token,omitempty"`
	Role           string    `json:"role,omitempty"`
	SessionName    string    `json:"sessionName,omitempty"`
	AccessKeyID    string    `json:"accessKeyId,omitempty"`
	SessionExpires time.Time `json:"sessionExpires,omitzero"`
}

// Claims is what a token says of its owner. The program shows it and decides nothing by it, so it is not verified here:
// whoever the token is for does that.
type Claims struct {
	Issuer      string `json:"iss"`
	Audience    string `json:"aud"`
	Subject     string `json:"sub"`
	PrincipalID string `json:"oid"`
	ClientID    string `json:"appid"`
	Identity    string `json:"xms_mirid,omitempty"` // resource id of the managed identity
	TokenID     string `json:"uti"`
	Expires     int64  `json:"exp"` // seconds since 1970
}

// Until is when the token is over.
func (c *Claims) Until() time.Time { return time.Unix(c.Expires, 0).UTC() }

// observed is a credential that remembers what the latest token said. The token itself goes to the SDK that asked.
type observed struct {
	azcore.TokenCredential
	latest atomic.Pointer[Claims]
}

// GetToken implements azcore.TokenCredential.
func (o *observed) GetToken(ctx context.Context, opt policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := o.TokenCredential.GetToken(ctx, opt)
	if err == nil {
		o.latest.Store(claimsOf(token.Token))
	}
	return token, err
}

// seen is what the latest token said; nil before there was one, or if it is not a JWT.
func (o *observed) seen() *Claims { return o.latest.Load() }

// claimsOf reads a token's middle part; nil if the token cannot be read. Tokens are opaque to clients, so that is no
// error: the page then shows less.
func claimsOf(token string) *Claims {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil
	}
	var c Claims
	if json.Unmarshal(payload, &c) != nil {
		return nil
	}
	return &c
}
