package graph_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/registration"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// More built-in roles that the worlds give.
const (
	blobReader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
	blobWriter = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
)

// wild makes a random world around the caller "climber", and random calls in it.
type wild struct {
	*rand.Rand
	w  *doortest.World
	me name.GUID
	// told are the app roles by the names under which services believed them at the beginning, but for those of applications
	// that are the caller's own: what these mean is its to say.
	told map[string]bool
}

func (r *wild) one(list ...string) string { return list[r.IntN(len(list))] }

func (r *wild) scope() name.Scope {
	account := doortest.ResourceID(doortest.North(), view.TypeStorageAccount, "northdata").String()
	return name.MustScope(r.one("/", account, account+"/blobServices/default/containers/photos"))
}

func (r *wild) grant(to name.GUID, role string, scope name.Scope) {
	r.w.Change(func(e *directory.Edit) error {
		_, _, err := e.PutAssignment(directory.AssignmentSpec{Tenant: doortest.North(), Scope: scope, Role: name.MustGUID(role), Principal: to})
		return err
	})
}

func (r *wild) group(called string, members ...name.GUID) (id name.GUID) {
	r.w.Change(func(e *directory.Edit) (err error) {
		id, _, err = e.PutDirectoryGroup(directory.GroupMembersSpec{Tenant: doortest.North(), Display: called, Nickname: called, Members: members})
		return err
	})
	return id
}

func (r *wild) register(spec directory.ApplicationSpec) *view.Application {
	spec.Tenant = doortest.North()
	var id name.GUID
	r.w.Change(func(e *directory.Edit) (err error) {
		id, _, err = e.PutApplication(spec)
		return err
	})
	a, _ := r.w.View.Application(id)
	return a
}

// world fills the tenant with what could tempt the climber.
func (r *wild) world() {
	var rights []string
	for _, value := range []string{azwire.ApplicationReadWrite, azwire.ApplicationOwned, azwire.AppRoleAssign, azwire.GroupReadWrite} {
		if r.IntN(4) > 0 {
			rights = append(rights, value)
		}
	}
	r.me = actor(r.w, "climber", rights...)
	if r.IntN(2) == 0 {
		r.grant(r.me, r.one(reader, blobReader, blobWriter), name.Root())
	}
	strong, mild := r.register(directory.ApplicationSpec{DisplayName: "strong"}), r.register(directory.ApplicationSpec{DisplayName: "mild"})
	r.grant(strong.Principal.ObjectID, owner, name.Root())
	r.grant(mild.Principal.ObjectID, blobReader, r.scope())
	puppet := r.register(directory.ApplicationSpec{DisplayName: "puppet"})
	v1, _ := doortest.Issuers(doortest.North())
	issuer, err := name.ParseIssuerURL(v1)
	if err != nil {
		panic(err)
	}
	r.w.Change(func(e *directory.Edit) error {
		_, err := e.PutFederated(directory.Holder{Application: puppet.ObjectID}, view.FederatedCredential{
			Name: "workload", Issuer: issuer, Subject: r.me.String(), Audiences: []string{azwire.ExchangeAudience},
		})
		return err
	})
	sales := r.register(directory.ApplicationSpec{DisplayName: "sales", IDURIs: []string{"api://sales"}, Roles: []view.AppRole{{Value: "Read"}, {Value: "Admin"}}})
	r.register(directory.ApplicationSpec{DisplayName: "mine", IDURIs: []string{"api://mine"}, Roles: []view.AppRole{{Value: "Mine"}}, Owner: r.me})
	lord := r.register(directory.ApplicationSpec{DisplayName: "lord"})
	r.register(directory.ApplicationSpec{DisplayName: "owned", IDURIs: []string{"api://owned"}, Roles: []view.AppRole{{Value: "Boss"}}, Owner: lord.Principal.ObjectID})
	r.register(directory.ApplicationSpec{DisplayName: "bare", Bare: true})
	for _, held := range []registration.Grant{{Role: sales.Roles[0].ID, Principal: r.me}, {Role: sales.Roles[1].ID, Principal: mild.Principal.ObjectID}} {
		if r.IntN(2) == 0 {
			r.w.Change(func(e *directory.Edit) error {
				_, err := e.ChangeHolders(sales.ObjectID, registration.Hold(held))
				return err
			})
		}
	}
	r.groups()
	r.told = map[string]bool{}
	for a := range r.w.View.Applications() {
		if !slices.Contains(a.Owners, r.me) {
			for _, role := range a.Roles {
				r.told[role.Value+" at "+a.IDURIs[0]] = true
			}
		}
	}
}

