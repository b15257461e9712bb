package access_test

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// office is a tenant with Microsoft Graph, somebody who has only the directory's rights, an application and a group.
type office struct {
	*tenancy
	graph, app *view.Application
	group      *view.DirectoryGroup
	me         *view.Principal
}

func newOffice(rights ...string) *office {
	w := &office{tenancy: newTenancy()}
	us := w.sides[0]
	w.me = us.principal
	w.graph = &view.Application{
		ObjectID: name.NewGUID(), DisplayName: "Microsoft Graph", IDURIs: []string{azwire.GraphAudience}, TokenVersion: 1, Algorithm: "RS256", House: true,
		Principal: view.Principal{ObjectID: name.NewGUID(), ClientID: name.MustGUID(azwire.GraphID), Tenant: us.tenant},
	}
	for _, r := range azwire.GraphRoles() {
		w.graph.Roles = append(w.graph.Roles, view.AppRole{ID: name.MustGUID(r.ID), Value: r.Value})
	}
	for _, value := range rights {
		w.hold(w.me, value)
	}
	w.app = &view.Application{
		ObjectID: name.NewGUID(), DisplayName: "app", TokenVersion: 1, Algorithm: "RS256",
		Principal: view.Principal{ObjectID: name.NewGUID(), ClientID: name.NewGUID(), Tenant: us.tenant},
		Roles:     []view.AppRole{{ID: name.NewGUID(), Value: "Read"}},
	}
	w.group = &view.DirectoryGroup{ObjectID: name.NewGUID(), Tenant: us.tenant, Display: "group"}
	w.records = append(w.records, &view.Installation{
		StoreID: name.NewGUID(), Incarnation: "i", Tenant: us.tenant, Subscription: us.sub, URLs: map[string]string{"entra": "https://127.0.0.1:8443"},
	}, w.graph, w.app, w.group)
	return w
}

// hold lets a principal hold an app role of Microsoft Graph.
func (w *office) hold(p *view.Principal, value string) {
	for i := range w.graph.Roles {
		if w.graph.Roles[i].Value == value {
			w.graph.Roles[i].Members = append(w.graph.Roles[i].Members, p.ObjectID)
		}
	}
}

