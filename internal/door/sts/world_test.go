package sts_test

import (
	"cmp"
	"flag"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/sts"
	"github.com/lanyard-id/lanyard/internal/keyring/ringtest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

var update = flag.Bool("update", false, "write the answers into the transcripts")

// ring is the one keyring of these tests: making keys takes time.
var ring ringtest.Shared

// serve makes a world and the door in it.
func serve(t *testing.T) (*doortest.World, http.Handler) {
	t.Helper()
	w := doortest.New(t, ring.Ring(t, memory.New(), doortest.Start))
	w.Write(chain()...)
	withCorp(t, w)
	sts := sts.Door{Authn: w.Authn, Verifier: w.Verifier, Mint: w.Mint, Keys: w.Keys, Trail: w.Ledger, Now: w.Now}
	door, err := query.Listener{View: w.Current, Services: []query.Service{sts.Service()}}.Mount(w.Config())
	if err != nil {
		t.Fatal(err)
	}
	return w, door
}

// The unique ids of the roles that chains begin with.
const (
	firstID = "AROAFIRST0000000"
	poorID  = "AROAPOOR00000000"
)

// chain are roles that assume each other: "first" may assume whatever lets it, "poor" has no policy at all.
func chain() []view.Record {
	const may = `{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"],"Resource":"*"}`
	const read = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*"}`
	trust := func(principal, condition string, actions ...string) string {
		return `{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":["` + strings.Join(actions, `","`) + `"]` + condition + `}`
	}
	const assume, tag, source = "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"
	main := doortest.Main().String()
	document := func(statements ...string) string {
		return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
	}
	v1, _ := doortest.Issuers(doortest.North())
	web := func(condition string, actions ...string) string {
		return `{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::` + main + `:oidc-provider/` + strings.TrimPrefix(v1, "https://") + `"},"Action":["` +
			strings.Join(append(actions, "sts:AssumeRoleWithWebIdentity"), `","`) + `"]` + condition + `}`
	}
	var all []view.Record
	for i, r := range []struct {
		account    name.AccountID
		called, id string
		trust      []string
		allow      string
		tags       view.Tags
	}{
		{doortest.Main(), "first", firstID, []string{trust(firstID, "", assume)}, may, nil},
		{doortest.Main(), "poor", poorID, []string{trust(main, "", assume)}, "", nil},
		{doortest.Main(), "named", "", []string{trust(firstID, "", assume), trust(poorID, "", assume)}, read, view.Tags{"team": "blue"}},
		{doortest.Main(), "delegated", "", []string{trust(main, "", assume)}, read, nil},
		{
			doortest.Main(), "tagged", "AROATAGGED000000",
			[]string{trust(firstID, "", assume, tag, source), trust("AROATAGGED000000", "", assume, tag, source)},
			may,
			view.Tags{"team": "blue", "own": "1"},
		},
		{doortest.Main(), "external", "", []string{trust(main, `,"Condition":{"StringEquals":{"sts:ExternalId":"secret-1"}}`, assume)}, read, nil},
		{doortest.Main(), "red", "", []string{trust(main, `,"Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"}}`, assume, tag)}, read, nil},
		{doortest.Main(), "asks-red", "", []string{trust(main, `,"Condition":{"StringEquals":{"aws:RequestTag/team":"red"},"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}`, assume, tag)}, read, nil},
		{doortest.Main(), "web", "", []string{web("", tag, source)}, read, view.Tags{"team": "blue"}},
		{doortest.Main(), "web-red", "", []string{web(`,"Condition":{"StringEquals":{"aws:RequestTag/team":"red"}}`, tag)}, read, nil},
		{doortest.Main(), "web-listed", "", []string{web(`,"Condition":{"Bool":{"sts:RoleAuthorizedByIdp":"true"}}`)}, read, nil},
		{doortest.Other(), "abroad", "", []string{trust(main, "", assume, tag)}, read, nil},
		{doortest.Other(), "shut", "", []string{trust(doortest.Other().String(), "", assume)}, read, nil},
	} {
		arn, err := name.NewARN("iam", "", r.account, "role/"+r.called)
		if err != nil {
			panic(err) // the cast is wrong
		}
		role := &view.Role{
			ARN: arn, UniqueID: cmp.Or(r.id, fmt.Sprintf("AROACHAIN%07d", i)), Path: "/", Name: r.called, MaxSession: 43200,
			Trust: document(r.trust...), Tags: r.tags,
		}
		if r.allow != "" {
			role.Inline = map[string]string{"rights": document(r.allow)}
		}
		all = append(all, role)
	}
	arn, err := name.NewARN("iam", "", doortest.Main(), "policy/lists")
	if err != nil {
		panic(err) // the cast is wrong
	}
	return append(all, &view.Policy{
		ARN: arn, UniqueID: "ANPALISTS0000000", Path: "/", Name: "lists",
		Document: document(`{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}`),
	})
}

func TestTranscripts(t *testing.T) { doortest.Transcripts(t, *update, serve) }
