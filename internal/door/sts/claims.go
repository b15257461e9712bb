package sts

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/verify"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// special is what a token says to AWS itself, in claims under a name of AWS's (IAM User Guide, "Passing session tags using
// AssumeRoleWithWebIdentity"; AWS STS, "sts:RoleAuthorizedByIdp").
type special struct {
	labels
	source string
	roles  []string // the only roles that the token may assume
	listed bool     // roles were listed, and be it none
}

// The claims' names. Tags are one object, or flattened: each its own claim below the name.
const (
	claimPrefix = "https://aws.amazon.com/"
	claimTags   = claimPrefix + "tags"
	claimTag    = claimTags + "/principal_tags/"
	claimKeys   = claimTags + "/transitive_tag_keys"
	claimSource = claimPrefix + "source_identity"
	claimRoles  = claimPrefix + "roles"
)

// readSpecial reads the special claims. One that cannot be read makes the token invalid: it may have restricted something.
func readSpecial(claims *verify.Claims) (special, error) {
	var in special
	var keys []string
	for claim, value := range claims.All() {
		if !strings.HasPrefix(claim, claimPrefix) {
			continue
		}
		more, err := in.read(claim, value)
		if err != nil {
			return in, fault.New(fault.Denied, InvalidIdentityToken, "The claim %.128q of the token cannot be read.", claim).Because(err)
		}
		keys = append(keys, more...)
	}
	if err := in.handOn(keys); err != nil { // flattened tags come in any order
		return in, fault.New(fault.Denied, InvalidIdentityToken, "The transitive tag keys of the token are not all among its tags.").Because(err)
	}
	return in, nil
}

// read reads one claim, and gives the keys of tags that it makes transitive.
func (in *special) read(claim string, value strictjson.Value) (keys []string, err error) {
	fits := true
	switch tag, flat := strings.CutPrefix(claim, claimTag); {
	case flat:
		err = in.readTag(tag, value)
	case claim == claimKeys:
		keys, fits = value.Texts()
	case claim == claimTags:
		return in.readTags(value)
	case claim == claimSource:
		in.source, fits = value.Text()
		fits = fits && awswire.IsPlainName(in.source, 64)
	case claim == claimRoles:
		in.listed = true
		in.roles, fits = value.Texts()
	}
	if !fits {
		return nil, errClaim
	}
	return keys, err
}

// errClaim is the cause that is recorded where a claim has another form.
var errClaim = fault.New(fault.Invalid, InvalidIdentityToken, "it has another form")

// readTags reads the object with all tags.
func (in *special) readTags(value strictjson.Value) (keys []string, err error) {
	object, ok := value.Object()
	if !ok {
		return nil, errClaim
	}
	for member, v := range object.All() {
		switch member {
		case "principal_tags":
			tags, ok := v.Object()
			if !ok {
				return nil, errClaim
			}
			for key, text := range tags.All() {
				if err := in.readTag(key, text); err != nil {
					return nil, err
				}
			}
		case "transitive_tag_keys":
			if keys, ok = v.Texts(); !ok {
				return nil, errClaim
			}
		default:
			return nil, errClaim
		}
	}
	return keys, nil
}

// readTag reads the value of a tag: a text, or a list of one.
func (in *special) readTag(key string, value strictjson.Value) error {
	texts, ok := value.Texts()
	if !ok || len(texts) != 1 {
		return errClaim
	}
	return in.add(key, texts[0])
}

// authorizes checks that the token lists the role, if it lists any (AWS STS, AssumeRoleWithWebIdentity: before the trust
// policy is looked at). ARNs are compared exactly.
func (in *special) authorizes(role name.ARN) error {
	if in.listed && !slices.Contains(in.roles, role.String()) {
		return fault.New(fault.Denied, InvalidIdentityToken, "The requested role is not among the roles that the token authorizes.")
	}
	return nil
}

// tell puts into the facts what the token says beside its subject, and gives what the trust policy must allow for it.
func (in *special) tell(facts *cond.Facts, session string, role *view.Role) (also []string) {
	access.AddAssuming(facts, access.Assuming{Name: session, Tags: in.tags, Transitive: in.transitive, SourceID: in.source})
	access.AddRole(facts, role, nil)
	authorized := no
	if in.listed { // a role that is not among them does not come this far
		authorized = yes
	}
	facts.SetLater("sts:roleauthorizedbyidp", authorized)
	if len(in.tags) > 0 {
		also = append(also, access.TagSession)
	}
	if in.source != "" {
		also = append(also, access.SetSourceIdentity)
	}
	return also
}

func yes() []string { return []string{"true"} }
func no() []string  { return []string{"false"} }
