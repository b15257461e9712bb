package aws

import (
	"cmp"
	"iter"
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view/stored"
)

// User is an IAM user: a name that somebody holds access keys of. It has what its own policies and those of its groups say.
type User struct {
	ARN      name.ARN          `json:"arn"`
	UniqueID string            `json:"uniqueId"` // AIDA...: never used again
	Path     string            `json:"path"`
	Name     string            `json:"name"`
	Inline   map[string]string `json:"inline,omitempty"`  // policy name to document
	Managed  []name.ARN        `json:"managed,omitempty"` // attached managed policies
	Boundary name.ARN          `json:"boundary,omitzero"` // permissions boundary
	Groups   []string          `json:"groups,omitempty"`  // unique ids: a group that is made again under a name has no members
	Tags     Tags              `json:"tags,omitempty"`
	Created  time.Time         `json:"created"`
	Rev      int64             `json:"-"`

	compiled *compiledInline
}

// Group is a set of policies that users have together. Its members are written down with the users. It is nobody: no policy
// names one as a principal.
type Group struct {
	ARN      name.ARN          `json:"arn"`
	UniqueID string            `json:"uniqueId"` // AGPA...
	Path     string            `json:"path"`
	Name     string            `json:"name"`
	Inline   map[string]string `json:"inline,omitempty"`
	Managed  []name.ARN        `json:"managed,omitempty"`
	Created  time.Time         `json:"created"`
	Rev      int64             `json:"-"`

	compiled *compiledInline
}

// AccessKey is what a user signs with. The secret is kept sealed, because a signature can only be checked by who has the
// secret itself; it is shown once and by no reading of the key.
type AccessKey struct {
	ID        string         `json:"id"` // AKIA...
	Account   name.AccountID `json:"account"`
	User      string         `json:"user"` // unique id, AIDA...
	Sealed    []byte         `json:"sealed"`
	Inactive  bool           `json:"inactive,omitempty"`
	RevokedAt int64          `json:"revokedAt,omitempty"` // sessions made with the key at an older revision are dead
	Created   time.Time      `json:"created"`
	Expires   time.Time      `json:"expires"` // it signs nothing from then on
	Rev       int64          `json:"-"`
}

// DefaultKeyDays is how many days a new access key lives where the account says nothing. AWS's keys have no end.
const DefaultKeyDays = 90

// KeyLife is how long a new access key of a user of the account lives.
func (a *Account) KeyLife() time.Duration {
	return time.Duration(cmp.Or(a.KeyDays, DefaultKeyDays)) * 24 * time.Hour
}

const (
	kindUser      = "user"
	kindUserGroup = "usergroup"
	kindAccessKey = "accesskey"
)

// StoreKey implements Record.
func (u *User) StoreKey() string { return stored.Key(kindUser, u.ARN.String()) }

// StoreKey implements Record.
func (g *Group) StoreKey() string { return stored.Key(kindUserGroup, g.ARN.String()) }

// StoreKey implements Record. The keys of one user lie together.
func (k *AccessKey) StoreKey() string { return stored.Key(kindAccessKey, k.place()) }

func (k *AccessKey) place() string { return k.User + "/" + k.ID }

// User finds a user by its exact ARN.
func (v *View) User(arn name.ARN) (*User, bool) { return v.users.Get(arn.String()) }

// UserNamed finds a user by account and name; names are unique ignoring case.
func (v *View) UserNamed(account name.AccountID, n string) (*User, bool) {
	return v.userNames.Get(entityKey(account, n))
}

// UserByID finds a user by its unique id (AIDA...): the same user, not one that took its name later.
func (v *View) UserByID(id string) (*User, bool) { return v.userIDs.Get(id) }

// Users yields in order the users of an account; the zero account means all.
func (v *View) Users(account name.AccountID) iter.Seq[*User] {
	return awsRecords[*User](v, kindUser, account)
}

// UserGroup finds a group of users by its exact ARN.
func (v *View) UserGroup(arn name.ARN) (*Group, bool) { return v.groups.Get(arn.String()) }

// UserGroupNamed finds a group of users by account and name; names are unique ignoring case.
func (v *View) UserGroupNamed(account name.AccountID, n string) (*Group, bool) {
	return v.groupNames.Get(entityKey(account, n))
}

// UserGroupByID finds a group of users by its unique id (AGPA...).
func (v *View) UserGroupByID(id string) (*Group, bool) { return v.groupIDs.Get(id) }

// UserGroups yields in order the groups of users of an account; the zero account means all.
func (v *View) UserGroups(account name.AccountID) iter.Seq[*Group] {
	return awsRecords[*Group](v, kindUserGroup, account)
}

// AccessKey finds a user's access key by its id (AKIA...).
func (v *View) AccessKey(id string) (*AccessKey, bool) { return v.keyIDs.Get(id) }

// AccessKeys yields in order the access keys of a user.
func (v *View) AccessKeys(user string) iter.Seq[*AccessKey] {
	return func(yield func(*AccessKey) bool) {
		for _, r := range v.ordered.Prefixed(stored.Key(kindAccessKey, user+"/"), "") {
			if k, ok := r.(*AccessKey); ok && !yield(k) {
				return
			}
		}
	}
}
