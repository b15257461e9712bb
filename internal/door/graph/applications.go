package graph

import (
	"crypto/sha1" //nolint:gosec // Graph names certificates by it; it proves nothing
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/registration"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// application is an app registration as Graph shows it.
type application struct {
	Context      string       `json:"@odata.context,omitempty"`
	Type         string       `json:"@odata.type,omitempty"`
	ID           string       `json:"id"`
	AppID        string       `json:"appId"`
	Display      string       `json:"displayName"`
	Created      time.Time    `json:"createdDateTime"`
	Audience     string       `json:"signInAudience"`
	URIs         []string     `json:"identifierUris"`
	API          api          `json:"api"`
	Roles        []appRole    `json:"appRoles"`
	Certificates []keyProof   `json:"keyCredentials"`
	Secrets      []textProof  `json:"passwordCredentials"`
	Tags         []string     `json:"tags"`
	Web          redirections `json:"web"`
}

type api struct {
	Version *int `json:"requestedAccessTokenVersion"` // null is 1
}

type redirections struct {
	URIs []string `json:"redirectUris"`
}

type appRole struct {
	ID      string   `json:"id"`
	Value   string   `json:"value"`
	Display string   `json:"displayName"`
	Detail  string   `json:"description"`
	Enabled bool     `json:"isEnabled"`
	Members []string `json:"allowedMemberTypes"`
	Origin  string   `json:"origin"`
}

// textProof is a secret as it is shown: never the secret, but for SecretText once.
type textProof struct {
	Context    string    `json:"@odata.context,omitempty"`
	KeyID      string    `json:"keyId"`
	Display    string    `json:"displayName"`
	Hint       string    `json:"hint"`
	SecretText *string   `json:"secretText"`
	Start      time.Time `json:"startDateTime"`
	End        time.Time `json:"endDateTime"`
}

type keyProof struct {
	KeyID      string    `json:"keyId"`
	Display    string    `json:"displayName"`
	Type       string    `json:"type"`
	Usage      string    `json:"usage"`
	Key        *string   `json:"key"` // null: Graph shows it when it is asked for by itself only
	Identifier string    `json:"customKeyIdentifier"`
	Start      time.Time `json:"startDateTime"`
	End        time.Time `json:"endDateTime"`
}

func showApplication(a *view.Application) application {
	out := application{
		ID: a.ObjectID.String(), AppID: a.Principal.ClientID.String(), Display: a.DisplayName, Created: a.Created, Audience: "AzureADMyOrg",
		URIs: append([]string{}, a.IDURIs...), Roles: showRoles(a), Certificates: showCertificates(a), Secrets: []textProof{}, Tags: []string{},
		Web: redirections{[]string{}},
	}
	if two := 2; a.TokenVersion == two {
		out.API.Version = &two
	}
	for _, s := range a.Secrets {
		out.Secrets = append(out.Secrets, textProof{KeyID: s.ID.String(), Display: s.Display, Hint: s.Hint, Start: s.Start, End: s.End})
	}
	return out
}

func showRoles(a *view.Application) []appRole {
	roles := []appRole{}
	for _, r := range a.Roles {
		roles = append(roles, appRole{r.ID.String(), r.Value, r.Display, r.Detail, true, []string{"Application"}, "Application"})
	}
	return roles
}

func showCertificates(a *view.Application) []keyProof {
	list := []keyProof{}
	for _, k := range a.Certificates {
		sum := sha1.Sum(k.DER) //nolint:gosec // as above
		list = append(list, keyProof{
			KeyID: k.ID.String(), Display: k.Display, Type: "AsymmetricX509Cert", Usage: "Verify",
			Identifier: strings.ToUpper(hexOf(sum[:])), Start: k.Start, End: k.End,
		})
	}
	return list
}

func listApplications(c *call) (answer, error) {
	if err := c.permit(access.DirectoryRequest{Action: access.ReadApplications, Target: "applications"}); err != nil {
		return answer{}, err
	}
	var rows []row
	for a := range c.v.Applications() {
		if a.House || a.Principal.Tenant != c.token.Tenant {
			continue
		}
		rows = append(rows, row{a.ObjectID.String(), func(property string) []string {
			switch property {
			case "appId":
				return []string{a.Principal.ClientID.String()}
			case "displayName":
				return []string{a.DisplayName}
			case "identifierUris":
				return a.IDURIs
			}
			return []string{a.ObjectID.String()}
		}, func() any { return showApplication(a) }})
	}
	return c.list("applications", rows, "appId", "displayName", "id", "identifierUris/any")
}

func getApplication(c *call) (answer, error) {
	a, err := c.readable()
	if err != nil {
		return answer{}, err
	}
	out := showApplication(a)
	out.Context = c.context("applications/$entity")
	return c.one(out)
}

// readable finds the application of the path, for a caller who may read it. Whoever may not learns nothing of whether it
// is there.
func (c *call) readable() (*view.Application, error) {
	return c.applicationFor(access.ReadApplications)
}

func (c *call) applicationFor(action access.DirectoryAction) (*view.Application, error) {
	a, missing := c.application()
	if err := c.permit(access.DirectoryRequest{Action: action, Application: a, Target: "applications/" + c.event.Record.Resource}); err != nil {
		return nil, err
	}
	return a, missing
}

func createApplication(c *call) (answer, error) {
	m, err := c.members()
	if err != nil {
		return answer{}, err
	}
	spec := directory.ApplicationSpec{Tenant: c.token.Tenant, Bare: true}
	if c.token.Owner.Operator == nil { // an operator needs no ownership, and outlives nothing
		spec.Owner = c.principal().ObjectID
	}
	if err := c.ownersOf(m, spec.Owner); err != nil {
		return answer{}, err
	}
	certificates, err := readApplication(m, &spec, nil)
	if err != nil {
		return answer{}, err
	}
	var id name.GUID
	err = c.change(access.DirectoryRequest{Action: access.CreateApplications, Target: "applications"}, func(e *directory.Edit) (err error) {
		if id, _, err = e.PutApplication(spec); err == nil && certificates != nil {
			_, err = e.ChangeApplication(id, registration.SetCertificates(*certificates))
		}
		return err
	})
	if err != nil {
		return answer{}, err
	}
	a, _ := c.v.Application(id)
	out := showApplication(a)
	out.Context = c.context("applications/$entity")
	return answer{http.StatusCreated, out}, nil
}

// ownersOf reads who shall own a new application: whoever registers it, and nobody else.
func (c *call) ownersOf(m map[string]strictjson.Value, owner name.GUID) error {
	links, _, err := texts(m, "owners@odata.bind")
	if err != nil {
		return err
	}
	for _, link := range links {
		if id, err := name.ParseGUID(link[strings.LastIndexByte(link, '/')+1:]); err != nil || id != owner {
			return badBody("An application is owned by whoever registers it: other owners are not offered.")
		}
	}
	delete(m, "owners@odata.bind")
	return nil
}

func updateApplication(c *call) (answer, error) {
	a, err := c.applicationFor(access.WriteApplications)
	if err != nil {
		return answer{}, err
	}
	m, err := c.members()
	if err != nil {
		return answer{}, err
	}
	ask := access.DirectoryRequest{Action: access.WriteApplications, Application: a, Target: "applications/" + a.ObjectID.String()}
	if k := m["keycredentials"].Kind(); k != strictjson.Invalid && k != strictjson.Null {
		ask.Action = access.ProveApplications
	}
	err = c.change(ask, func(e *directory.Edit) error { // read beside the application as it is now: what was taken away stays away
		now, ok := e.View().Application(a.ObjectID)
		if !ok {
			return notFound(a.ObjectID.String())
		}
		spec := directory.ApplicationSpec{
			ObjectID: now.ObjectID, Tenant: now.Principal.Tenant, DisplayName: now.DisplayName, IDURIs: now.IDURIs,
			TokenVersion: now.TokenVersion, Algorithm: now.Algorithm, Roles: now.Roles, MaxLifetime: now.MaxLifetime,
		}
		certificates, err := readApplication(m, &spec, now)
		if err == nil && slices.ContainsFunc(now.IDURIs, func(uri string) bool { return !slices.Contains(spec.IDURIs, uri) }) {
			err = c.permitted(e.View(), access.DirectoryRequest{Action: access.NameApplications, Application: now, Target: ask.Target})
		}
		if err == nil {
			_, _, err = e.RedefineAppRoles(spec)
		}
		if err == nil && certificates != nil {
			_, err = e.ChangeApplication(a.ObjectID, registration.SetCertificates(*certificates))
		}
		return err
	})
	return answer{status: http.StatusNoContent}, err
}

// readApplication reads what a body says of an application; what it does not mention stays. certificates is nil if it
// says nothing of them.
func readApplication(m map[string]strictjson.Value, spec *directory.ApplicationSpec, old *view.Application) (certificates *[]view.ClientCertificate, err error) {
	err = only(m, "displayname", "identifieruris", "approles", "api", "keycredentials", "signinaudience", "id", "appid")
	if err != nil {
		return nil, err
	}
	if s, there, err := textOf(m, "displayName"); err != nil {
		return nil, err
	} else if there {
		spec.DisplayName = s
	}
	if s, there, err := textOf(m, "signInAudience"); err != nil || there && s != "AzureADMyOrg" {
		return nil, badBody("The property 'signInAudience' can only be 'AzureADMyOrg': an application is used in its own tenant.")
	}
	if list, there, err := texts(m, "identifierUris"); err != nil {
		return nil, err
	} else if there {
		spec.IDURIs = list
	}
	if err := readAPI(m, spec); err != nil {
		return nil, err
	}
	if list, there, err := objects(m, "appRoles"); err != nil {
		return nil, err
	} else if there {
		if spec.Roles, err = readRoles(list); err != nil {
			return nil, err
		}
	}
	list, there, err := objects(m, "keyCredentials")
	if err != nil || !there {
		return nil, err
	}
	keys, err := readCertificates(list, old)
	return &keys, err
}

func readAPI(m map[string]strictjson.Value, spec *directory.ApplicationSpec) error {
	v, ok := m["api"]
	if !ok || v.Kind() == strictjson.Null {
		return nil
	}
	o, ok := v.Object()
	if !ok {
		return badBody("The property 'api' must be an object.")
	}
	inner, err := lowered(o)
	if err != nil {
		return err
	}
	if err := only(inner, "requestedaccesstokenversion"); err != nil {
		return err
	}
	switch version, there := inner["requestedaccesstokenversion"]; {
	case !there:
	case string(version.Raw()) == "1", version.Kind() == strictjson.Null:
		spec.TokenVersion = 1
	case string(version.Raw()) == "2":
		spec.TokenVersion = 2
	default:
		return badBody("The property 'requestedAccessTokenVersion' must be 1, 2 or null.")
	}
	return nil
}

func readRoles(list []map[string]strictjson.Value) ([]view.AppRole, error) {
	var roles []view.AppRole
	for _, m := range list {
		if err := only(m, "id", "value", "displayname", "description", "isenabled", "allowedmembertypes", "origin"); err != nil {
			return nil, err
		}
		var r view.AppRole
		id, there, err := textOf(m, "id")
		if err == nil && there {
			if r.ID, err = name.ParseGUID(id); err != nil {
				err = badBody("The id of an app role must be a GUID.")
			}
		}
		for to, called := range map[*string]string{&r.Value: "value", &r.Display: "displayName", &r.Detail: "description"} {
			if err == nil {
				*to, _, err = textOf(m, called)
			}
		}
		if err != nil {
			return nil, err
		}
		kinds, _, err := texts(m, "allowedMemberTypes")
		if err != nil || !slices.Contains(kinds, "Application") {
			return nil, badBody("The app role '%.40s' must allow members of the type Application: there are no users.", r.Value)
		}
		if enabled, there := m["isenabled"]; there && string(enabled.Raw()) != "true" {
			return nil, badBody("An app role that is not enabled is not offered: leave it out.")
		}
		roles = append(roles, r)
	}
	return roles, nil
}

// readCertificates reads a list of keys. One without a key is one that is there already.
func readCertificates(list []map[string]strictjson.Value, old *view.Application) ([]view.ClientCertificate, error) {
	keys := []view.ClientCertificate{}
	for _, m := range list {
		id, there, err := textOf(m, "keyId")
		k := view.ClientCertificate{ID: name.NewGUID()}
		if err == nil && there {
			if k.ID, err = name.ParseGUID(id); err != nil {
				err = badBody("The keyId of a key must be a GUID.")
			}
		}
		if err != nil {
			return nil, err
		}
		key, there, err := textOf(m, "key")
		switch {
		case err != nil:
			return nil, err
		case !there:
			at := -1
			if old != nil {
				at = slices.IndexFunc(old.Certificates, func(o view.ClientCertificate) bool { return o.ID == k.ID })
			}
			if at < 0 {
				return nil, badBody("A new key needs the property 'key'.")
			}
			keys = append(keys, old.Certificates[at])
			continue
		}
		if kind, _, err := textOf(m, "type"); err != nil || kind != "AsymmetricX509Cert" {
			return nil, badBody("The type of a key must be AsymmetricX509Cert.")
		}
		if usage, _, err := textOf(m, "usage"); err != nil || usage != "Verify" {
			return nil, badBody("The usage of a key must be Verify: private keys are not taken.")
		}
		if k.DER, err = base64.StdEncoding.DecodeString(key); err != nil {
			return nil, badBody("The key must be a certificate in base64.")
		}
		if k.Display, _, err = textOf(m, "displayName"); err != nil {
			return nil, err
		}
		if k.Start, err = instant(m, "startDateTime"); err != nil {
			return nil, err
		}
		if k.End, err = instant(m, "endDateTime"); err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func deleteApplication(c *call) (answer, error) {
	a, err := c.applicationFor(access.WriteApplications)
	if err != nil {
		return answer{}, err
	}
	ask := access.DirectoryRequest{Action: access.NameApplications, Application: a, Target: "applications/" + a.ObjectID.String()}
	err = c.change(ask, func(e *directory.Edit) error { return e.DeleteApplication(a.ObjectID) })
	return answer{status: http.StatusNoContent}, err
}

func listOwners(c *call) (answer, error) {
	a, err := c.readable()
	if err != nil {
		return answer{}, err
	}
	var rows []row
	for _, id := range a.Owners {
		if o, ok := c.v.PrincipalByObject(id); ok {
			rows = append(rows, row{id.String(), nil, func() any { return c.typed(view.Assignee{Owner: o, Tenant: a.Principal.Tenant}) }})
		}
	}
	return c.list("directoryObjects", rows)
}
