package mint

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
)

// maxAWSClaims bounds what a token tells AWS in bytes: with the rest of it, a token stays below what its readers take.
const maxAWSClaims = 8 << 10

// awsClaims are the claims by which an issuer tells AWS's STS what a session shall be (IAM User Guide, "Passing session tags
// using AssumeRoleWithWebIdentity"; AWS STS, "sts:RoleAuthorizedByIdp").
type awsClaims struct {
	Tags   *awsTags `json:"https://aws.amazon.com/tags,omitempty"`
	Source string   `json:"https://aws.amazon.com/source_identity,omitempty"`
	Roles  []string `json:"https://aws.amazon.com/roles,omitempty"`
}

type awsTags struct {
	Principal  map[string][]string `json:"principal_tags"` // one value each
	Transitive []string            `json:"transitive_tag_keys,omitempty"`
}

// tellAWS gives what the audience's application wants AWS to be told of an identity, as members of the claims; nothing for
// nearly all. A fact that the identity lacks is no reason to say less: a role or a policy may rely on being told, and a tag
// of the role's own would take its place.
func tellAWS(o view.Owner, app *view.Application) ([]byte, error) {
	want := app.AWS
	if want == nil {
		return nil, nil
	}
	said := awsClaims{Roles: want.Roles}
	for _, tag := range want.Tags {
		value, ok := factOf(o, tag.Fact)
		if !ok || !awswire.IsTagValue(value) {
			return nil, untold(app, "the tag "+tag.Key, tag.Fact, ok)
		}
		if said.Tags == nil {
			said.Tags = &awsTags{Principal: make(map[string][]string, len(want.Tags)), Transitive: want.Transitive}
		}
		said.Tags.Principal[tag.Key] = []string{value}
	}
	if want.SourceID != "" {
		value, ok := factOf(o, want.SourceID)
		if !ok || !awswire.IsPlainName(value, 64) {
			return nil, untold(app, "the source identity", want.SourceID, ok)
		}
		said.Source = value
	}
	b, err := json.Marshal(said)
	if err != nil {
		return nil, fmt.Errorf("write AWS's claims: %w", err)
	}
	if len(b) > maxAWSClaims {
		return nil, fault.New(fault.Denied, AWSClaimsUnfit, "What tokens for %s tell AWS of this identity needs %d bytes, %d are allowed.",
			app.DisplayName, len(b), maxAWSClaims)
	}
	return b[1 : len(b)-1], nil
}

func untold(app *view.Application, what, fact string, has bool) error {
	why := "the identity has no such fact"
	if has {
		why = "what it says is no value that AWS takes there"
	}
	return fault.New(fault.Denied, AWSClaimsUnfit, "Tokens for %s tell AWS %s from the identity's %s: %s.", app.DisplayName, what, fact, why)
}

// factOf gives a fact of an identity: never one of the host that uses it, which another could choose. An application has no
// name here, because its owners may change it.
func factOf(o view.Owner, fact string) (string, bool) {
	if key, ok := strings.CutPrefix(fact, view.FactTag); ok {
		value, ok := tagsOf(o)[key]
		return value, ok
	}
	id, p := armID(o), o.Principal()
	switch fact {
	case view.FactObjectID:
		return p.ObjectID.String(), true
	case view.FactClientID:
		return p.ClientID.String(), true
	}
	if id.IsZero() {
		return "", false
	}
	switch fact {
	case view.FactName:
		return id.Name(), true
	case view.FactResourceGroup:
		return id.Group(), true
	case view.FactSubscription:
		return id.Subscription().String(), true
	}
	return "", false
}

// tagsOf are the tags of an identity, or of the resource that it belongs to.
func tagsOf(o view.Owner) view.Tags {
	switch {
	case o.Identity != nil:
		return o.Identity.Tags
	case o.Resource != nil:
		return o.Resource.Tags
	}
	return nil
}
