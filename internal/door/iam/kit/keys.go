package kit

import (
	"maps"
	"slices"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Condition keys of IAM's actions (Service Authorization Reference, "AWS Identity and Access Management").

// Having gives the keys of a thing that is labelled so.
func Having(tags view.Tags) map[string][]string {
	keys := map[string][]string{}
	for k, v := range tags {
		keys["iam:ResourceTag/"+k], keys["aws:ResourceTag/"+k] = []string{v}, []string{v}
	}
	return keys
}

// Sent adds the keys of labels that a request brings.
func Sent(keys map[string][]string, tags view.Tags) map[string][]string {
	for k, v := range tags {
		keys["aws:RequestTag/"+k] = []string{v}
	}
	return Naming(keys, slices.Sorted(maps.Keys(tags)))
}

// Naming adds the keys of labels that a request names.
func Naming(keys map[string][]string, tagKeys []string) map[string][]string {
	if len(tagKeys) > 0 {
		keys["aws:TagKeys"] = tagKeys
	}
	return keys
}

// Bounded adds the boundary that the request sets, or that the role has which is changed.
func Bounded(keys map[string][]string, boundary name.ARN) map[string][]string {
	if !boundary.IsZero() {
		keys["iam:PermissionsBoundary"] = []string{boundary.String()}
	}
	return keys
}
