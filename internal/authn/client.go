package authn

import (
	"crypto/sha1" //nolint:gosec // a thumbprint finds a certificate, and proves nothing
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/jose"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/verify"
)

// Why a client's own proof is not accepted.
const (
	// BadSecret means that the application has no such secret.
	BadSecret fault.Reason = "entra.bad_secret"
	// SecretExpired means that the application has this secret, and it is over or has not begun.
	SecretExpired fault.Reason = "entra.secret_expired"
	// CertificateUnknown means that the assertion names no certificate of the application.
	CertificateUnknown fault.Reason = "entra.certificate_unknown"
	// CertificateExpired means that the certificate which the assertion names is over or has not begun.
	CertificateExpired fault.Reason = "entra.certificate_expired"
	// AssertionSignature means that the assertion was not signed with the key of the certificate that it names.
	AssertionSignature fault.Reason = "entra.assertion_signature"
	// AssertionClient means that issuer or subject of an assertion are not the client.
	AssertionClient fault.Reason = "entra.assertion_client"
	// AssertionAudience means that the assertion was made for another authority or endpoint, or for several.
	AssertionAudience fault.Reason = "entra.assertion_audience"
	// AssertionTimes means that the assertion is over, has not begun, or lives longer than a day.
	AssertionTimes fault.Reason = "entra.assertion_times"
)

// What is accepted of the times of an assertion that a client signed: its clock is not ours.
const (
	assertionLeeway = time.Minute
	assertionLife   = 24 * time.Hour
)

// comparisons is how many secrets are compared for every request, whatever the application has: the time says nothing
// about which clients exist (threat A18). It is at least as many as an application may have.
const comparisons = 16

// ClientSecret checks that an application has a secret, and that it holds now. app is nil for a client that does not exist
// or has no secrets: the answer is the same, and so is its cost.
func (a *Authenticator) ClientSecret(app *view.Application, text secret.Text) error {
	presented := []byte(credential.HashSecret(text))
	decoy := []byte(strings.Repeat("x", len(presented)))
	var kept []view.ClientSecret
	if app != nil {
		kept = app.Secrets
	}
	found := -1
	for i := range max(comparisons, len(kept)) {
		hash := decoy
		if i < len(kept) {
			hash = []byte(kept[i].Hash)
		}
		found = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(hash, presented), i, found)
	}
	if found < 0 {
		return fault.New(fault.Unauthenticated, BadSecret, "Invalid client secret provided. Ensure the secret being sent in the request "+
			"is the client secret value, not the client secret ID.")
	}
	if s, now := kept[found], a.now(); now.Before(s.Start) || !now.Before(s.End) {
		return fault.New(fault.Unauthenticated, SecretExpired, "The provided client secret keys are expired or not valid yet.")
	}
	return nil
}

// SelfSigned tells whether an assertion says that the client itself has signed it. An outside issuer is a URL and can
// never be taken for one.
func SelfSigned(token *jose.Token, client name.GUID) bool {
	issuer, err := name.ParseGUID(token.UnverifiedIssuer())
	return err == nil && issuer == client
}

// ClientAssertion checks an assertion that an application has signed with the key of one of its certificates (RFC 7523
// section 3; Microsoft identity platform, "Certificate credentials"). audiences are the names of this very endpoint and of
// its authority. An assertion may be used again until it is over: some clients keep theirs for an hour.
func (a *Authenticator) ClientAssertion(app *view.Application, token *jose.Token, audiences []string) error {
	now := a.now()
	cert, err := certificateOf(app, token, now)
	if err != nil {
		return err
	}
	claims, err := token.Verify(cert.PublicKey, "RS256", "PS256")
	if err != nil {
		return fault.New(fault.Unauthenticated, AssertionSignature, "Client assertion contains an invalid signature.").Because(err)
	}
	for _, said := range []string{claims.Issuer(), claims.Subject()} {
		if id, err := name.ParseGUID(said); err != nil || id != app.Principal.ClientID {
			return fault.New(fault.Unauthenticated, AssertionClient,
				"Client assertion application identifier doesn't match 'client_id' parameter.")
		}
	}
	// One audience and no other: who else is named could present it here (threat F19).
	if aud := claims.Audience(); len(aud) != 1 || !slices.Contains(audiences, aud[0]) {
		return fault.New(fault.Unauthenticated, AssertionAudience, "Client assertion audience claim does not match Realm issuer.")
	}
	if err := verify.CheckTimes(claims, now, assertionLeeway, assertionLife); err != nil {
		return fault.New(fault.Unauthenticated, AssertionTimes, "Client assertion is not within its valid time range.").Because(err)
	}
	return nil
}

// certificateOf finds the certificate that the assertion names by a thumbprint: x5t, x5t#S256, or a kid that is one. All
// that are given must name the same one.
func certificateOf(app *view.Application, token *jose.Token, now time.Time) (*x509.Certificate, error) {
	unknown := fault.New(fault.Unauthenticated, CertificateUnknown,
		"Client assertion contains an invalid signature. [Reason - The key was not found.]")
	sha1Hash, sha256Hash := token.Thumbprints()
	if sha1Hash == nil && sha256Hash == nil {
		sha1Hash, sha256Hash = keyIDHash(token.KeyID())
	}
	if app == nil || sha1Hash == nil && sha256Hash == nil {
		return nil, unknown
	}
	for _, c := range app.Certificates {
		first, second := sha1.Sum(c.DER), sha256.Sum256(c.DER) //nolint:gosec // as above
		if sha1Hash != nil && string(sha1Hash) != string(first[:]) || sha256Hash != nil && string(sha256Hash) != string(second[:]) {
			continue
		}
		if now.Before(c.Start) || !now.Before(c.End) {
			return nil, fault.New(fault.Unauthenticated, CertificateExpired,
				"Client assertion contains an invalid signature. [Reason - The key used is expired.]")
		}
		cert, err := x509.ParseCertificate(c.DER)
		if err != nil { // it was read when it was saved: the store is damaged
			return nil, err
		}
		return cert, nil
	}
	return nil, unknown
}

// keyIDHash reads a kid that is a thumbprint, as some clients write it: base64url or base64, with padding or without.
func keyIDHash(kid string) (sha1Hash, sha256Hash []byte) {
	text := strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(kid, "="))
	hash, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, nil
	}
	switch len(hash) {
	case sha1.Size:
		return hash, nil
	case sha256.Size:
		return nil, hash
	}
	return nil, nil
}
