package access

import (
	"cmp"
	"iter"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/view"
)

// aheadSession names the session of a question: no such session exists.
const aheadSession = "ask-ahead"

// AheadRequest asks what a session of a role would be answered, before there is one.
type AheadRequest struct {
	Role     *view.Role     // nil for a user or the root of Account
	User     *view.User     // nil for a role or the root of Account
	Account  name.AccountID // only read for the root
	Action   string
	Resource string // an ARN, or "*" for an action that is about none
	Now      time.Time
}

// AWSAhead decides as AWS would for a user who signs with its own key, or a session without tags and session policies, that
// comes now over TLS. Conditions on anything else that only a request has, such as aws:SourceIp, do not hold.
func AWSAhead(v *view.View, req AheadRequest) reason.Decision {
	session := &credential.Session{Account: req.Account, Name: aheadSession, Issued: req.Now}
	if req.Role != nil {
		session.RoleID, session.Account = req.Role.UniqueID, req.Role.ARN.Account()
	}
	if req.User != nil {
		session.User = credential.SessionUser{ID: req.User.UniqueID, ARN: req.User.ARN}
		session.Account, session.Kind = req.User.ARN.Account(), credential.UserKey
	}
	facts := Facts(Network{Now: req.Now, Secure: true})
	AddSession(facts, v, session, req.Role)
	bucket, owner := bucketOf(v, req.Resource)
	return AWS(v, AWSRequest{
		Session: session, Role: req.Role, Action: req.Action, Resource: req.Resource, Bucket: bucket, Owner: owner,
		Context: facts,
	})
}

// bucketOf finds the bucket that a resource is or lies in, and else the account that its ARN says.
func bucketOf(v *view.View, resource string) (*view.Bucket, name.AccountID) {
	arn, err := name.ParseARN(resource)
	if err != nil || arn.Service() != "s3" {
		return nil, arn.Account() // the zero ARN has none
	}
	bucketName, _, _ := strings.Cut(arn.Resource(), "/")
	bucket, _ := v.Bucket(bucketName)
	return bucket, arn.Account()
}

// Answer is one principal and its decision.
type Answer struct {
	Principal string // object id or ARN
	Display   string
	Decision  reason.Decision
}

// WhoAzure gives the principals that may do an operation at a scope, at most limit of them, ordered by what people call
// them; more tells that there are others. Whoever is in a group that was granted something is asked about like one that was
// granted it itself. Each was decided by Azure.
func WhoAzure(v *view.View, ask AzureRequest, limit int) (answers []Answer, more bool) {
	tenant, _ := v.TenantOf(ask.Scope)
	everybodys := ask.Scope.Key() == "/" // each tenant has its own
	seen := map[name.GUID]bool{}
	for a := range v.Assignments() {
		if a.Tenant != tenant && !everybodys || !a.Scope.Covers(ask.Scope) {
			continue
		}
		for owner := range standingFor(v, a.Principal, seen) {
			ask.Principal = owner.Principal()
			if d := Azure(v, ask); d.Allowed() {
				answers = append(answers, Answer{Principal: ask.Principal.ObjectID.String(), Display: owner.Display(), Decision: d})
			}
		}
	}
	return cut(answers, limit)
}

// standingFor yields the principals that an assignee stands for: itself, or a group's members, through other groups too.
// Each stands in seen from then on and is not yielded again.
func standingFor(v *view.View, assignee name.GUID, seen map[name.GUID]bool) iter.Seq[view.Owner] {
	return func(yield func(view.Owner) bool) {
		for next := []name.GUID{assignee}; len(next) > 0; {
			id := next[0]
			next = next[1:]
			if seen[id] { // groups may be members of each other in a circle
				continue
			}
			seen[id] = true
			if g, ok := v.DirectoryGroup(id); ok {
				next = append(next, g.Members...)
				continue
			}
			if owner, ok := v.PrincipalByObject(id); ok && !yield(owner) {
				return
			}
		}
	}
}

