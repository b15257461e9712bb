package identity

import (
	"net/http"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// BadCredential means that a federated credential is not one that can be: no issuer, no or two ways to name the subject,
// or another number of audiences than one.
const BadCredential fault.Reason = "arm.bad_federated_credential"

// credential is the wire's form (Federated Identity Credentials - Get).
type credential struct {
	ID         string               `json:"id"`
	Name       string               `json:"name"`
	Type       string               `json:"type"`
	Properties credentialProperties `json:"properties"`
}

type credentialProperties struct {
	Issuer     string      `json:"issuer"`
	Subject    string      `json:"subject,omitempty"`
	Pattern    string      `json:"pattern,omitempty"` // only manifests make these; ARM has no word for them
	Expression *expression `json:"claimsMatchingExpression,omitempty"`
	Audiences  []string    `json:"audiences"`
}

// expression is a flexible credential's (2025-01-31-preview).
type expression struct {
	Version int    `json:"languageVersion"`
	Value   string `json:"value"`
}

func presentCredential(i *view.UserIdentity, f view.FederatedCredential) credential {
	p := credentialProperties{Issuer: f.Issuer.String(), Subject: f.Subject, Pattern: f.Pattern, Audiences: f.Audiences}
	if f.Expression != "" {
		p.Expression = &expression{1, f.Expression}
	}
	return credential{ID: i.ID.String() + "/federatedIdentityCredentials/" + f.Name, Name: f.Name, Type: credentialType, Properties: p}
}

func findCredential(c *kit.Call, v *view.View) (*view.UserIdentity, view.FederatedCredential, error) {
	i, err := find(c, v)
	if err != nil {
		return nil, view.FederatedCredential{}, err
	}
	at := slices.IndexFunc(i.Federated, func(f view.FederatedCredential) bool { return strings.EqualFold(f.Name, c.Param("credential")) })
	if at < 0 {
		return i, view.FederatedCredential{}, fault.New(fault.NotFound, directory.CredentialNotFound,
			"The federated identity credential '%s' was not found on the identity '%s'.", kit.Shown(c.Param("credential")), i.ID.Name())
	}
	return i, i.Federated[at], nil
}

func listCredentials(c *kit.Call) (kit.Answer, error) {
	i, err := find(c, c.View)
	if err != nil {
		return kit.Answer{}, err
	}
	sorted := slices.SortedFunc(slices.Values(i.Federated), func(a, b view.FederatedCredential) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return kit.List(c, func(after string, yield func(kit.Item) bool) {
		for _, f := range sorted {
			key := strings.ToLower(f.Name)
			if key > after && !yield(kit.Item{Key: key, Body: presentCredential(i, f)}) {
				return
			}
		}
	})
}

func getCredential(c *kit.Call) (kit.Answer, error) {
	i, f, err := findCredential(c, c.View)
	if err != nil {
		return kit.Answer{}, err
	}
	return kit.OK(presentCredential(i, f), i.Rev), nil
}

// readCredential reads a body. The directory checks what is in it.
func readCredential(c *kit.Call) (f view.FederatedCredential, err error) {
	body, err := c.Body()
	if err != nil {
		return f, err
	}
	in, ok, err := body.Object("properties")
	if err != nil {
		return f, err
	}
	if !ok {
		return f, badCredential("The request content has no properties.")
	}
	f.Name = c.Param("credential")
	issuer, err := in.Text("issuer")
	if err != nil {
		return f, err
	}
	if f.Issuer, err = name.ParseIssuerURL(issuer); err != nil {
		return f, badCredential("The issuer '%s' is not valid: %s.", kit.Shown(issuer), err)
	}
	if f.Subject, err = in.Text("subject"); err != nil {
		return f, err
	}
	if f.Expression, err = readExpression(in); err != nil {
		return f, err
	}
	if (f.Subject == "") == (f.Expression == "") {
		return f, badCredential("A federated identity credential has either a subject or a claimsMatchingExpression.")
	}
	if f.Audiences, err = in.Texts("audiences"); err != nil {
		return f, err
	}
	if len(f.Audiences) != 1 { // "Only a single audience is allowed" (Microsoft Entra, "Considerations and limits")
		return f, badCredential("A federated identity credential has exactly one audience, not %d.", len(f.Audiences))
	}
	return f, nil
}

// readExpression reads claimsMatchingExpression; its value's comparands may be quoted or bare.
func readExpression(in kit.Object) (string, error) {
	x, ok, err := in.Object("claimsMatchingExpression")
	if err != nil || !ok {
		return "", err
	}
	version, err := x.Get("languageVersion")
	if err != nil {
		return "", err
	}
	if n, ok := version.Float(); !ok || n != 1 {
		return "", badCredential("The languageVersion of a claimsMatchingExpression is 1.")
	}
	value, err := x.Text("value")
	if err == nil && value == "" {
		err = badCredential("A claimsMatchingExpression needs a value.")
	}
	return value, err
}

func putCredential(c *kit.Call) (kit.Answer, error) {
	f, err := readCredential(c)
	if err != nil {
		return kit.Answer{}, err
	}
	var outcome directory.Outcome
	err = c.Change(func(e *directory.Edit) error {
		i, err := find(c, e.View())
		if err != nil {
			return err
		}
		rev := int64(0)
		if _, _, err := findCredential(c, e.View()); err == nil {
			rev = i.Rev
		}
		if err := c.Match(rev); err != nil {
			return err
		}
		outcome, err = e.PutFederated(directory.Holder{Identity: i.ID}, f)
		return err
	})
	if err != nil {
		return kit.Answer{}, err
	}
	i, f, err := findCredential(c, c.View)
	if err != nil {
		return kit.Answer{}, err
	}
	return kit.Put(outcome, presentCredential(i, f), i.Rev), nil
}

func deleteCredential(c *kit.Call) (kit.Answer, error) {
	if _, _, err := findCredential(c, c.View); err != nil {
		if fault.Is(err, directory.CredentialNotFound) {
			return kit.Answer{Status: http.StatusNoContent}, nil
		}
		return kit.Answer{}, err
	}
	err := c.Change(func(e *directory.Edit) error {
		i, _, err := findCredential(c, e.View())
		if err != nil {
			return err
		}
		if err := c.Match(i.Rev); err != nil {
			return err
		}
		return e.DeleteFederated(directory.Holder{Identity: i.ID}, c.Param("credential"))
	})
	return kit.Answer{}, err
}

func badCredential(format string, args ...any) error {
	return fault.New(fault.Invalid, BadCredential, format, args...)
}
