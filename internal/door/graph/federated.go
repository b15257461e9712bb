package graph

import (
	"crypto/sha256"
	"net/http"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// federated is a federated credential as Graph shows it.
type federated struct {
	Context    string      `json:"@odata.context,omitempty"`
	ID         string      `json:"id"`
	Name       string      `json:"name"`
	Issuer     string      `json:"issuer"`
	Subject    *string     `json:"subject"`
	Detail     *string     `json:"description"`
	Audiences  []string    `json:"audiences"`
	Expression *expression `json:"claimsMatchingExpression,omitempty"` // beta
}

type expression struct {
	Value   string `json:"value"`
	Version int    `json:"languageVersion"`
}

// stableID is an id that follows from what a thing is: nobody has to keep it.
func stableID(parts ...string) name.GUID {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	var b [16]byte
	copy(b[:], sum[:])
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80 // version 8 (RFC 9562 section 5.8)
	return name.GUIDFrom(b)
}

func (c *call) showFederated(a *view.Application, f view.FederatedCredential) federated {
	out := federated{
		ID: stableID(a.ObjectID.String(), strings.ToLower(f.Name)).String(), Name: f.Name, Issuer: f.Issuer.String(), Audiences: f.Audiences,
	}
	if f.Description != "" {
		out.Detail = &f.Description
	}
	switch {
	case f.Subject != "":
		out.Subject = &f.Subject
	case f.Expression != "" && web.Param(c.r, "version") == "beta":
		out.Expression = &expression{f.Expression, 1}
	}
	return out
}

func listFederated(c *call) (answer, error) {
	a, err := c.readable()
	if err != nil {
		return answer{}, err
	}
	var rows []row
	for _, f := range a.Federated {
		shown := c.showFederated(a, f)
		rows = append(rows, row{shown.ID, func(property string) []string {
			return map[string][]string{"name": {f.Name}, "subject": {f.Subject}, "issuer": {f.Issuer.String()}}[property]
		}, func() any { return shown }})
	}
	return c.list("applications('"+a.ObjectID.String()+"')/federatedIdentityCredentials", rows, "name", "subject", "issuer")
}

// credential finds the federated credential of the path, by id or by name.
func (c *call) credential(a *view.Application) (view.FederatedCredential, error) {
	said := web.Param(c.r, "credential")
	for _, f := range a.Federated {
		if strings.EqualFold(f.Name, said) || strings.EqualFold(stableID(a.ObjectID.String(), strings.ToLower(f.Name)).String(), said) {
			return f, nil
		}
	}
	return view.FederatedCredential{}, fault.New(fault.NotFound, directory.CredentialNotFound,
		"Resource '%.80s' does not exist or one of its queried reference-property objects are not present.", said)
}

func getFederated(c *call) (answer, error) {
	a, err := c.readable()
	if err != nil {
		return answer{}, err
	}
	f, err := c.credential(a)
	if err != nil {
		return answer{}, err
	}
	out := c.showFederated(a, f)
	out.Context = c.context("applications('" + a.ObjectID.String() + "')/federatedIdentityCredentials/$entity")
	return c.one(out)
}

func createFederated(c *call) (answer, error) {
	a, err := c.applicationFor(access.ProveApplications)
	if err != nil {
		return answer{}, err
	}
	m, err := c.members()
	if err != nil {
		return answer{}, err
	}
	var f view.FederatedCredential
	if err := c.readFederated(m, &f); err != nil {
		return answer{}, err
	}
	err = c.prove(a, func(e *directory.Edit) error {
		now, _ := e.View().Application(a.ObjectID)
		if slices.ContainsFunc(now.Federated, func(o view.FederatedCredential) bool { return strings.EqualFold(o.Name, f.Name) }) {
			return fault.New(fault.Conflict, CredentialExists, "FederatedIdentityCredential with name %s already exists.", f.Name)
		}
		_, err := e.PutFederated(directory.Holder{Application: a.ObjectID}, f)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	out := c.showFederated(a, f)
	out.Context = c.context("applications('" + a.ObjectID.String() + "')/federatedIdentityCredentials/$entity")
	return answer{http.StatusCreated, out}, nil
}

func updateFederated(c *call) (answer, error) {
	a, err := c.applicationFor(access.ProveApplications)
	if err != nil {
		return answer{}, err
	}
	f, err := c.credential(a)
	if err != nil {
		return answer{}, err
	}
	m, err := c.members()
	if err != nil {
		return answer{}, err
	}
	called := f.Name
	err = c.prove(a, func(e *directory.Edit) error {
		now, _ := e.View().Application(a.ObjectID)
		at := slices.IndexFunc(now.Federated, func(o view.FederatedCredential) bool { return o.Name == called })
		if at < 0 {
			return fault.New(fault.NotFound, directory.CredentialNotFound, "Resource '%.80s' does not exist.", called)
		}
		f := now.Federated[at]
		if err := c.readFederated(m, &f); err != nil {
			return err
		}
		if !strings.EqualFold(called, f.Name) {
			return badBody("The property 'name' cannot be changed.")
		}
		_, err := e.PutFederated(directory.Holder{Application: a.ObjectID}, f)
		return err
	})
	return answer{status: http.StatusNoContent}, err
}

func deleteFederated(c *call) (answer, error) {
	a, err := c.applicationFor(access.WriteApplications)
	if err != nil {
		return answer{}, err
	}
	f, err := c.credential(a)
	if err != nil {
		return answer{}, err
	}
	ask := access.DirectoryRequest{Action: access.WriteApplications, Application: a, Target: "applications/" + a.ObjectID.String()}
	err = c.change(ask, func(e *directory.Edit) error {
		return e.DeleteFederated(directory.Holder{Application: a.ObjectID}, f.Name)
	})
	return answer{status: http.StatusNoContent}, err
}

// prove changes what an application can be proved by.
func (c *call) prove(a *view.Application, command directory.Command) error {
	return c.change(access.DirectoryRequest{
		Action: access.ProveApplications, Application: a, Target: "applications/" + a.ObjectID.String(),
	}, command)
}

// readFederated reads what a body says of a federated credential; what it does not mention stays.
func (c *call) readFederated(m map[string]strictjson.Value, f *view.FederatedCredential) error {
	known := []string{"id", "name", "issuer", "subject", "audiences", "description"}
	if web.Param(c.r, "version") == "beta" {
		known = append(known, "claimsmatchingexpression")
	}
	if err := only(m, known...); err != nil {
		return err
	}
	if s, _, err := textOf(m, "description"); err != nil {
		return err
	} else if _, said := m["description"]; said { // null takes it away
		f.Description = s
	}
	if s, there, err := textOf(m, "name"); err != nil {
		return err
	} else if there {
		f.Name = s
	}
	if s, there, err := textOf(m, "issuer"); err != nil {
		return err
	} else if there {
		if f.Issuer, err = name.ParseIssuerURL(s); err != nil {
			return badBody("The property 'issuer' is not an issuer: %v.", err)
		}
	}
	if s, there, err := textOf(m, "subject"); err != nil {
		return err
	} else if there {
		f.Subject, f.Expression, f.Pattern = s, "", ""
	}
	if list, there, err := texts(m, "audiences"); err != nil {
		return err
	} else if there {
		f.Audiences = list
	}
	return readExpression(m["claimsmatchingexpression"], f)
}

func readExpression(v strictjson.Value, f *view.FederatedCredential) error {
	if v.Kind() == strictjson.Invalid || v.Kind() == strictjson.Null {
		return nil
	}
	o, ok := v.Object()
	if !ok {
		return badBody("The property 'claimsMatchingExpression' must be an object.")
	}
	inner, err := lowered(o)
	if err != nil {
		return err
	}
	if err := only(inner, "value", "languageversion"); err != nil {
		return err
	}
	if version, there := inner["languageversion"]; !there || string(version.Raw()) != "1" {
		return badBody("The property 'languageVersion' must be 1.")
	}
	if f.Expression, _, err = textOf(inner, "value"); err == nil {
		f.Subject, f.Pattern = "", ""
	}
	return err
}
