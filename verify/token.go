package verify

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// DefaultMaxBytes is the longest token that Parse reads when it is not told otherwise. AWS STS has the same limit.
const DefaultMaxBytes = 20_000

// maxKeyID bounds the kid, in bytes.
const maxKeyID = 256

// registeredHeaders are the parameters of RFC 7515, RFC 7516 and RFC 7797 that change what a token means to somebody.
func registeredHeaders() []string {
	return []string{"alg", "kid", "typ", "cty", "crit", "b64", "jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "enc", "zip"}
}

// registeredClaims are those of RFC 7519 section 4.1, and azp, which can stand for the audience.
func registeredClaims() []string {
	return []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "azp"}
}

// Token is a signed token that was read and not yet verified: it says nothing that may be believed. It only shows what
// is needed to find the key.
type Token struct {
	algorithm algorithm
	header    strictjson.Object
	payload   strictjson.Object
	keyID     string
	kind      string
	issuer    string
	signed    string // the signing input of RFC 7515 section 5.1, the exact characters that were sent
	signature []byte
}

// Parse reads a token of at most maxBytes characters (0 means DefaultMaxBytes) and judges its form. The caller removes
// white space around it, if its protocol allows any. The errors' reasons are Malformed and Algorithm.
func Parse(token string, maxBytes int) (*Token, error) {
	return parse(token, maxBytes, "", "jwt", "jose", "at+jwt")
}

// ParseAs reads something else that is signed and no token: its header must have exactly this typ, in any case and with or
// without "application/". Parse refuses what ParseAs accepts, and the other way round, for every typ but those of tokens.
func ParseAs(text string, maxBytes int, typ string) (*Token, error) {
	return parse(text, maxBytes, strings.ToLower(typ))
}

func parse(token string, maxBytes int, types ...string) (*Token, error) {
	if maxBytes <= 0 {
		maxBytes = DefaultMaxBytes
	}
	if len(token) > maxBytes {
		return nil, malformed("", "the token is longer than allowed", nil)
	}
	header, payload, signature, err := split(token)
	if err != nil {
		return nil, err
	}
	t := &Token{signed: token[:strings.LastIndexByte(token, '.')], signature: signature}
	if t.header, err = object("header", header, registeredHeaders()); err != nil {
		return nil, err
	}
	if err := t.readHeader(types); err != nil {
		return nil, err
	}
	if t.payload, err = object("payload", payload, registeredClaims()); err != nil {
		return nil, err
	}
	if t.issuer, err = optionalText(t.payload, "iss"); err != nil {
		return nil, err
	}
	return t, nil
}

// Algorithm is the alg that the token claims to be signed with: one for which KnownAlgorithm is true.
func (t *Token) Algorithm() string { return t.algorithm.name }

// KeyID is the kid, or "" when the token has none: at most 256 printable ASCII characters, chosen by the sender.
func (t *Token) KeyID() string { return t.keyID }

// Type is the typ in lower case, without "application/": "", "jwt", "jose" or "at+jwt".
func (t *Token) Type() string { return t.kind }

// Thumbprints are the certificate thumbprints of x5t and x5t#S256 (RFC 7515 sections 4.1.7 and 4.1.8), each nil when it
// is absent or not a hash of the right size. They can select a key, and prove nothing. Clients write them in base64url
// and in padded standard base64; both are read.
func (t *Token) Thumbprints() (sha1Hash, sha256Hash []byte) {
	const sizeSHA1, sizeSHA256 = 20, 32
	return t.thumbprint("x5t", sizeSHA1), t.thumbprint("x5t#S256", sizeSHA256)
}

func (t *Token) thumbprint(parameter string, size int) []byte {
	value, _ := t.header.Get(parameter)
	text, _ := value.Text()
	text = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(text, "="))
	hash, err := decodeSegment(text)
	if err != nil || len(hash) != size {
		return nil
	}
	return hash
}

// CheckAlgorithm checks that the token's algorithm is one of those allowed; none means DefaultAlgorithms. The error's
// reason is Algorithm.
func (t *Token) CheckAlgorithm(allowed ...string) error {
	if len(allowed) == 0 {
		allowed = DefaultAlgorithms()
	}
	if !slices.Contains(allowed, t.algorithm.name) {
		return &Error{Reason: Algorithm, Claim: "alg", Detail: "the signature algorithm is not allowed here"}
	}
	return nil
}

// UnverifiedIssuer is the issuer that the token claims to have, or "". It serves to choose the keys to verify with, and
// for nothing else: anybody can write anything here.
func (t *Token) UnverifiedIssuer() string { return t.issuer }