// groups are some that have roles, and some that a deny assignment names.
func (r *wild) groups() {
	strongs, milds := r.group("strongs"), r.group("milds")
	r.grant(strongs, owner, name.Root())
	r.grant(milds, r.one(reader, blobReader), r.scope())
	r.group("outer", milds)
	blocked, spared := r.group("blocked", r.me), r.group("spared")
	deny := view.DenyAssignment{
		Tenant: doortest.North(), Name: "fence", Scope: r.scope(), Permissions: []view.RolePermission{{Actions: []string{"*"}, DataActions: []string{"*"}}},
	}
	switch r.IntN(4) {
	case 0:
		return
	case 1:
		deny.Principals = []name.GUID{r.me}
	case 2:
		deny.Principals, deny.Exclude = []name.GUID{blocked}, []name.GUID{spared}
	case 3:
		deny.Principals, deny.Exclude = []name.GUID{blocked, r.me}, []name.GUID{spared}
	}
	r.w.Change(func(e *directory.Edit) error { _, _, err := e.PutDeny(deny); return err })
}

// signsInAs lists who the caller can be: itself, and each application that has a proof which is not from the beginning, or
// that trusts the tokens of one of these.
func (r *wild) signsInAs(v *view.View) []*view.Principal {
	me, ok := v.PrincipalByObject(r.me)
	if !ok {
		return nil
	}
	list := []*view.Principal{me.Principal()}
	for before := 0; before < len(list); {
		before = len(list)
		for a := range v.Applications() {
			proved := len(a.Secrets) > 0 || slices.ContainsFunc(a.Federated, func(f view.FederatedCredential) bool {
				return slices.ContainsFunc(list, func(p *view.Principal) bool { return p.ObjectID.String() == f.Subject })
			})
			if proved && a.HasService() && !a.Disabled && !slices.Contains(list, &a.Principal) {
				list = append(list, &a.Principal)
			}
		}
	}
	return list
}

// ids lists the object ids of whom the caller can be.
func (r *wild) ids(v *view.View) (list []string) {
	for _, p := range r.signsInAs(v) {
		list = append(list, p.ObjectID.String())
	}
	return list
}

