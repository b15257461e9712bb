package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Probes are how a test makes the function try what it must not be able to do, with the same SDKs and the same identity,
// and learn how it was refused. They exist only with the setting PROBES=on, and no function.json leads to them: the
// Functions host never forwards a request here.

// attempt says what to try. Everything that is left out is what the function itself would do.
type attempt struct {
	Do       string `json:"do"`       // token, blobs, session or objects
	Identity string `json:"identity"` // client id to ask for instead of the function's own setting
	Audience string `json:"audience"` // whom to ask a token for
	Role     string `json:"role"`     // role to assume
	Keep     string `json:"keep"`     // keep the token or session under this name
	Use      string `json:"use"`      // use the token or session that was kept under this name, however old it is
}

// outcome is what came of it: when what was got ends, how many objects were seen, or the refusal.
type outcome struct {
	Expires time.Time `json:"expires,omitzero"`
	Objects int       `json:"objects"`
	Refusal *Refusal  `json:"refusal,omitempty"`
}

// probes keeps tokens and sessions in memory, so that they can be tried when they should be good no more.
type probes struct {
	settings settings

	mu       sync.Mutex
	tokens   map[string]azcore.AccessToken
	sessions map[string]aws.Credentials
}

func newProbes(s settings) *probes {
	return &probes{settings: s, tokens: map[string]azcore.AccessToken{}, sessions: map[string]aws.Credentials{}}
}

// ServeHTTP makes one attempt. A page in a browser cannot send this content type to another origin unasked.
func (p *probes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		http.Error(w, "the content type must be application/json", http.StatusUnsupportedMediaType)
		return
	}
	var a attempt
	in := json.NewDecoder(io.LimitReader(r.Body, 1<<16))
	in.DisallowUnknownFields()
	if err := in.Decode(&a); err != nil {
		http.Error(w, "this is no attempt: "+err.Error(), http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), listTime)
	defer cancel()
	out, err := p.try(ctx, a)
	if err != nil {
		out = outcome{Refusal: refusalOf(err)}
	}
	writeJSON(w, http.StatusOK, out)
}

func (p *probes) try(ctx context.Context, a attempt) (outcome, error) {
	switch a.Do {
	case "token":
		return p.token(ctx, a)
	case "blobs":
		return p.blobs(ctx, a)
	case "session":
		return p.session(ctx, a)
	case "objects":
		return p.objects(ctx, a)
	}
	return outcome{}, fmt.Errorf("nothing is called %q: token, blobs, session and objects are", a.Do)
}

// token gets a token of the identity.
func (p *probes) token(ctx context.Context, a attempt) (outcome, error) {
	identity, err := p.identity(a)
	if err != nil {
		return outcome{}, err
	}
	token, err := identity.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{a.Audience + "/.default"}})
	if err != nil {
		return outcome{}, err
	}
	if a.Keep != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.tokens[a.Keep] = token
	}
	return outcome{Expires: token.ExpiresOn}, nil
}

// blobs lists the container, with a kept token, or with one for another audience than azblob asks for.
func (p *probes) blobs(ctx context.Context, a attempt) (outcome, error) {
	identity, err := p.bearer(a)
	if err != nil {
		return outcome{}, err
	}
	b, err := openBlobs(p.settings, identity)
	if err != nil {
		return outcome{}, err
	}
	return seen(b.list(ctx)), nil
}

// session assumes a role with a token of the identity.
func (p *probes) session(ctx context.Context, a attempt) (outcome, error) {
	identity, err := p.identity(a)
	if err != nil {
		return outcome{}, err
	}
	cfg, err := awsConfig(ctx)
	if err != nil {
		return outcome{}, err
	}
	token := entraToken{identity, cmp.Or(a.Audience, p.settings.audience)}
	got, err := webIdentity(cfg, cmp.Or(a.Role, p.settings.roleARN), token).Retrieve(ctx)
	if err != nil {
		return outcome{}, err
	}
	if a.Keep != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.sessions[a.Keep] = got
	}
	return outcome{Expires: got.Expires}, nil
}

// objects lists the bucket with a kept session.
func (p *probes) objects(ctx context.Context, a attempt) (outcome, error) {
	p.mu.Lock()
	session, ok := p.sessions[a.Use]
	p.mu.Unlock()
	if !ok {
		return outcome{}, fmt.Errorf("no session was kept as %q", a.Use)
	}
	cfg, err := awsConfig(ctx)
	if err != nil {
		return outcome{}, err
	}
	session.CanExpire = false // the SDK shall send it whatever its age; the server is what is tried here
	cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return session, nil })
	b := &bucket{name: p.settings.bucket, client: s3.NewFromConfig(cfg), sessions: cfg.Credentials, tokens: &observed{}}
	return seen(b.list(ctx)), nil
}

// identity is the function's managed identity, or the one that the attempt names.
func (p *probes) identity(a attempt) (*azidentity.ManagedIdentityCredential, error) {
	return managedIdentity(cmp.Or(a.Identity, p.settings.clientID))
}

// bearer is where azblob gets its tokens in an attempt.
func (p *probes) bearer(a attempt) (azcore.TokenCredential, error) {
	if a.Use != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		token, ok := p.tokens[a.Use]
		if !ok {
			return nil, fmt.Errorf("no token was kept as %q", a.Use)
		}
		return heldToken{token}, nil
	}
	identity, err := p.identity(a)
	if err != nil || a.Audience == "" {
		return identity, err
	}
	return misdirected{identity, a.Audience}, nil
}

// heldToken gives the token that was kept, again and again.
type heldToken struct{ token azcore.AccessToken }

// GetToken implements azcore.TokenCredential.
func (h heldToken) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return h.token, nil
}

// misdirected asks for tokens for one audience, whatever the client needs.
type misdirected struct {
	identity azcore.TokenCredential
	audience string
}

// GetToken implements azcore.TokenCredential.
func (m misdirected) GetToken(ctx context.Context, opt policy.TokenRequestOptions) (azcore.AccessToken, error) {
	opt.Scopes = []string{m.audience + "/.default"}
	return m.identity.GetToken(ctx, opt)
}

// seen is the outcome of a listing.
func seen(l Listing) outcome { return outcome{Objects: len(l.Objects), Refusal: l.Refusal} }