// blobPlace finds account, container and path in the key of a scope at or below a storage account.
var blobPlace = regexp.MustCompile(`^/subscriptions/[^/]+/resourcegroups/[^/]+/providers/microsoft\.storage/storageaccounts/([^/]+)` +
	`(?:/blobservices/default/containers/([^/]+)(?:/blobs/(.+))?)?$`)

// BlobFacts are the facts that the Blob door would bring to the conditions of a data operation on a scope: whatever the
// scope itself tells of account, container and blob.
func BlobFacts(scope name.Scope) rbac.Attributes {
	m := blobPlace.FindStringSubmatch(scope.Key())
	if m == nil {
		return nil
	}
	have := rbac.Attributes{{Key: rbac.AccountName, Value: m[1]}}
	if m[2] != "" {
		have = append(have, rbac.Attribute{Key: rbac.ContainerName, Value: m[2]})
	}
	if m[3] != "" { // a blob's name counts case: as it was spelled
		have = append(have, rbac.Attribute{Key: rbac.BlobPath, Value: scope.String()[len(scope.String())-len(m[3]):]})
	}
	return have
}

// WhoAWS gives the roots, users and roles of all accounts that may do an action on a resource, at most limit of them; more
// tells that there are others. Each was decided by AWSAhead.
func WhoAWS(v *view.View, ask AheadRequest, limit int) (answers []Answer, more bool) {
	for role := range callers(v) {
		ask.Role, ask.User = role.role, role.user
		ask.Account = role.arn.Account()
		if d := AWSAhead(v, ask); d.Allowed() {
			answers = append(answers, Answer{Principal: role.arn.String(), Display: role.display, Decision: d})
		}
	}
	return cut(answers, limit)
}

// caller is a role, a user, or the root of an account.
type caller struct {
	role    *view.Role
	user    *view.User
	arn     name.ARN
	display string
}

func callers(v *view.View) iter.Seq[caller] {
	return func(yield func(caller) bool) {
		for a := range v.Accounts() {
			root := (&credential.Session{Account: a.ID}).ARN(nil)
			if !yield(caller{arn: root, display: "root of " + a.Name}) {
				return
			}
		}
		for r := range v.Roles(name.AccountID{}) {
			if !yield(caller{role: r, arn: r.ARN, display: r.Name}) {
				return
			}
		}
		for u := range v.Users(name.AccountID{}) {
			if !yield(caller{user: u, arn: u.ARN, display: u.Name}) {
				return
			}
		}
	}
}

func cut(answers []Answer, limit int) ([]Answer, bool) {
	slices.SortFunc(answers, func(a, b Answer) int {
		return cmp.Or(cmp.Compare(a.Display, b.Display), cmp.Compare(a.Principal, b.Principal))
	})
	if len(answers) > limit {
		return answers[:limit], true
	}
	return answers, false
}

// DataOperation tells whether an Azure operation is one on data. Azure's names do not say so; the built-in roles list
// each operation as the one or the other, and the most specific pattern that names it decides.
func DataOperation(v *view.View, action string) bool {
	data, control := -1, -1
	for _, role := range v.BuiltinRoles() {
		for _, p := range role.Definition().Permissions {
			data = max(data, specific(p.DataActions, action, true))
			control = max(control, specific(p.Actions, action, false))
		}
	}
	return data > control
}

// specific is how many letters the most telling pattern has that lists the action; -1 when none does.
func specific(patterns []string, action string, data bool) int {
	best := -1
	for _, pattern := range patterns {
		p := rbac.Permission{Actions: []string{pattern}}
		if data {
			p = rbac.Permission{DataActions: []string{pattern}}
		}
		set, err := rbac.CompilePermissions([]rbac.Permission{p})
		if err == nil && set.Permits(action, data) { // a built-in role always compiles
			best = max(best, len(strings.ReplaceAll(pattern, "*", "")))
		}
	}
	return best
}