// rights lists what the caller may do as anybody whom it can be: with data and resources, by app roles, and as an owner.
func (r *wild) rights(v *view.View) (list []string) {
	account := doortest.ResourceID(doortest.North(), view.TypeStorageAccount, "northdata").String()
	for _, p := range r.signsInAs(v) {
		for _, action := range []string{"/read", "/write", "/blobServices/containers/blobs/read", "/blobServices/containers/blobs/write"} {
			for _, at := range []string{account, account + "/blobServices/default/containers/photos", account + "/blobServices/default/containers/photos10"} {
				d := access.Azure(v, access.AzureRequest{
					Principal: p, Action: "Microsoft.Storage/storageAccounts" + action, Data: strings.Contains(action, "blobs/"), Scope: name.MustScope(at), Now: r.w.Now(),
				})
				if d.Allowed() {
					list = append(list, action+" at "+at)
				}
			}
		}
		for a := range v.Applications() {
			if slices.Contains(a.Owners, p.ObjectID) && a.DisplayName == "owned" {
				list = append(list, "own "+a.DisplayName)
			}
			for _, uri := range a.IDURIs { // an owner says who holds the roles that services believe under the name
				if slices.Contains(a.Owners, p.ObjectID) && (uri == "api://sales" || uri == "api://owned") {
					list = append(list, "answer for "+uri)
				}
			}
			for _, role := range a.Roles {
				for _, uri := range a.IDURIs {
					if right := role.Value + " at " + uri; r.told[right] && slices.Contains(role.Members, p.ObjectID) {
						list = append(list, right)
					}
				}
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// call is a random call on objects that are there.
func (r *wild) call(v *view.View) (method, path, body string) {
	var apps []*view.Application
	people, groups := []string{}, []string{nobodys} // one that is not there
	for a := range v.Applications() {
		if a.Principal.Tenant == doortest.North() && (len(a.Roles) > 0 || !a.House) && !strings.HasPrefix(a.DisplayName, "http") {
			apps = append(apps, a)
		}
	}
	for g := range v.DirectoryGroups() {
		groups = append(groups, g.ObjectID.String())
	}
	for p := range v.Principals() {
		if p.Principal().Tenant == doortest.North() {
			people = append(people, p.Principal().ObjectID.String())
		}
	}
	a := apps[r.IntN(len(apps))]
	application, service, me := "/applications/"+a.ObjectID.String(), "/servicePrincipals/"+a.Principal.ObjectID.String(), r.me.String()
	who, v1 := r.one(me, r.one(r.ids(v)...), r.one(people...)), func() string { v1, _ := doortest.Issuers(doortest.North()); return v1 }()
	ref := func(id string) string { return `{"@odata.id":"https://x/directoryObjects/` + id + `"}` }
	roles := func(value string) string {
		id := name.NewGUID().String()
		if len(a.Roles) > 0 && r.IntN(2) == 0 {
			id = a.Roles[r.IntN(len(a.Roles))].ID.String()
		}
		return `"appRoles":[{"id":"` + id + `","value":"` + value + `","displayName":"x","description":"x","isEnabled":true,"allowedMemberTypes":["Application"]}]`
	}
	uris := `"identifierUris":[` + r.one("", `"api://sales"`, `"api://owned"`, `"api://new"`) + `]`
	grant := func() string {
		role := name.NewGUID()
		if len(a.Roles) > 0 {
			role = a.Roles[r.IntN(len(a.Roles))].ID
		}
		return `{"principalId":"` + who + `","resourceId":"` + a.Principal.ObjectID.String() + `","appRoleId":"` + role.String() + `"}`
	}
	switch r.IntN(18) {
	case 0:
		return "POST", "/applications", `{"displayName":"new",` + uris + `,` + roles(r.one("Read", "Admin", "Boss")) + `}`
	case 1:
		return "PATCH", application, `{` + uris + `}`
	case 2:
		return "PATCH", application, `{` + roles(r.one("Read", "Admin", "Boss")) + `}`
	case 3:
		return "DELETE", application, ""
	case 4, 5:
		return "POST", application + "/addPassword", `{}`
	case 6:
		return "POST", application + "/federatedIdentityCredentials", `{"name":"mine","issuer":"` + v1 + `","subject":"` + who + `","audiences":["` + azwire.ExchangeAudience + `"]}`
	case 7:
		return "PATCH", application + "/federatedIdentityCredentials/" + r.one("workload", "mine"), `{"subject":"` + who + `"}`
	case 8:
		return "POST", "/servicePrincipals", `{"appId":"` + a.Principal.ClientID.String() + `"}`
	case 9:
		return "DELETE", service, ""
	case 10:
		return "PATCH", service, `{"accountEnabled":` + r.one("true", "false") + `}`
	case 11:
		return "POST", "/servicePrincipals/" + who + "/appRoleAssignments", grant()
	case 12:
		return "POST", service + "/appRoleAssignedTo", grant()
	case 13, 14, 15:
		return "POST", "/groups/" + r.one(groups...) + "/members/$ref", ref(r.one(who, r.one(r.ids(v)...), r.one(groups...)))
	case 16:
		return "DELETE", "/groups/" + r.one(groups...) + "/members/" + who + "/$ref", ""
	}
	return "DELETE", "/groups/" + r.one(groups...), ""
}

// from puts a token of somebody whom the caller can be in the place of its own.
func (r *wild) from(req doortest.Request, p *view.Principal) doortest.Request {
	claims := r.w.ClaimsOf(strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer "))
	claims["oid"], claims["sub"], claims["appid"] = p.ObjectID.String(), p.ObjectID.String(), p.ClientID.String()
	delete(claims, "xms_mirid")
	claims[credential.ClaimRev] = r.w.View.Rev() // newer than any revocation
	req.Header.Set("Authorization", "Bearer "+r.w.Sign(claims))
	return req
}

// TestP07NoSequenceOfCallsWidensOnesRights: whatever a caller that does not own the tenant calls at Graph, in whatever order,
// as itself or as an application that it can sign in as, it can do no more than at the beginning.
func TestP07NoSequenceOfCallsWidensOnesRights(t *testing.T) {
	changed, widening, others := 0, 0, 0
	for seed := range uint64(80) {
		w, h := serve(t)
		r := &wild{Rand: rand.New(rand.NewPCG(seed, 7)), w: w}
		r.world()
		before := r.rights(w.Current())
		var done []string
		for range 80 {
			method, path, body := r.call(w.Current())
			req := as(w, "climber", method, path, body)
			if mine := r.signsInAs(w.Current()); r.IntN(3) == 0 && len(mine) > 1 {
				req = r.from(req, mine[1+r.IntN(len(mine)-1)])
				others++
			}
			rec := w.Do(h, req)
			w.View = w.Current()
			if rec.Code == http.StatusInternalServerError || rec.Code == http.StatusUnauthorized {
				t.Fatalf("seed %d: %s %s %s: %s", seed, method, path, body, rec.Body)
			}
			if d := w.Ledger.Last().Decision; rec.Code == http.StatusForbidden && d != nil && !strings.HasPrefix(d.Hint, "one of these app roles") {
				widening++
			}
			if rec.Code >= http.StatusBadRequest {
				continue
			}
			changed++
			done = append(done, fmt.Sprintf("%s %s %s", method, path, body))
			for _, right := range r.rights(w.Current()) {
				if !slices.Contains(before, right) {
					t.Fatalf("seed %d: the caller now may %s, after\n%s", seed, right, strings.Join(done, "\n"))
				}
			}
		}
	}
	if changed < 500 || widening < 300 || others < 200 {
		t.Errorf("%d calls changed something, %d were refused as widening and %d were another's: the worlds are too dull", changed, widening, others)
	}
	t.Logf("%d calls changed something, %d were refused as widening, %d were another's", changed, widening, others)
}