// split takes a token apart by RFC 7515 section 7.1. Five parts would be an encrypted token (RFC 7516), which is
// refused unread.
func split(token string) (header, payload, signature []byte, err error) {
	if parts := strings.Count(token, ".") + 1; parts != 3 {
		detail := "a signed token has three parts"
		if parts == 5 {
			detail = "an encrypted token is not accepted"
		}
		return nil, nil, nil, malformed("", detail, nil)
	}
	var decoded [3][]byte
	for i := range decoded {
		var part string
		part, token, _ = strings.Cut(token, ".")
		if decoded[i], err = decodeSegment(part); err != nil {
			return nil, nil, nil, malformed("", "a part of the token is not base64url", err)
		}
	}
	return decoded[0], decoded[1], decoded[2], nil
}

// decodeSegment reads base64url without padding by RFC 7515 section 2, in its one canonical spelling: encoding/base64
// skips line breaks even when it is strict.
func decodeSegment(part string) ([]byte, error) {
	if part == "" {
		return nil, errors.New("it is empty")
	}
	if strings.IndexByte(part, '\r') >= 0 || strings.IndexByte(part, '\n') >= 0 {
		return nil, errors.New("it contains a line break")
	}
	return base64.RawURLEncoding.Strict().DecodeString(part)
}

// object reads a header or payload and refuses names that another reader could take for registered ones.
func object(what string, text []byte, registered []string) (strictjson.Object, error) {
	o, err := strictjson.Parse(text, strictjson.Limits{Bytes: len(text)})
	if err != nil {
		return o, malformed("", "the "+what+" is not strict JSON", err)
	}
	if _, of, found := o.Lookalike(registered...); found {
		return o, malformed(of, "the "+what+" has a name that differs from "+of+" only in case", nil)
	}
	return o, nil
}

// readHeader judges the header parameters. Those that bring or locate a key (jwk, jku, x5u, x5c) are not looked at.
func (t *Token) readHeader(types []string) error {
	for _, refused := range []struct{ name, why string }{
		{"crit", "no critical extension is understood"}, // RFC 7515 section 4.1.11
		{"b64", "an unencoded payload is not accepted"}, // RFC 7797 section 3
		{"cty", "a nested token is not accepted"},       // RFC 7519 section 5.2
		{"enc", "an encrypted token is not accepted"},   // RFC 7516 section 9
		{"zip", "a compressed token is not accepted"},   // RFC 7516 section 4.1.3
	} {
		if _, found := t.header.Get(refused.name); found {
			return malformed(refused.name, refused.why, nil)
		}
	}
	if err := t.readType(types); err != nil {
		return err
	}
	if err := t.readKeyID(); err != nil {
		return err
	}
	alg, _ := t.header.Get("alg")
	name, _ := alg.Text()
	known, ok := algorithmNamed(name)
	if !ok {
		return &Error{Reason: Algorithm, Claim: "alg", Detail: "the signature algorithm is not known here"}
	}
	t.algorithm = known
	return nil
}

// readType reads typ, which RFC 7515 section 4.1.9 has compared as a media type, in any case. RFC 8725 section 3.11 has
// each other kind of JWT carry a type of its own, so that it is never taken for a token of this kind.
func (t *Token) readType(types []string) error {
	typ, err := optionalText(t.header, "typ")
	if err != nil {
		return err
	}
	t.kind = strings.TrimPrefix(strings.ToLower(typ), "application/")
	if slices.Contains(types, t.kind) {
		return nil
	}
	return malformed("typ", "the token is of another type", nil)
}

func (t *Token) readKeyID() error {
	kid, found := t.header.Get("kid")
	if !found {
		return nil
	}
	text, ok := kid.Text()
	if !ok || !ValidKeyID(text) {
		return malformed("kid", "the key id is not a text of 1 to 256 printable ASCII characters", nil)
	}
	t.keyID = text
	return nil
}

// ValidKeyID tells whether kid is one that a token may carry: 1 to 256 printable ASCII characters.
func ValidKeyID(kid string) bool {
	unprintable := func(r rune) bool { return r < ' ' || r > '~' }
	return kid != "" && len(kid) <= maxKeyID && strings.IndexFunc(kid, unprintable) < 0
}

// optionalText reads a member that must be a string when it is there.
func optionalText(o strictjson.Object, name string) (string, error) {
	value, found := o.Get(name)
	if !found {
		return "", nil
	}
	text, ok := value.Text()
	if !ok {
		return "", malformed(name, name+" is not a string", nil)
	}
	return text, nil
}

func malformed(claim, detail string, cause error) *Error {
	return &Error{Reason: Malformed, Claim: claim, Detail: detail, Err: cause}
}
