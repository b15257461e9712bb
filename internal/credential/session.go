package credential

import (
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/glob"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Purpose is what the keyring binds sealed sessions to, so that nothing else that it sealed opens as one.
const Purpose = "aws-session"

// MaxSealed bounds a session token in bytes.
const MaxSealed = 4096

// Session is an AWS session: who it is and what limits it. The rights themselves are not inside: the role's policies are
// read from the View at each use, only the session's own restrictions are frozen.
type Session struct {
	KeyID      string            // access key id, ASIA...
	Secret     secret.Text       //
	Account    name.AccountID    // the account that the session acts in
	RoleID     string            // the role's unique id; empty for users and the account's root
	User       SessionUser       // whose it is, or who made the federated user; zero for roles and the account's root
	Key        string            // the user's access key that it came from, through whatever roles; empty for none
	Name       string            // session name
	Origin     name.GUID         // our own identity whose token was exchanged, the workload that has the role, or the SAML provider; zero for none
	Provider   string            // ARN of the OIDC or SAML provider that vouched; empty for none
	Subject    string            // the subject that the provider named
	SubjectOf  SAMLSubject       // what else a SAML provider said of the subject
	Tags       map[string]string // session tags
	Transitive []string          // keys of tags that a chained session inherits
	Policies   []string          // session policy documents
	Managed    []SessionPolicy   // managed policies that serve as session policies
	SourceID   string            // source identity
	Kind       SessionKind       // how it was made
	Chain      []string          // unique ids of the roles whose sessions led to this one, each once
	Issued     time.Time
	Expires    time.Time
	Rev        int64  // revision of the View that it was issued from
	Inc        string // incarnation of the store that it was issued from
}

// SAMLSubject is what policies may still ask about a subject of SAML when it has a session; zero for others.
type SAMLSubject struct {
	Type      string // saml:sub_type
	Qualifier string // saml:namequalifier
}

// SessionKind says by which operation a session was made.
type SessionKind string

// The kinds.
const (
	Assumed       SessionKind = ""  // AssumeRole and its kin; for the root of an account, the operator's door
	UserKey       SessionKind = "u" // no session: a user's own access key has signed
	FederatedUser SessionKind = "f" // GetFederationToken: Name is the federated user's
	SessionToken  SessionKind = "t" // GetSessionToken: the caller again
)

// SessionPolicy is a managed policy that limits a session. Its document is read from the View at each use; the unique id
// keeps a policy that was made later under the ARN from taking its place.
type SessionPolicy struct {
	ARN name.ARN
	ID  string
}

// SessionUser is an IAM user: the unique id keeps one that was made later under the name from taking its place.
type SessionUser struct {
	ID  string // AIDA...
	ARN name.ARN
}

// WithTransitive gives tags together with those that the session from hands on, which replace others of their keys.
func WithTransitive(from *Session, tags map[string]string) map[string]string {
	handed := make(map[string]string, len(from.Transitive))
	for _, key := range from.Transitive {
		if value, ok := from.Tags[key]; ok {
			handed[key] = value
		}
	}
	return Replace(tags, handed)
}

// Replace gives tags together with others by which they are replaced, in whatever case their keys are written: a tag of one key
// replaces another (IAM User Guide, "Passing session tags").
func Replace(tags, by map[string]string) map[string]string {
	all := maps.Clone(tags)
	if all == nil {
		all = map[string]string{}
	}
	for key := range by {
		maps.DeleteFunc(all, func(k, _ string) bool { return glob.Lower(k) == glob.Lower(key) })
	}
	maps.Copy(all, by)
	return all
}

// Sealer seals with the current key; the keyring.
type Sealer interface {
	Seal(purpose string, aad, plaintext []byte) ([]byte, error)
}

// Opener opens what a Sealer sealed; the keyring.
type Opener interface {
	Unseal(purpose string, aad, sealed []byte) ([]byte, error)
}

// binding is what the seal covers beside its content: a session token works with its own access key only.
func binding(account, keyID string) []byte { return []byte(account + "/" + keyID) }

// Seal writes the session as its token: the account in clear, everything else sealed.
func (s *Session) Seal(by Sealer) (string, error) {
	account := s.Account.String()
	sealed, err := by.Seal(Purpose, binding(account, s.KeyID), s.appendSealed(make([]byte, 0, usualSealed)))
	if err != nil {
		return "", err
	}
	size := len(account) + 1 + base64.RawURLEncoding.EncodedLen(len(sealed))
	if size > MaxSealed {
		return "", fault.New(fault.Invalid, SessionTooLarge, "The session's tags and policies need %d bytes, %d are allowed.",
			size, MaxSealed)
	}
	return inClear(account, sealed, size), nil
}

// inClear writes a token of so many bytes, in pieces: a text made of bytes in one go would be copied as a whole.
func inClear(account string, sealed []byte, size int) string {
	var token strings.Builder
	token.Grow(size)
	token.WriteString(account)
	token.WriteByte('.')
	var piece [240]byte
	for part := range slices.Chunk(sealed, base64.RawURLEncoding.DecodedLen(len(piece))) {
		n := base64.RawURLEncoding.EncodedLen(len(part))
		base64.RawURLEncoding.Encode(piece[:n], part)
		token.Write(piece[:n])
	}
	return token.String()
}

// OpenSession opens a session token that came with the access key keyID. It says nothing about whether the session still
// holds: see Live.
func OpenSession(with Opener, keyID, token string) (*Session, error) {
	id, plain, err := unseal(with, keyID, token)
	if err != nil {
		return nil, err
	}
	return readSession(id, keyID, plain)
}

// Sessions opens session tokens and remembers what it read in them, never that one holds. The seal is opened each time,
// so that a key which was withdrawn opens nothing any more. The zero value with Keys is ready.
type Sessions struct {
	Keys Opener
	read cache[*Session]
}

// Open is OpenSession. Callers share the Session and must not change it.
func (s *Sessions) Open(keyID, token string) (*Session, error) {
	account, plain, err := unseal(s.Keys, keyID, token)
	if err != nil {
		return nil, err
	}
	hash := tokenHash(sha256.Sum256(plain)) // 240 random bits of a secret are in it
	if known, ok := s.read.get(hash); ok && known.KeyID == keyID && known.Account == account {
		return known, nil
	}
	session, err := readSession(account, keyID, plain)
	if err == nil {
		s.read.put(hash, session)
	}
	return session, err
}

// unseal gives what is inside a session token, and the account that it is bound to.
func unseal(with Opener, keyID, token string) (name.AccountID, []byte, error) {
	account, sealed, ok := strings.Cut(token, ".")
	if !ok || len(token) > MaxSealed {
		return name.AccountID{}, nil, notOurs(nil)
	}
	id, err := name.ParseAccountID(account)
	if err != nil {
		return id, nil, notOurs(nil)
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil || strings.ContainsAny(sealed, "\r\n") { // Go skips line breaks even in strict mode
		return id, nil, notOurs(nil)
	}
	plain, err := with.Unseal(Purpose, binding(account, keyID), raw)
	if err != nil {
		return id, nil, notOurs(err)
	}
	return id, plain, nil
}

func notOurs(why error) error {
	refused := fault.New(fault.Unauthenticated, awswire.ReasonTokenMismatch, "The session token does not belong to the access key.")
	if why != nil {
		return refused.Because(why)
	}
	return refused
}

// readSession reads what was sealed.
func readSession(id name.AccountID, keyID string, plain []byte) (*Session, error) {
	in, err := readSealed(plain)
	if err != nil {
		return nil, notOurs(err)
	}
	managed, err := readManaged(in.Managed)
	if err != nil {
		return nil, notOurs(err)
	}
	user, err := readUser(in.User)
	if err != nil {
		return nil, notOurs(err)
	}
	return &Session{
		KeyID: keyID, Secret: secret.Text(in.Secret), Account: id, RoleID: in.RoleID, User: user, Key: in.Key, Name: in.Name, Origin: in.Origin,
		Provider: in.Provider, Subject: in.Subject, SubjectOf: SAMLSubject{in.SubjectType, in.Qualifier},
		Tags: in.Tags, Transitive: in.Transitive, Policies: in.Policies,
		Managed: managed, SourceID: in.SourceID, Kind: in.Kind, Chain: in.Chain, Issued: time.Unix(in.Issued, 0),
		Expires: time.Unix(in.Expires, 0), Rev: in.Rev, Inc: in.Inc,
	}, nil
}

// Live checks that the session still holds: it is not over, comes from this incarnation of the store, and neither the
// role, user or account, nor a role or access key that it came through, nor the identity behind it was deleted or revoked
// since. The role is nil for users, for the account's root and for federated users.
func (s *Session) Live(v *view.View, now time.Time) (*view.Role, error) {
	if !now.Before(s.Expires) {
		return nil, fault.New(fault.Expired, SessionExpired, "The security token included in the request is expired.")
	}
	if err := sameHistory(v, s.Inc, s.Rev); err != nil {
		return nil, err
	}
	gone := func(what string) error {
		return fault.New(fault.Unauthenticated, SessionRevoked, "The session has ended: its %s was deleted or revoked.", what)
	}
	if !s.Origin.IsZero() && !s.originLives(v) {
		return nil, gone("identity")
	}
	for _, id := range s.Chain {
		if r, ok := v.RoleByID(id); !ok || s.Rev < r.RevokedAt {
			return nil, gone("chain of roles")
		}
	}
	account, ok := v.Account(s.Account)
	if !ok {
		return nil, gone("account")
	}
	if s.Key != "" && !s.keyLives(v, now) {
		return nil, gone("access key")
	}
	if s.User.ID != "" {
		if u, ok := v.UserByID(s.User.ID); !ok || u.ARN != s.User.ARN {
			return nil, gone("user")
		}
		return nil, nil //nolint:nilnil // a user has no role
	}
	if s.RoleID == "" {
		if s.Rev < account.RevokedAt {
			return nil, gone("account")
		}
		return nil, nil //nolint:nilnil // the root of an account has no role
	}
	role, ok := v.RoleByID(s.RoleID)
	if !ok || s.Rev < role.RevokedAt {
		return nil, gone("role")
	}
	return role, nil
}

// keyLives tells whether the access key that the session came from still stands, and its user.
func (s *Session) keyLives(v *view.View, now time.Time) bool {
	k, ok := v.AccessKey(s.Key)
	if !ok || k.Inactive || s.Rev < k.RevokedAt || !now.Before(k.Expires) {
		return false
	}
	_, ok = v.UserByID(k.User)
	return ok
}

// originLives tells whether who the session was made for is still there and may still have it: an identity that was not
// revoked since, the SAML provider that vouched, a workload, or the association of a pod's service account. What the last two were
// given by a role ends with the binding.
func (s *Session) originLives(v *view.View) bool {
	if w, ok := v.AWSWorkload(s.Origin); ok {
		return w.Role == s.firstRole() && s.Rev >= w.RevokedAt
	}
	if a, ok := v.PodAssociation(s.Origin); ok {
		_, lives := v.ClusterByID(a.Cluster)
		return lives && a.Role == s.firstRole() && s.Rev >= a.RevokedAt
	}
	if _, ok := v.SAMLProviderByUID(s.Origin); ok {
		return true
	}
	o, ok := v.PrincipalByObject(s.Origin)
	return ok && s.Rev >= o.Principal().RevokedAt
}

// firstRole is the role that the session, or the first of its chain, was made for.
func (s *Session) firstRole() string {
	if len(s.Chain) > 0 {
		return s.Chain[0]
	}
	return s.RoleID
}

// ARN is how the session is named: arn:aws:sts::{account}:assumed-role/{role}/{session}, a federated user, a user, or the
// account's root. role is the session's own, nil for the others.
func (s *Session) ARN(role *view.Role) name.ARN {
	service, resource := "iam", "root"
	switch {
	case role != nil:
		service, resource = "sts", "assumed-role/"+role.Name+"/"+s.Name
	case s.Kind == FederatedUser:
		service, resource = "sts", "federated-user/"+s.Name
	case s.User.ID != "":
		return s.User.ARN
	}
	arn, _ := name.NewARN(service, "", s.Account, resource) // role and session names were checked when they were made
	return arn
}

// UserID is the unique id that policies know as aws:userid.
func (s *Session) UserID() string {
	switch {
	case s.RoleID != "":
		return s.RoleID + ":" + s.Name
	case s.Kind == FederatedUser:
		return s.Account.String() + ":" + s.Name
	case s.User.ID != "":
		return s.User.ID
	}
	return s.Account.String()
}

// sameHistory checks that the credential was issued from this store's history and not from its future.
func sameHistory(v *view.View, inc string, rev int64) error {
	if inst := v.Installation(); inst == nil || inc == "" || inc != inst.Incarnation {
		return fault.New(fault.Unauthenticated, TokenIncarnation,
			"The credential was issued before a restore, or by another installation.")
	}
	if rev > v.Rev() {
		return fault.New(fault.Unavailable, ViewBehind, "This server has not caught up yet; try again.")
	}
	return nil
}
