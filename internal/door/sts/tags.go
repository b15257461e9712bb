package sts

import (
	"slices"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/glob"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// labels are the session tags of a request and which of them the session hands on.
type labels struct {
	tags       map[string]string
	transitive []string
}

// maxTags bounds the tags of a session.
const maxTags = awswire.MaxTags

// decodeLabels reads Tags and TransitiveTagKeys.
func decodeLabels(f awswire.Form) (in labels, err error) {
	list, err := f.Structs("Tags", maxTags)
	if err != nil {
		return in, err
	}
	for _, tag := range list {
		value, ok := tag.Get("Value")
		if !ok {
			return in, query.Constraint("null", "tags.member.value", "not be null")
		}
		if err := in.add(tag.Value("Key"), value); err != nil {
			return in, err
		}
	}
	keys, err := f.List("TransitiveTagKeys", maxTags)
	if err != nil {
		return in, err
	}
	return in, in.handOn(keys)
}

// add puts a tag in. Keys that differ in case only are one key (IAM User Guide, "Passing session tags").
func (in *labels) add(key, value string) error {
	switch {
	case awswire.ReservedTag(key):
		return query.Constraint(key, "tags.member.key", "not begin with aws:, which is reserved")
	case !awswire.IsTagKey(key):
		return query.Constraint(key, "tags.member.key", `have length 1 to 128 and satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+`)
	case !awswire.IsTagValue(value):
		return query.Constraint(value, "tags.member.value", `have length at most 256 and satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*`)
	case len(in.tags) >= maxTags:
		return query.Constraint(key, "tags", "have length less than or equal to 50")
	}
	if _, again := in.find(key); again {
		return query.Invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
	}
	if in.tags == nil {
		in.tags = map[string]string{}
	}
	in.tags[key] = value
	return nil
}

// handOn makes keys of tags transitive.
func (in *labels) handOn(keys []string) error {
	for _, key := range keys {
		have, ok := in.find(key)
		if !ok {
			return query.Invalid("The transitive tag key %s is not one of the tags of the request.", query.Bounded(key))
		}
		if !slices.Contains(in.transitive, have) {
			in.transitive = append(in.transitive, have)
		}
	}
	return nil
}

// find gives a key as the tags spell it.
func (in *labels) find(key string) (string, bool) {
	for have := range in.tags {
		if glob.Lower(have) == glob.Lower(key) {
			return have, true
		}
	}
	return "", false
}

// inherit checks the tags against those that the caller's session hands on: they cannot be overridden, and all together
// must not be too many (IAM User Guide, "Chaining roles with session tags").
func (in *labels) inherit(from *credential.Session) error {
	for _, key := range from.Transitive {
		if _, again := in.find(key); again {
			return query.Invalid("One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.")
		}
	}
	if len(in.tags)+len(from.Transitive) > maxTags {
		return query.Invalid("The tags of the request and those of the calling session are more than %d together.", maxTags)
	}
	return nil
}
