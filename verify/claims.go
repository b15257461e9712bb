package verify

import (
	"crypto"
	"encoding/json"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// Claims are what a token says, after its signature was verified. They never change, and several goroutines may read
// them at once. Times and audience are the caller's to check: see CheckTimes, CheckAudience and CheckIssuer.
type Claims struct {
	object   strictjson.Object
	issuer   string
	subject  string
	id       string
	audience []string
	expires  time.Time
	before   time.Time
	issued   time.Time
}

// Verify checks the signature with a key and gives the claims. allowed are the algorithms that the caller accepts, none
// meaning DefaultAlgorithms. The claims are read after the signature held, so a bad signature is always reported as
// such. The errors' reasons are Algorithm, Key, Signature, Malformed and Missing.
func (t *Token) Verify(key crypto.PublicKey, allowed ...string) (*Claims, error) {
	payload, err := t.Payload(key, allowed...)
	if err != nil {
		return nil, err
	}
	return readClaims(payload)
}

// Payload checks the signature as Verify does and gives what was signed, without reading it as claims: for what ParseAs
// read. The errors' reasons are Algorithm, Key and Signature.
func (t *Token) Payload(key crypto.PublicKey, allowed ...string) (strictjson.Object, error) {
	var none strictjson.Object
	if err := t.CheckAlgorithm(allowed...); err != nil {
		return none, err
	}
	if !Fits(key, t.algorithm.name) {
		return none, badKey("the key does not fit the algorithm of the token")
	}
	if err := CheckKey(key); err != nil {
		return none, err
	}
	if !t.algorithm.verify(key, t.signed, t.signature) {
		return none, &Error{Reason: Signature, Detail: "the signature does not hold"}
	}
	return t.payload, nil
}

// readClaims reads the registered claims by RFC 7519 section 4.1. Only exp is required of every token.
func readClaims(o strictjson.Object) (*Claims, error) {
	c := &Claims{object: o}
	for _, text := range []struct {
		name  string
		field *string
	}{{"iss", &c.issuer}, {"sub", &c.subject}, {"jti", &c.id}} {
		var err error
		if *text.field, err = optionalText(o, text.name); err != nil {
			return nil, err
		}
	}
	if aud, found := o.Get("aud"); found {
		audience, ok := aud.Texts()
		if !ok {
			return nil, malformed("aud", "aud is neither a string nor an array of strings", nil)
		}
		c.audience = audience
	}
	if err := c.readTimes(); err != nil {
		return nil, err
	}
	return c, nil
}

// readTimes rounds fractions so that they never lengthen a token's life.
func (c *Claims) readTimes() (err error) {
	if c.expires, err = seconds(c.object, "exp", math.Floor); err != nil {
		return err
	}
	if c.expires.IsZero() {
		return &Error{Reason: Missing, Claim: "exp", Detail: "the token has no exp, it would live for ever"}
	}
	if c.before, err = seconds(c.object, "nbf", math.Ceil); err != nil {
		return err
	}
	c.issued, err = seconds(c.object, "iat", math.Ceil)
	return err
}

// maxSeconds is the largest time that is accepted: the last whole number that every JSON reader holds exactly.
const maxSeconds = 1 << 53

// seconds reads a NumericDate (RFC 7519 section 2). An absent one is the zero time.
func seconds(o strictjson.Object, name string, round func(float64) float64) (time.Time, error) {
	value, found := o.Get(name)
	if !found {
		return time.Time{}, nil
	}
	number, ok := value.Float()
	if !ok || number < 0 || number > maxSeconds {
		return time.Time{}, malformed(name, name+" is not a number of seconds from 0 to 2^53", nil)
	}
	return time.Unix(int64(round(number)), 0).UTC(), nil
}

// Issuer is iss, or "".
func (c *Claims) Issuer() string { return c.issuer }

// Subject is sub, or "".
func (c *Claims) Subject() string { return c.subject }

// ID is jti, or "".
func (c *Claims) ID() string { return c.id }

// Audience is aud: one text or several, or none when the token has no aud or an empty one.
func (c *Claims) Audience() []string { return slices.Clone(c.audience) }

// Expires is exp, rounded down to a second. It is never the zero time.
func (c *Claims) Expires() time.Time { return c.expires }

// NotBefore is nbf, rounded up to a second, or the zero time when the token has none.
func (c *Claims) NotBefore() time.Time { return c.before }

// IssuedAt is iat, rounded up to a second, or the zero time when the token has none.
func (c *Claims) IssuedAt() time.Time { return c.issued }

// Has tells whether there is a claim of exactly this name, whatever its value.
func (c *Claims) Has(name string) bool {
	_, found := c.object.Get(name)
	return found
}

// String gives a claim that is a string; false when it is absent or something else.
func (c *Claims) String(name string) (string, bool) {
	value, _ := c.object.Get(name)
	return value.Text()
}

// Strings gives a claim that is a string or an array of strings; false when it is absent or something else.
func (c *Claims) Strings(name string) ([]string, bool) {
	value, _ := c.object.Get(name)
	return value.Texts()
}

// Number gives a claim that is a number, as the nearest float64; false when it is absent or something else.
func (c *Claims) Number(name string) (float64, bool) {
	value, _ := c.object.Get(name)
	return value.Float()
}

// Value gives a claim of any type; the zero Value, of the kind strictjson.Invalid, when it is absent.
func (c *Claims) Value(name string) strictjson.Value {
	value, _ := c.object.Get(name)
	return value
}

// Raw gives the exact JSON text of a claim, as a copy; false when it is absent.
func (c *Claims) Raw(name string) (json.RawMessage, bool) {
	value, found := c.object.Get(name)
	return slices.Clone(value.Raw()), found
}

// Names lists the names of all claims in the order of the token.
func (c *Claims) Names() []string {
	names := make([]string, 0, c.object.Len())
	for name := range c.object.All() {
		names = append(names, name)
	}
	return names
}

// All iterates over all claims in the order of the token.
func (c *Claims) All() iter.Seq2[string, strictjson.Value] { return c.object.All() }
