package azwire

import (
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// GrantClientCredentials is the one grant type that workloads use.
const GrantClientCredentials = "client_credentials"

// AssertionJWT is the one client_assertion_type (RFC 7523 section 2.2).
const AssertionJWT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// TokenCall is what a token request looks like before anything is decoded. Its query is never looked at: clients put
// correlation ids there, and credentials have no place in it.
type TokenCall struct {
	ContentType   string
	Authorization []string // the values of the header; HTTP Basic is a way to give the client's secret
	Body          []byte
}

// TokenForm is a token request, decoded. Exactly one of Assertion and ClientSecret is there.
type TokenForm struct {
	ClientID     string
	Resource     string // the audience as asked for; a trailing slash is kept
	ByScope      bool   // it was asked for by scope (v2) and not by resource (v1)
	Assertion    Secret // a JWT, without the white space that clients read from a file with it
	ClientSecret Secret
}

// DecodeTokenForm reads a token request (RFC 6749 sections 3.2 and 4.4.2). A repeated parameter is refused, an empty one
// counts as left out, and what is unknown is ignored.
func DecodeTokenForm(c TokenCall, limits Limits) (TokenForm, error) {
	if !isForm(c.ContentType) {
		return TokenForm{}, malformed("the content type is not application/x-www-form-urlencoded")
	}
	f, why := parseForm(string(c.Body), limits)
	if why != "" {
		return TokenForm{}, malformed("%s", why)
	}
	switch f["grant_type"] {
	case GrantClientCredentials:
	case "":
		return TokenForm{}, missing("grant_type")
	default:
		return TokenForm{}, fault.New(fault.Unsupported, ReasonUnsupportedGrant,
			"the grant type %.64q is not supported: use %s", f["grant_type"], GrantClientCredentials)
	}
	t := TokenForm{ClientID: f["client_id"]}
	if err := t.readCredential(f, c.Authorization); err != nil {
		return TokenForm{}, err
	}
	err := t.readResource(f)
	return t, err
}

// readCredential finds the one way in which the client proves itself. RFC 6749 section 2.3: no more than one.
func (t *TokenForm) readCredential(f form, authorization []string) error {
	basicID, basicSecret, err := basic(authorization)
	if err != nil {
		return err
	}
	if t.ClientID == "" {
		t.ClientID = basicID
	}
	switch {
	case t.ClientID == "":
		return missing("client_id")
	case basicID != "" && basicID != t.ClientID:
		return malformed("the form and the Authorization header name different clients")
	}
	t.Assertion = Secret(strings.Trim(f["client_assertion"], " \t\r\n"))
	t.ClientSecret = Secret(f["client_secret"])
	ways := 0
	for _, proof := range []Secret{t.Assertion, t.ClientSecret, basicSecret} {
		if proof != "" {
			ways++
		}
	}
	switch {
	case ways == 0:
		return fault.New(fault.Unauthenticated, ReasonNoCredential,
			"the request body must contain client_assertion or client_secret")
	case ways > 1:
		return fault.New(fault.Invalid, ReasonSeveralCredentials, "the client proves itself in more than one way")
	case t.Assertion == "":
		t.ClientSecret += basicSecret // one of them is empty
		return nil
	}
	switch f["client_assertion_type"] {
	case AssertionJWT:
		return nil
	case "":
		return missing("client_assertion_type")
	}
	return malformed("client_assertion_type must be %s", AssertionJWT)
}

// basic reads HTTP Basic credentials, whose two halves are form-encoded first (RFC 6749 section 2.3.1). Another scheme
// is none of the ways in which a client proves itself, and is refused.
func basic(authorization []string) (id string, secret Secret, err error) {
	if len(authorization) == 0 {
		return "", "", nil
	}
	bad := malformed("the Authorization header is not well formed Basic credentials")
	scheme, encoded, _ := strings.Cut(authorization[0], " ")
	if len(authorization) > 1 || !strings.EqualFold(scheme, "Basic") {
		return "", "", bad
	}
	decoded, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return "", "", bad
	}
	user, pass, _ := strings.Cut(string(decoded), ":")
	id, errID := url.QueryUnescape(user)
	text, errSecret := url.QueryUnescape(pass)
	if errID != nil || errSecret != nil || id == "" || text == "" || !plainText(id) || !plainText(text) {
		return "", "", bad
	}
	return id, Secret(text), nil
}

// readResource finds the one resource, by scope or by resource.
func (t *TokenForm) readResource(f form) error {
	scope, resource := f["scope"], f["resource"]
	switch {
	case scope == "" && resource == "":
		return missing("scope")
	case scope != "":
		asked, err := resourceOfScope(scope)
		if err != nil {
			return err
		}
		if resource != "" && resource != asked {
			return severalResources()
		}
		t.Resource, t.ByScope = asked, true
		return nil
	case !audience(resource):
		return fault.New(fault.Invalid, ReasonInvalidScope, "the parameter resource is not well formed")
	}
	t.Resource = resource
	return nil
}

// resourceOfScope finds the resource in a scope. The suffix /.default is taken off once only: https://host//.default is
// the resource https://host/. The scopes of OpenID Connect, which some clients always add, say nothing here.
func resourceOfScope(scope string) (string, error) {
	var found string
	for s := range strings.SplitSeq(scope, " ") {
		switch s {
		case "", "openid", "offline_access", "profile", "email":
			continue
		}
		resource, ok := strings.CutSuffix(s, "/.default")
		if !ok || !audience(resource) {
			return "", fault.New(fault.Invalid, ReasonInvalidScope,
				"the scope %.256q is not valid: it must be a resource followed by /.default", s)
		}
		if found != "" {
			return "", severalResources()
		}
		found = resource
	}
	if found == "" {
		return "", fault.New(fault.Invalid, ReasonInvalidScope,
			"the scope names no resource: it must be a resource followed by /.default")
	}
	return found, nil
}

func severalResources() error {
	return fault.New(fault.Invalid, ReasonSeveralResources, "a token is for one resource, and several are asked for")
}

func missing(parameter string) error {
	return fault.New(fault.Invalid, ReasonMissingParameter,
		"The request body must contain the following parameter: '%s'.", parameter)
}

func malformed(format string, args ...any) error {
	return fault.New(fault.Invalid, ReasonMalformedRequest, format, args...)
}
