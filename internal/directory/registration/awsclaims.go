package registration

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// maxClaimedRoles bounds the roles that the tokens for an application may assume.
const maxClaimedRoles = 20

// TellAWS says what the tokens for an application tell AWS; nil is nothing.
func TellAWS(claims *view.AWSClaims) Change {
	return func(c Context) (*view.Application, error) {
		a := c.Application
		if a.AWS = claims; claims == nil {
			return &a, nil
		}
		return &a, checkAWS(claims)
	}
}

// checkAWS refuses what STS would not take, but for the values, which only a token shows.
func checkAWS(c *view.AWSClaims) error {
	if len(c.Tags) > awswire.MaxTags {
		return tooMany("a token tells AWS at most %d tags, not %d", awswire.MaxTags, len(c.Tags))
	}
	for i, tag := range c.Tags {
		switch {
		case !awswire.IsTagKey(tag.Key):
			return invalid("%q is no key of a session tag: want 1 to %d letters, digits, spaces and _.:/=+-@, and not aws: in front",
				form.Shown(tag.Key), awswire.MaxTagKey)
		case slices.ContainsFunc(c.Tags[:i], func(o view.AWSTag) bool { return strings.EqualFold(o.Key, tag.Key) }):
			return invalid("two session tags have the key %q: AWS does not tell cases apart", form.Shown(tag.Key))
		}
		if err := checkFact(tag.Fact); err != nil {
			return err
		}
	}
	for i, key := range c.Transitive {
		if !slices.ContainsFunc(c.Tags, func(t view.AWSTag) bool { return t.Key == key }) || slices.Contains(c.Transitive[:i], key) {
			return invalid("the transitive tag %q is not one of the tags, or listed twice", form.Shown(key))
		}
	}
	if c.SourceID != "" {
		if err := checkFact(c.SourceID); err != nil {
			return err
		}
	}
	return checkClaimedRoles(c.Roles)
}

func checkFact(fact string) error {
	switch fact {
	case view.FactName, view.FactResourceGroup, view.FactSubscription, view.FactObjectID, view.FactClientID:
		return nil
	}
	if key, ok := strings.CutPrefix(fact, view.FactTag); ok && key != "" && len(key) <= 512 {
		return nil
	}
	return invalid("%q is no fact about an identity: want name, resourceGroup, subscription, objectId, clientId or tag:KEY", form.Shown(fact))
}

func checkClaimedRoles(list []string) error {
	if len(list) > maxClaimedRoles {
		return tooMany("a token names at most %d roles, not %d", maxClaimedRoles, len(list))
	}
	for i, text := range list {
		arn, err := name.ParseARN(text)
		if err != nil || arn.Service() != "iam" || !strings.HasPrefix(arn.Resource(), "role/") || strings.ContainsAny(text, "*?") {
			return invalid("%q is not the ARN of one role", form.Shown(text))
		}
		if slices.Contains(list[:i], text) {
			return invalid("the role %s is listed twice", text)
		}
	}
	return nil
}