// TestP07WhatIsGained lists what an application, a group or an app role brings that the caller has not: each is refused with
// its reason, and allowed where nothing is gained.
func TestP07WhatIsGained(t *testing.T) {
	all := []string{azwire.ApplicationReadWrite, azwire.AppRoleAssign, azwire.GroupReadWrite}
	deny := func(w *office, principals, exclude []name.GUID) {
		w.records = append(w.records, &view.DenyAssignment{
			ID: name.NewGUID(), Tenant: w.sides[0].tenant, Scope: name.Root(), Name: "fence", Principals: principals, Exclude: exclude,
			Permissions: []view.RolePermission{{Actions: []string{"*"}}},
		})
	}
	for what, tc := range map[string]struct {
		action access.DirectoryAction
		make   func(*office)
		gives  bool
		hint   string // empty: allowed
	}{
		"nothing": {action: access.ProveApplications},
		"a role":  {access.ProveApplications, func(w *office) { w.grant(w.sides[0].tenant, &w.app.Principal, dataReader, w.sides[0].container) }, false, "the role"},
		"a role that the caller has": {access.ProveApplications, func(w *office) {
			w.grant(w.sides[0].tenant, &w.app.Principal, dataReader, w.sides[0].container)
			w.grant(w.sides[0].tenant, w.me, dataReader, name.Root())
		}, false, ""},
		"a role through a group": {access.ProveApplications, func(w *office) {
			w.group.Members = []name.GUID{w.app.Principal.ObjectID}
			w.grant(w.sides[0].tenant, &view.Principal{ObjectID: w.group.ObjectID}, dataReader, w.sides[0].container)
		}, false, "the role"},
		"an app role":  {access.ProveApplications, func(w *office) { w.hold(&w.app.Principal, azwire.DirectoryRead) }, false, "the app role"},
		"an exemption": {access.ProveApplications, func(w *office) { deny(w, []name.GUID{w.me.ObjectID}, nil) }, false, "does not block it"},
		"a trust in its object id": {access.ProveApplications, func(w *office) {
			other := &view.Application{
				ObjectID: name.NewGUID(), DisplayName: "other", TokenVersion: 1, Algorithm: "RS256",
				Principal: view.Principal{ObjectID: name.NewGUID(), ClientID: name.NewGUID(), Tenant: w.sides[0].tenant},
				Federated: []view.FederatedCredential{{
					Name: "trust", Subject: w.app.Principal.ObjectID.String(), Audiences: []string{azwire.ExchangeAudience},
					Issuer: must(name.ParseIssuerURL("https://127.0.0.1:8443/" + w.sides[0].tenant.String() + "/v2.0")),
				}},
			}
			w.records = append(w.records, other)
		}, false, "trusts its tokens"},
		"a trust of an IAM role in its client id, spelled otherwise": {access.ProveApplications, func(w *office) {
			issuer := must(name.ParseIssuerURL("https://127.0.0.1:8443/" + w.sides[0].tenant.String() + "/"))
			provider := must(name.ParseARN("arn:aws:iam::000000000001:oidc-provider/" + issuer.WithoutScheme()))
			w.records = append(w.records, &view.OIDCProvider{ARN: provider, URL: issuer, ClientIDs: []string{"api://x"}, AudienceClaim: "aud"}, &view.Role{
				ARN: must(name.ParseARN("arn:aws:iam::000000000001:role/r")), UniqueID: "AROA1", Path: "/", Name: "r", MaxSession: 3600,
				Trust: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"` + provider.String() + `"},
					"Condition":{"StringEqualsIgnoreCase":{"` + issuer.WithoutScheme() + `:appid":"` + strings.ToUpper(w.app.Principal.ClientID.String()) + `"},
					"StringEquals":{"` + issuer.WithoutScheme() + `:ver":"1.0"}}}}`,
			})
		}, false, "trusts its tokens"},
		"an application that it owns": {access.ProveApplications, func(w *office) {
			w.records = append(w.records, &view.Application{
				ObjectID: name.NewGUID(), DisplayName: "owned", TokenVersion: 1, Algorithm: "RS256", Owners: []name.GUID{w.app.Principal.ObjectID},
				Principal: view.Principal{ObjectID: name.NewGUID(), ClientID: name.NewGUID(), Tenant: w.sides[0].tenant},
			})
		}, false, `owns the application "owned"`},
		"a name that nothing is believed under": {action: access.NameApplications},
		"a name with a role":                    {access.NameApplications, func(w *office) { w.app.IDURIs = []string{"api://app"} }, false, "the app role Read"},
		"a name with a role that the caller has": {access.NameApplications, func(w *office) {
			w.app.IDURIs, w.app.Roles[0].Members = []string{"api://app"}, []name.GUID{w.me.ObjectID}
		}, false, ""},
		"a name of its own": {access.NameApplications, func(w *office) {
			w.app.IDURIs, w.app.Owners = []string{"api://app"}, []name.GUID{w.me.ObjectID}
		}, false, ""},
		"out of a group that blocks others, as the tenant's owner": {access.WriteGroups, func(w *office) {
			w.grant(w.sides[0].tenant, w.me, ownerRole, name.Root())
			deny(w, []name.GUID{w.group.ObjectID}, nil)
		}, false, ""},
		"out of a group that blocks the tenant's owner": {access.WriteGroups, func(w *office) {
			w.grant(w.sides[0].tenant, w.me, ownerRole, name.Root())
			w.group.Members = []name.GUID{w.me.ObjectID}
			deny(w, []name.GUID{w.group.ObjectID}, nil)
		}, false, "names the group"},
		"a group without a role": {action: access.FillGroups},
		"a group with a role": {access.FillGroups, func(w *office) {
			w.grant(w.sides[0].tenant, &view.Principal{ObjectID: w.group.ObjectID}, dataReader, w.sides[0].container)
		}, false, "the role"},
		"a group with a role that the caller has": {access.FillGroups, func(w *office) {
			w.grant(w.sides[0].tenant, &view.Principal{ObjectID: w.group.ObjectID}, dataReader, w.sides[0].container)
			w.grant(w.sides[0].tenant, w.me, dataReader, name.Root())
		}, false, ""},
		"a group with a role that the caller has and is blocked from": {access.FillGroups, func(w *office) {
			w.grant(w.sides[0].tenant, &view.Principal{ObjectID: w.group.ObjectID}, dataReader, w.sides[0].container)
			w.grant(w.sides[0].tenant, w.me, dataReader, name.Root())
			deny(w, []name.GUID{w.me.ObjectID}, nil)
		}, false, "blocks the principal"},
		"a group with a role, and others are blocked": {access.FillGroups, func(w *office) {
			w.grant(w.sides[0].tenant, &view.Principal{ObjectID: w.group.ObjectID}, dataReader, w.sides[0].container)
			w.grant(w.sides[0].tenant, w.me, dataReader, name.Root())
			deny(w, []name.GUID{w.app.Principal.ObjectID}, nil)
		}, false, ""},
		"a group that is spared": {access.FillGroups, func(w *office) { deny(w, []name.GUID{w.app.Principal.ObjectID}, []name.GUID{w.group.ObjectID}) }, false, "names the group"},
		"out of a blocked group": {access.WriteGroups, func(w *office) { deny(w, []name.GUID{w.group.ObjectID}, nil) }, false, "names the group"},
		"out of any other group": {action: access.WriteGroups},
		"an app role of others":  {access.AssignAppRoles, nil, true, "gives nobody more than it has"},
		"an app role of its own": {access.AssignAppRoles, func(w *office) { w.app.Owners = []name.GUID{w.me.ObjectID} }, true, ""},
		"an app role that it holds": {access.AssignAppRoles, func(w *office) {
			w.app.Roles[0].Members = []name.GUID{w.me.ObjectID}
		}, true, ""},
		"any, as the tenant's owner": {access.AssignAppRoles, func(w *office) { w.grant(w.sides[0].tenant, w.me, ownerRole, name.Root()) }, true, ""},
		"an app role taken back":     {action: access.AssignAppRoles},
	} {
		t.Run(what, func(t *testing.T) {
			w := newOffice(all...)
			if tc.make != nil {
				tc.make(w)
			}
			ask := access.DirectoryRequest{Principal: w.me, Action: tc.action, Target: "it"}
			if tc.action == access.FillGroups || tc.action == access.WriteGroups {
				ask.Group = w.group
			} else {
				ask.Application = w.app
			}
			if tc.gives {
				ask.Gives = w.app.Roles[0].ID
			}
			d := access.Directory(w.view(t), ask)
			if d.Allowed() != (tc.hint == "") || !strings.Contains(d.Hint, tc.hint) {
				t.Errorf("%+v", d)
			}
		})
	}
}

// TestF11DirectoryWall: nobody changes what belongs to another tenant, whatever it holds in its own.
func TestF11DirectoryWall(t *testing.T) {
	w := newOffice(azwire.ApplicationReadWrite, azwire.GroupReadWrite)
	theirs := *w.app
	theirs.Principal.Tenant = w.sides[1].tenant
	if d := access.Directory(w.view(t), access.DirectoryRequest{Principal: w.me, Action: access.WriteApplications, Application: &theirs}); d.Allowed() {
		t.Errorf("%+v", d)
	}
}
